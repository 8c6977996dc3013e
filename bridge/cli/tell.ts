import { type Command, Option } from 'commander';
import type { Awaited } from '../api/mail-outcomes.ts';
import { BridgeError, ExitCode, usageError } from '../core/failure.ts';
import { shortId } from '../core/mail-lines.ts';
import { type Priority, priorities } from '../core/message.ts';
import { visibleLine } from '../core/visible.ts';
import { steadyClock, systemClock } from '../host/clock.ts';
import { leaveLetter } from '../host/mail-outbox.ts';
import { minter } from '../host/mint.ts';
import { DaemonGone, Unreachable } from '../server/socket.ts';
import type { Context } from './context.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { messageLines, outcomeCode, outcomeLines, senderHere } from './mail-lines.ts';
import { duration, seconds, textFrom, textOf } from './text.ts';

/** What `withMailOptions` declares. */
export interface MailFlags {
  readonly as?: string;
  readonly from?: string;
  readonly file?: string;
  readonly reply: boolean;
  readonly wait?: string;
  readonly timeout?: string;
  readonly ttl?: string;
  readonly priority: Priority;
  readonly idempotencyKey?: string;
  readonly inline?: true;
  readonly urgent?: true;
  readonly quiet?: true;
}

export function registerTell(command: Command): void {
  withOptions(
    withMailOptions(
      command.argument(
        '<name-and-message...>',
        'who, one or several (@shop: all of group shop), and then the message; - reads stdin',
      ),
    ),
    'place',
  ).action(
    act(async (context, command) => {
      const flags = command.opts<MailFlags>();
      const words = command.args;
      const names = flags.file === undefined ? words.slice(0, -1) : words;
      if (names.length === 0)
        throw usageError(
          'tell',
          'message',
          'is missing',
          'bridge tell NAME "message", or NAME - with the message on stdin',
        );
      return told(context, { to: names, thread: null, body: await bodyOf(flags, words.slice(-1), 'tell') }, flags);
    }),
  );
}

/** What it can wait for; a number is the older form of `--wait=submitted --timeout`. */
const awaited: readonly Awaited[] = ['submitted', 'read', 'replied'];
const usualTimeout = '60';

export function withMailOptions(command: Command): Command {
  const parse = command.parseOptions.bind(command);
  // `--wait` alone must not take the name or the message behind it for its word
  command.parseOptions = (words) => parse(withWaitWord(words));
  return command
    .option('--as <name>', 'who you are, where your processes do not show it: a claim, and shown as one')
    .addOption(new Option('--from <name>', 'the same as --as').hideHelp())
    .option('--file <file>', 'the message from a file')
    .option('--no-reply', 'no answer is wanted, and the recipient is told so')
    .addOption(
      new Option(
        '--wait [until]',
        'wait until it is submitted (a line about it is in the pane), read or replied',
      ).preset('submitted'),
    )
    .option('--timeout <seconds>', `give up waiting after this long (default: ${usualTimeout} with --wait, else 5)`)
    .option('--ttl <time>', 'tell nobody of it later than this: 90, 15m, 2h, 3d; you are told of that')
    .addOption(
      new Option('--priority <priority>', 'what comes first among what waits for one member')
        .choices([...priorities])
        .default('normal'),
    )
    .option(
      '--urgent',
      'do not wait for the running turn: break it off, where the agent has a key for that (yours only)',
    )
    .option('--idempotency-key <key>', 'send it once, however often this is tried; prints what became of it')
    .option('--inline', 'put the text whole into the pane, several lines too, in place of a doorbell')
    .option('-q, --quiet', 'print nothing; the exit code says what became of it');
}

function withWaitWord(words: readonly string[]): string[] {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return words.map((word, index) => {
    const isAlone = word === '--wait' && index < end && !isWaitWord(words[index + 1] ?? '');
    return isAlone ? '--wait=submitted' : word;
  });
}

function isWaitWord(word: string): boolean {
  return (awaited as readonly string[]).includes(word) || /^[\d.]+$/.test(word);
}

/** How long is waited, for what, and whether something that holds it ends the waiting. */
function waitingOf({ wait, timeout }: Pick<MailFlags, 'wait' | 'timeout'>) {
  if (wait !== undefined && !isWaitWord(wait))
    throw usageError('--wait', wait, `invalid: expected one of ${awaited.join(', ')}`, 'how long: --timeout SECONDS');
  const until = awaited.find((one) => one === wait) ?? 'submitted';
  const given = timeout ?? (wait === undefined || wait === until ? undefined : wait);
  const limit = given ?? (wait === undefined ? '5' : usualTimeout);
  const waitMs = seconds(limit, timeout === undefined && wait === limit ? '--wait' : '--timeout');
  return { until, waitMs, isPatient: wait !== undefined || timeout !== undefined };
}

export async function bodyOf({ file }: MailFlags, words: readonly string[], name: string): Promise<string> {
  if (file === undefined) return textFrom(words, name);
  return textOf(file, name);
}

export async function told(
  context: Context,
  order: {
    readonly to: readonly string[];
    readonly isToAll?: true;
    readonly thread: string | null;
    readonly answers?: string;
    readonly body: string;
  },
  flags: MailFlags,
) {
  const id = minter(systemClock)<string>();
  const letter = {
    id,
    ...senderHere(flags.as ?? flags.from),
    ...order,
    to: [...order.to],
    noReply: !flags.reply,
    priority: flags.priority,
    ttlMs: flags.ttl === undefined ? null : duration(flags.ttl, '--ttl'),
    idempotencyKey: flags.idempotencyKey ?? null,
    inline: flags.inline === true,
    urgent: flags.urgent === true,
  };
  try {
    const view = await askedAgain(() => invoke(context, 'tell', { ...letter, ...waitingOf(flags) }));
    const replies = view.replies.flatMap((reply) => messageLines(reply, Date.now()));
    if (!flags.quiet) context.out.result([...outcomeLines(view), ...replies].join('\n'), view);
    return outcomeCode(view);
  } catch (fault) {
    if (fault instanceof Unreachable) return left(context, letter);
    const [to = ''] = order.to;
    const isPlain = order.to.length === 1 && order.thread === null && order.answers === undefined;
    if (!isPlain || !to.includes('@') || !isUnknownMember(fault)) throw fault;
    const { toldThere } = await import('./tell-there.ts');
    const code = await toldThere(context, { to, body: order.body, key: id, waitMs: waitingOf(flags).waitMs }, flags);
    if (code === null) throw fault;
    return code;
  }
}

/** Nobody here is called so. */
function isUnknownMember(fault: unknown): boolean {
  return fault instanceof BridgeError && fault.what === 'member' && fault.reason === 'unknown';
}

const againAtMost = 10;
const againAfterMs = 200;

/** A bridge that goes away before it answers may have kept the message: under the same id it is not sent twice. */
async function askedAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (fault) {
      if (!(fault instanceof DaemonGone) || tries > againAtMost) throw fault;
      // one that is killed takes a moment to be gone
      await new Promise<void>((resolve) => void steadyClock.after(againAfterMs, resolve));
    }
  }
}

/** For the bridge that this command does not reach: it takes it up within seconds, or as it starts. */
function left({ config, out }: Context, letter: { readonly id: string; readonly to: readonly string[] }): ExitCode {
  const { id } = letter;
  leaveLetter(config.home, id, letter);
  const why = 'left in mail-outbox/: this command reaches no bridge from its sandbox; the next look takes it up';
  out.result(visibleLine(`waiting   ${letter.to.join(', ') || 'its sender'}: ${why}  #${shortId(id)}`), {
    id,
    outcomes: letter.to.map((member) => ({ member, is: 'waiting', why, tookMs: null })),
  });
  return ExitCode.held;
}
