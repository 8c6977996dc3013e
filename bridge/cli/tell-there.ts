import type { TellView } from '../api/tell.ts';
import { BridgeError, type ExitCode } from '../core/failure.ts';
import { labelOf } from '../core/names.ts';
import { steadyClock } from '../host/clock.ts';
import { CutOff, runBridgeThere, type SaidThere } from '../host/hosts/bridge-there.ts';
import type { Context } from './context.ts';
import { invoke } from './invoke.ts';
import { outcomeLines, senderHere } from './mail-lines.ts';
import { targetOf } from './pane.ts';
import type { MailFlags } from './tell.ts';

/** The host is called again for so long, under the same key. */
const againForMs = 120_000;
const firstPauseMs = 500;
const longestPauseMs = 8_000;
/** Besides what it is told to wait. */
const limitMs = 60_000;

/**
 * Writes to an agent whose pane a bridge on its own host has: by that bridge, whose queue, guard and receipt are those of the
 * pane. It is asked again under the same key where the link is cut, and does it once.
 * @returns the exit code; null where `to` is no such name, or no bridge there has its pane
 */
export async function toldThere(
  context: Context,
  {
    to,
    body,
    key,
    waitMs,
  }: { readonly to: string; readonly body: string; readonly key: string; readonly waitMs: number },
  flags: MailFlags,
): Promise<ExitCode | null> {
  const at = to.lastIndexOf('@');
  const [name, hostName] = [to.slice(0, at), to.slice(at + 1)];
  const host = context.config.hosts.find((one) => one.name === hostName);
  if (at < 1 || host === undefined) return null;
  const target = { ...targetOf(context), host: host.name, session: null, pane: null };
  const { panes } = await invoke(context, 'list', { target });
  const owner = panes.find((pane) => pane.label === labelOf(name) && pane.owner !== null && !pane.owner.isOurs)?.owner;
  // of a long state directory the claim has only the end
  if (!owner?.home.startsWith('/')) return null;
  const { name: sender, standing } = await invoke(context, 'whoami', senderHere(flags.as ?? flags.from));
  const words = [
    ...['tell', name, '-', '--home', owner.home, '--idempotency-key', flags.idempotencyKey ?? key],
    // an agent of ours is no person there
    ...(standing === 'human' ? [] : ['--as', sender]),
    ...(flags.wait === undefined ? [] : [`--wait=${flags.wait}`]),
    ...(flags.timeout === undefined ? [] : ['--timeout', flags.timeout]),
    ...(flags.ttl === undefined ? [] : ['--ttl', flags.ttl]),
    ...['--priority', flags.priority],
    ...(flags.reply ? [] : ['--no-reply']),
    ...(flags.inline ? ['--inline'] : []),
    ...(flags.urgent ? ['--urgent'] : []),
    '--json',
  ];
  const said = await askedAgain(() =>
    runBridgeThere(host, owner.pid, words, { stdin: body, limitMs: limitMs + waitMs }),
  );
  return shown(context, said, { host: host.name, isQuiet: flags.quiet === true });
}

/** A command that was cut may have been done: under its key it is done once. */
async function askedAgain(ask: () => Promise<SaidThere>): Promise<SaidThere> {
  const endAt = steadyClock.now() + againForMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await ask();
    } catch (fault) {
      if (!(fault instanceof CutOff) || steadyClock.now() + pauseMs > endAt) throw fault;
      await new Promise<void>((resolve) => void steadyClock.after(pauseMs, resolve));
    }
  }
}

/** What became of it there, as of a message of ours. @throws BridgeError in the words of the bridge there */
function shown(
  { out }: Context,
  { code, stdout, stderr }: SaidThere,
  { host, isQuiet }: { readonly host: string; readonly isQuiet: boolean },
): ExitCode {
  const said = viewIn(stdout);
  if (said === null) {
    const reason = stderr.trim().replace(/^bridge: /, '') || `its bridge ended with ${code}`;
    throw new BridgeError({ what: 'host', target: host, reason });
  }
  const outcomes = said.outcomes.map((one) => ({ ...one, member: `${one.member}@${host}` }));
  const view = { ...said, outcomes, by: host };
  if (!isQuiet) out.result(outcomeLines(view).join('\n'), view);
  return code as ExitCode;
}

/** null for what is no such answer: what greets whoever comes may stand above it. */
function viewIn(text: string): TellView | null {
  const start = text.indexOf('{');
  try {
    return start < 0 ? null : (JSON.parse(text.slice(start)) as TellView);
  } catch {
    return null;
  }
}
