import { socketPathOf } from '../../../tmux/socket.ts';
import { Refusal } from '../wrapper.ts';
import { add, discover, init, list, log, remove, setEnabled } from './agents.ts';
import { commsPaths } from './files.ts';
import { flagsOf } from './flags.ts';
import { senderOf } from './here.ts';
import { note, said } from './lines.ts';
import type { Act } from './place.ts';
import { initJoin, register, roster } from './projects.ts';
import { broadcast, send } from './send.ts';
import { usage } from './texts.ts';
import { post, read, threads } from './threads.ts';

/**
 * tmux-agent-comms: its registry, rosters and threads stay its own files, and what it types goes bridge's way: one input, guarded, with
 * a receipt in the journal.
 */
export async function agentComms([command = 'help', ...words]: readonly string[]): Promise<number> {
  if (['help', '-h', '--help'].includes(command)) return said(usage);
  const act = acts[command];
  if (act === undefined) throw new Refusal(`unknown command '${command}'; try: agent_comms help`, 2);
  const flags = flagsOf(words);
  if (flags.passed.length > 0) note(`${flags.passed.join(', ')} is taken and does nothing: evidence is waited for`);
  return act(flags, { paths: commsPaths(process.env), socketPath: socketPathOf({ env: process.env }) });
}

const acts: Readonly<Record<string, Act>> = {
  send,
  broadcast,
  post,
  read,
  threads,
  register,
  roster,
  invite: (_, { paths }) => said(`Paste this into each AI's tmux pane:   read ${paths.joinDoc}`),
  'init-join': initJoin,
  discover,
  list,
  ls: list,
  add,
  remove,
  enable: (flags, place) => setEnabled(flags, place, true),
  disable: (flags, place) => setEnabled(flags, place, false),
  whoami: async (flags, place) => said(await senderOf(flags, place)),
  log,
  init,
  relay: (flags) => (flags.isQuiet ? 0 : said('nothing is spooled: what is sent is sent at once, or refused')),
};
