import { basename } from 'node:path';
import { z } from 'zod';
import type { Dialog } from '../../core/reading.ts';
import type { CommandRecord } from '../command-record.ts';

/**
 * Codex 0.171.0 notes each call in `$CODEX_HOME/sessions/YYYY/MM/DD/rollout-….jsonl` before it asks, one JSON object a line, and its
 * result under the same id. The file of each thread stays open, in the codex of the pane, or in its shared app-server.
 */
export const codexRollout: CommandRecord = {
  isShownWhole,
  isFile: (path) => /\/sessions\/(?:\d+\/){3}rollout-[^/]+\.jsonl$/.test(path),
  isShared: ({ argv, executable }) =>
    executable !== null && basename(executable) === 'codex' && argv.includes('app-server'),
  pending,
};

/**
 * It offers to remember a command of plain words by naming them, apart and quoted where they hold anything else, a character that its
 * dialog does not draw among it. Of any other command the offer names a part, or the whole as it is drawn.
 */
function isShownWhole({ subject, options }: Dialog): boolean {
  if (subject?.is !== 'command' || !plainWords.test(subject.text)) return false;
  return options.some(({ label }) => label.includes(`commands that start with \`${subject.text}\``));
}

const plainWords = /^[\w./:=@%+,-]+(?: [\w./:=@%+,-]+)*$/;

function pending(lines: readonly string[]): string[] {
  const called = new Map<string, string>();
  for (const line of lines) {
    const item = itemOf(line);
    if (item?.type === 'function_call_output') called.delete(item.call_id);
    else if (item !== null) {
      const command = commandOf(item);
      if (command !== null) called.set(item.call_id, command);
    }
  }
  return [...called.values()];
}

type Item = z.infer<typeof noted>['payload'];

const noted = z.object({
  type: z.literal('response_item'),
  payload: z.discriminatedUnion('type', [
    z.object({ type: z.literal('function_call'), call_id: z.string(), arguments: z.string() }),
    z.object({ type: z.literal('local_shell_call'), call_id: z.string(), action: z.unknown() }),
    z.object({ type: z.literal('function_call_output'), call_id: z.string() }),
  ]),
});

/** `exec_command` has `cmd`; the older `shell` has `command`, as words or whole. */
const ran = z.object({ cmd: z.string() }).or(z.object({ command: z.string().or(z.array(z.string())) }));

/** The last line may be half written, and most tell of something else. */
function itemOf(line: string): Item | null {
  if (!line.includes('"call_id"')) return null;
  return noted.safeParse(parsed(line)).data?.payload ?? null;
}

function commandOf(item: Exclude<Item, { type: 'function_call_output' }>): string | null {
  const { data } = ran.safeParse(item.type === 'function_call' ? parsed(item.arguments) : item.action);
  if (data === undefined) return null;
  const command = 'cmd' in data ? data.cmd : data.command;
  if (typeof command === 'string') return command;
  // codex draws what the shell of `bash -lc` gets
  return /^-l?c$/.test(command.at(-2) ?? '') ? command.at(-1)! : command.join(' ');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
