import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { usageError } from '../core/failure.ts';
import type { Context } from './context.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { outcomeCode, outcomeLines, senderHere } from './mail-lines.ts';
import { seconds, seen, textFrom } from './text.ts';

interface Flags {
  readonly as?: string;
  readonly file?: string;
  readonly reply: boolean;
  readonly wait?: string;
}

export function registerTell(command: Command): void {
  withOptions(
    withMailOptions(
      command.argument('<name-and-message...>', 'who, one or several, and then the message; - reads stdin'),
    ),
    'place',
  ).action(
    act(async (context, command) => {
      const flags = command.opts<Flags>();
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

export function withMailOptions(command: Command): Command {
  return command
    .option('--as <name>', 'who you are, where your processes do not show it: a claim, and shown as one')
    .option('--file <file>', 'the message from a file')
    .option('--no-reply', 'no answer is wanted, and the recipient is told so')
    .option('--wait <seconds>', 'wait so long for the receipt (default: 5, and what holds it is told at once)');
}

export async function bodyOf({ file }: Flags, words: readonly string[], name: string): Promise<string> {
  if (file === undefined) return textFrom(words, name);
  return seen(fileText(file), name, file);
}

function fileText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw usageError('--file', file, `cannot be read (${(cause as NodeJS.ErrnoException).code})`);
  }
}

export async function told(
  context: Context,
  order: {
    readonly to: readonly string[];
    readonly thread: string | null;
    readonly answers?: string;
    readonly body: string;
  },
  flags: Flags,
) {
  const view = await invoke(context, 'tell', {
    ...senderHere(flags.as),
    ...order,
    to: [...order.to],
    noReply: !flags.reply,
    waitMs: seconds(flags.wait ?? '5', '--wait'),
    isPatient: flags.wait !== undefined,
  });
  context.out.result(outcomeLines(view).join('\n'), view);
  return outcomeCode(view);
}
