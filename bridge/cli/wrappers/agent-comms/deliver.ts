import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { ExitCode, messageOf } from '../../../core/failure.ts';
import { isOwnPane, paneOfSession, submit } from '../submit.ts';
import { sessions } from './here.ts';
import type { Letter } from './letter.ts';
import { note, said } from './lines.ts';
import type { Place, Recipient } from './place.ts';
import { spool } from './spool.ts';

export interface Outcome {
  readonly is: 'DELIVERED' | 'UNSUBMITTED' | 'INJECT_FAIL' | 'SESSION_DOWN' | 'SPOOLED' | 'OWN_PANE';
  /** empty where nothing is wrong */
  readonly why: string;
}

/** Types a line into the session of an agent, which is started where it is down and its entry says how. */
export async function deliver(agent: Recipient, { kind, ...letter }: Letter, place: Place): Promise<Outcome> {
  const pane = (await paneOfSession(agent.session, place.run.tmux(place.socketPath))) ?? (await revived(agent, place));
  if (pane === null) {
    const isReached = (await sessions(place)) !== null;
    if (isReached) return { is: 'SESSION_DOWN', why: `session down: ${agent.name}` };
    await spool({ ...letter, kind }, agent, place);
    return { is: 'SPOOLED', why: '' };
  }
  try {
    const { message, exitCode } = await submit(
      pane,
      {
        head: place.settings.marker,
        text: letter.text,
        session: letter.session,
      },
      place.run,
    );
    if (exitCode === ExitCode.done) return { is: 'DELIVERED', why: '' };
    return { is: exitCode === ExitCode.undecided ? 'UNSUBMITTED' : 'INJECT_FAIL', why: message };
  } catch (fault) {
    if (isOwnPane(fault)) return { is: 'OWN_PANE', why: `${agent.name} is in your own pane` };
    const { Unreachable } = await import('../../../server/socket.ts');
    if (!(fault instanceof Unreachable)) return { is: 'INJECT_FAIL', why: messageOf(fault) };
    await spool({ ...letter, kind }, agent, place);
    return { is: 'SPOOLED', why: '' };
  }
}

const lookEveryMs = 100;

/** Its own command, which stands in the local registry, run once; then its session, where that came up. */
async function revived({ name, session, revive_cmd: command }: Recipient, place: Place) {
  // only a process of the caller's own runs what the caller's registry says
  if (!command || !place.run.isOwnProcess) return null;
  const { reviveMs, reviveGraceMs } = place.settings;
  const { status, error } = spawnSync('/bin/sh', ['-c', command], { timeout: reviveMs || 1, stdio: 'ignore' });
  if (error !== undefined || status !== 0)
    note(`revive '${name}' failed: ${error === undefined ? `exit code ${status}` : messageOf(error)}`, place);
  const endAt = Date.now() + reviveGraceMs;
  for (;;) {
    const pane = await paneOfSession(session, place.run.tmux(place.socketPath));
    if (pane !== null || Date.now() > endAt) return pane;
    await delay(lookEveryMs);
  }
}

/** As the original says it; why it was not done follows for people. @returns whether it is on its way */
export function told(
  { from }: Letter,
  { name, session }: Recipient,
  { is, why }: Outcome,
  isQuiet: boolean,
  place: Place,
): boolean {
  const way = `${from} -> ${name}`;
  const lines = {
    DELIVERED: `delivered: ${way} (${session})`,
    UNSUBMITTED: `UNSUBMITTED: ${way} (${session}) — ${why}`,
    INJECT_FAIL: `FAILED: ${way} (${session})`,
    OWN_PANE: `FAILED: ${way} (${session})`,
    SPOOLED: `spooled: ${way} (this sender can't reach tmux; relay will deliver) — NOT down`,
    SESSION_DOWN: null,
  } as const;
  const line = lines[is];
  if (line !== null && !isQuiet) said(line, place);
  if (why !== '' && (is !== 'UNSUBMITTED' || isQuiet)) note(why, place);
  return is === 'DELIVERED' || is === 'SPOOLED';
}
