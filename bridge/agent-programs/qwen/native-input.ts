import { isAbsolute, resolve } from 'node:path';
import type { MessageInput } from '../../core/native-input.ts';
import type { ProcessInfo } from '../../core/process-info.ts';
import { argumentOf } from '../arguments.ts';
import type { Around, NativeInput } from '../native-input.ts';

/** How long qwen is given beyond its own pause between two looks at the file. */
const graceMs = 1_000;

/**
 * The file that qwen was told to take inputs from (`--input-file`), one JSON object a line. Seen with 0.24.4: it looks
 * every half second, takes whole lines behind what it has read, runs a `/command`, and holds an input back while it is busy or a
 * dialog is open. A file that shrinks or changes is read again from its beginning, so that nothing is ever taken out of
 * it: it is only appended to, whole lines at once.
 */
export const qwenInputFile: NativeInput = {
  name: 'qwen-input-file',
  looksEveryMs: 500,
  // a /command is run; what begins with ! or ? is not
  commandOpenings: [{ pattern: '^\\s*/', prefix: 'Answer: ' }],
  commandEndings: [],
  find: (around) => inputFileIn(around, qwenInputFile.looksEveryMs),
};

/** @param looksEveryMs how often qwen looks at the file */
export function inputFileIn(
  { program, others, io }: Pick<Around, 'program' | 'others' | 'io'>,
  looksEveryMs: number,
): MessageInput | { readonly refused: string } {
  const path = program.map(inputFileOf).find((one) => one !== null);
  if (path === undefined || path === null)
    return { refused: 'qwen takes no inputs from a file; it does when started with --input-file' };
  const own = new Set(program.map(({ pid }) => pid));
  const stranger = others().find((other) => !own.has(other.pid) && inputFileOf(other) === path);
  if (stranger !== undefined) return { refused: `process ${stranger.pid} takes its inputs from the same file` };
  return {
    is: 'message',
    post: (text) => io.appendLine(path, JSON.stringify({ type: 'submit', text }), looksEveryMs + graceMs),
  };
}

function inputFileOf({ argv, cwd }: Pick<ProcessInfo, 'argv' | 'cwd'>): string | null {
  const path = argumentOf(argv, '--input-file');
  if (path === null || path === '') return null;
  if (isAbsolute(path)) return resolve(path);
  return cwd === null ? null : resolve(cwd, path);
}
