import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { type TmuxCommands, TmuxError } from './commands.ts';
import { commandLine } from './control-mode.ts';

/** Whose turn it is, while it is somebody's: an option of the server. */
const option = '@bridge-attaching';
/** A turn takes a few hundredths of a second; whoever has had it so long has died in it. */
const staleMs = 3_000;
/** So long one waits for others; afterwards it goes on without its turn, for no work may wait for ever. */
const waitLimitMs = 10_000;
const lookAgainMs = 20;

/**
 * Works while no other bridge brings a control client to this server, or takes one away: also none whose lock files are
 * elsewhere, in a container or on another machine. A tmux up to 3.6a may end with all its sessions where two do so at once (its
 * pull request 4980). One command to take the turn, one to give it back.
 */
export async function inTurn<T>(t: TmuxCommands, clock: Clock, work: () => Promise<T>): Promise<T> {
  const token = randomBytes(8).toString('hex');
  const isMine = await take(t, clock, token).catch(unknown);
  try {
    return await work();
  } finally {
    if (isMine) await t.run('if-shell', '-F', is(token), commandLine(['set-option', '-su', option])).catch(unknown);
  }
}

async function take(t: TmuxCommands, clock: Clock, token: string): Promise<boolean> {
  const giveUpAt = clock.now() + waitLimitMs;
  let seen = { holder: '', since: clock.now() };
  let expected = '';
  while (clock.now() < giveUpAt) {
    const set = `${commandLine(['set-option', '-s', option, token])} ; ${commandLine(['display-message', '-p', token])}`;
    const tell = commandLine(['display-message', '-p', `#{${option}}`]);
    const [holder = ''] = await t.run('if-shell', '-F', is(expected), set, tell);
    if (holder === token) return true;
    if (holder !== seen.holder) seen = { holder, since: clock.now() };
    // what is no word of a bridge's says nothing, and stays
    if (holder !== '' && !isToken(holder)) return false;
    expected = clock.now() - seen.since < staleMs ? '' : holder;
    await new Promise<void>((resolve) => void clock.after(lookAgainMs, resolve));
  }
  return false;
}

function is(holder: string): string {
  return `#{==:#{${option}},${holder}}`;
}

function isToken(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text);
}

/** A server that is not there has nobody who could be in the way. */
function unknown(fault: unknown): false {
  if (fault instanceof TmuxError) return false;
  throw fault;
}
