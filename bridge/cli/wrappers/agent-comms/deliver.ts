import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { ExitCode } from '../../../core/failure.ts';
import { paneOfSession, submit } from '../submit.ts';
import { logged, type RegisteredAgent } from './files.ts';
import { note, said, stamp } from './lines.ts';
import type { Place } from './place.ts';

export interface Outcome {
  readonly status: string;
  readonly inWords: string;
}

/** Types a line into the session of an agent, which is started where it is down and its entry says how. */
export async function deliver(
  name: string,
  agent: Pick<RegisteredAgent, 'session' | 'revive_cmd'>,
  line: string,
  from: string,
  place: Place,
): Promise<Outcome> {
  const to = `${from} -> ${name} (${agent.session})`;
  const pane = (await paneOfSession(agent.session, place.socketPath)) ?? (await revived(agent, place));
  if (pane === null) return { status: 'SESSION_DOWN', inWords: `SESSION_DOWN: ${to}` };
  if (pane.paneId === process.env.TMUX_PANE)
    return { status: 'INJECT_FAIL', inWords: `INJECT_FAIL: ${to}: your own pane` };
  const { message, exitCode } = await submit(pane, line);
  if (exitCode === ExitCode.done) return { status: 'DELIVERED', inWords: `delivered: ${to}` };
  const status = exitCode === ExitCode.undecided ? 'UNSUBMITTED' : 'INJECT_FAIL';
  return { status, inWords: `${status}: ${to}: ${message}` };
}

const reviveMs = 30_000;

const graceMs = 6_000;

const lookEveryMs = 100;

/** Its own command, which stands in the local registry, run once; then its session, where that came up. */
export async function revived(
  { session, revive_cmd: command }: Pick<RegisteredAgent, 'session' | 'revive_cmd'>,
  place: Place,
) {
  if (!command) return null;
  spawnSync('/bin/sh', ['-c', command], { timeout: reviveMs, stdio: 'ignore' });
  const endAt = Date.now() + graceMs;
  for (;;) {
    const pane = await paneOfSession(session, place.socketPath);
    if (pane !== null || Date.now() > endAt) return pane;
    await delay(lookEveryMs);
  }
}

export function toldOf({ status, inWords }: Outcome, isQuiet: boolean): number {
  const isDone = status === 'DELIVERED';
  if (!isDone) note(inWords);
  else if (!isQuiet) said(inWords);
  return isDone ? 0 : 1;
}

export function record({ paths }: Place, from: string, to: string, { status }: Outcome, text: string): void {
  logged(paths.log, [`${stamp(19)}Z`, `${from}→${to}`, status, text]);
}
