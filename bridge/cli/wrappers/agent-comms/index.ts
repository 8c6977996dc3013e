import { basename, delimiter, dirname } from 'node:path';
import { socketPathOf } from '../../../tmux/socket.ts';
import { Refusal } from '../refusal.ts';
import type { Run } from '../run.ts';
import { add, discover, init, list, remove, setEnabled } from './agents.ts';
import { commsPaths } from './files.ts';
import { flagsOf } from './flags.ts';
import { senderOf } from './here.ts';
import { note, said } from './lines.ts';
import { log } from './log.ts';
import type { Act, Place } from './place.ts';
import { initJoin, invite, register, roster } from './projects.ts';
import { broadcast, send } from './send.ts';
import { settingsOf, withoutMeaning } from './settings.ts';
import { spooledIn } from './spool.ts';
import { usage } from './texts.ts';
import { post, read, threads } from './threads.ts';

/**
 * tmux-agent-comms: its registry, rosters and threads stay its own files, and what it types goes bridge's way: one input, guarded, with
 * a receipt in the journal.
 */
export async function agentComms([command, ...words]: readonly string[], run: Run): Promise<number> {
  if (command === undefined) throw new Refusal(usage, 2);
  if (['help', '-h', '--help'].includes(command) || words.includes('--help')) return said(usage, { run });
  if (!Object.hasOwn(acts, command)) throw new Refusal(`unknown command '${command}'; try: agent_comms help`, 2);
  const flags = flagsOf(words);
  const passed = [...flags.passed, ...withoutMeaning(run.env)];
  if (passed.length > 0 && !flags.isQuiet)
    note(`without meaning here, where evidence is waited for: ${passed.join(', ')}`, { run });
  if (run.isOwnProcess) useTmux(run.env.AGENT_COMMS_TMUX);
  const place = placeOf(run, socketPathOf({ env: run.env }));
  const exitCode = await acts[command]!(flags, place);
  // who writes and reaches tmux takes along what others had to leave
  if (['send', 'broadcast', 'post'].includes(command) && spooledIn(place.paths.spool).length > 0)
    await (await import('./relay.ts')).relayAll(place);
  return exitCode;
}

/** Where that is, by the variables of whoever calls. @throws Refusal (2) where one is wrong */
export function placeOf(run: Run, socketPath: string): Place {
  return { run, paths: commsPaths(run), socketPath, settings: settingsOf(run.env) };
}

/** Of a program called tmux that lies elsewhere, what bridge itself starts is that one, too. */
function useTmux(path: string | undefined): void {
  if (path && basename(path) === 'tmux' && path.includes('/'))
    process.env.PATH = [dirname(path), process.env.PATH ?? ''].join(delimiter);
}

const acts: Readonly<Record<string, Act>> = {
  send,
  broadcast,
  post,
  read,
  threads,
  register,
  roster,
  invite,
  'init-join': initJoin,
  discover,
  list,
  ls: list,
  add,
  remove,
  enable: (flags, place) => setEnabled(flags, place, true),
  disable: (flags, place) => setEnabled(flags, place, false),
  whoami: async (flags, place) => said(await senderOf(flags, place), place),
  log,
  init,
  relay: async (flags, place) => (await import('./relay.ts')).relay(flags, place),
};
