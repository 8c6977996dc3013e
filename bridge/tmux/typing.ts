import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { usageError } from '../core/failure.ts';
import type { PaneId } from '../core/ids.ts';
import { isKeyName, isOptionKey } from '../core/keys.ts';
import type { PaneAddress } from '../core/pane.ts';
import type { PaneCondition } from '../core/pane-condition.ts';
import type { Written } from '../core/typed-note.ts';
import { type TmuxCommands, TmuxError } from './commands.ts';
import { conditionFormat, type OptionClause } from './condition.ts';
import { commandLine } from './control-mode.ts';
import { isAnother } from './orphans.ts';
import { inWriting } from './typed-notes.ts';

/**
 * Pastes the text if, in the same server step, the condition holds. `held` means that nothing was typed. Rejects with a
 * TmuxError: of kind `error` or `missing` nothing was typed; of kind `timeout` or `gone` it may have been.
 *
 * LF stays LF. With `bracketed` tmux puts the brackets around it if the program has asked for them, and not otherwise.
 */
export async function paste(
  t: TmuxCommands,
  paneId: PaneId,
  text: string,
  condition: PaneCondition,
  options: { readonly bracketed: boolean; readonly written?: Written },
): Promise<'done' | 'held'> {
  if (text === '' || text.includes('\0')) {
    throw usageError('paste', paneId, text === '' ? 'there is no text' : 'tmux cannot be handed a NUL character');
  }
  const format = formatOf(condition);
  // refused before anything is handed over
  format([]);
  const buffer = `${ownBuffers(t)}${process.pid}-${randomBytes(8).toString('hex')}`;
  const brackets = options.bracketed ? ['-p'] : [];
  try {
    await fill(t, buffer, text);
    return await conditionally(t, paneId, format, {
      // -r keeps LF: without it tmux makes it CR, which submits. -d removes the buffer.
      act: [['paste-buffer', ...brackets, '-r', '-d', '-b', buffer, '-t', paneId]],
      otherwise: [['delete-buffer', '-b', buffer]],
      written: options.written,
    });
  } catch (fault) {
    await forget(t, buffer);
    throw fault;
  }
}

/**
 * Presses one named key, or several together, if in the same server step the condition holds. A letter or digit is
 * pressed only on a condition that asks for the rows of a dialog. Rejects as `paste` does.
 */
export function press(
  t: TmuxCommands,
  paneId: PaneId,
  keys: string | readonly string[],
  condition: PaneCondition,
  written?: Written,
): Promise<'done' | 'held'> {
  const inDialog = (condition.onScreen?.length ?? 0) > 0;
  const all = typeof keys === 'string' ? [keys] : keys;
  const wrong = all.find((key) => !isKeyName(key) && !(inDialog && isOptionKey(key)));
  if (wrong !== undefined || all.length === 0)
    throw usageError('press', wrong ?? '', 'is not a key that tmux has a name for', 'for instance Enter, C-m, Tab');
  return conditionally(t, paneId, formatOf(condition), {
    act: [['send-keys', '-t', paneId, ...all]],
    otherwise: [],
    written,
  });
}

/** Takes the pane out of copy mode, and of any chooser. Nothing happens where it is in no mode, gone, or another server's. */
export async function leaveMode(t: TmuxCommands, { paneId, server }: PaneAddress): Promise<void> {
  const condition = `#{&&:#{pane_in_mode},#{==:#{pid}@#{start_time},${server}}}`;
  await t.run('if-shell', '-F', '-t', paneId, condition, commandLine(['copy-mode', '-q', '-t', paneId]));
}

/** Removes buffers that a bridge left behind when it died. @returns how many */
export async function reapBuffers(t: TmuxCommands): Promise<number> {
  const prefix = ownBuffers(t);
  const names = await t.run('list-buffers', '-F', '#{buffer_name}');
  const leftover = names.filter((name) => {
    const own = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    const owner = /^(\d+)-[0-9a-f]{16}$/.exec(own)?.[1];
    return owner !== undefined && !isAnother(Number(owner));
  });
  const results = await t.runAll(leftover.map((name) => ['delete-buffer', '-b', name]));
  return results.filter((result) => result.ok).length;
}

/** Whose process made a buffer can be told only on the machine of that process. */
function ownBuffers({ host }: TmuxCommands): string {
  return host === undefined ? 'bridge-' : `bridge-from-${machine}-`;
}

const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 12);

/** Characters a command may carry: at most 12 KB as UTF-8, below the 16 KB that tmux takes as arguments. */
const PIECE_LENGTH = 4_000;

/**
 * Fills a buffer, over a control client piece by piece: 0.3 ms a thousand characters. `load-buffer FILE` is faster for long
 * texts (tmux 3.3a: 10,000 characters 0.5 ms instead of 3), but it leaves the text on a disk, in a folder that the server
 * may not see. A fault here means that nothing was typed, whatever its kind was.
 */
async function fill(t: TmuxCommands, buffer: string, text: string): Promise<void> {
  try {
    if (t.load !== undefined) return await t.load(buffer, text);
    await fillByPieces(t, buffer, text);
  } catch (fault) {
    if (!(fault instanceof TmuxError) || fault.kind === 'missing') throw fault;
    throw new TmuxError('error', 'paste', `nothing was typed: ${fault.reason}`, fault);
  }
}

/** Over a connection whose commands nobody else can read. */
export async function fillByPieces(t: TmuxCommands, buffer: string, text: string): Promise<void> {
  const results = await t.runAll(piecesOf(text).map((piece) => ['set-buffer', '-a', '-b', buffer, '--', piece]));
  const failed = results.find((result) => !result.ok);
  if (failed?.ok === false) throw new TmuxError('error', 'set-buffer', failed.error);
}

function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + PIECE_LENGTH, text.length);
    // never between the halves of one character
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1]!)) end--;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

function formatOf(condition: PaneCondition): (options: readonly OptionClause[]) => string {
  return (options) => conditionFormat(condition, options);
}

interface Act {
  readonly act: readonly string[][];
  readonly otherwise: readonly string[][];
  readonly written: Written | undefined;
}

/** Look and act in one server step: tmux says itself which of the two it did. */
async function conditionally(
  t: TmuxCommands,
  paneId: PaneId,
  format: (options: readonly OptionClause[]) => string,
  { act, otherwise, written }: Act,
): Promise<'done' | 'held'> {
  // hooks of the user's may say something too, after our own words
  const mark = randomBytes(6).toString('hex');
  const saying = (word: string, list: readonly string[][]) =>
    [...list, ['display-message', '-p', `${word}-${mark}`]].map(commandLine).join(' ; ');
  const command = inWriting(paneId, written, format, {
    act: saying('done', act),
    otherwise: (undo) => saying('held', [...undo, ...otherwise]),
  });
  const lines = await t.run(...command);
  if (lines.includes(`done-${mark}`)) return 'done';
  if (lines.includes(`held-${mark}`)) return 'held';
  throw new TmuxError('gone', 'if-shell', 'tmux did not say whether it typed');
}

/** After a fault: the buffer must not stay, and the fault is what the caller should hear of. */
async function forget(t: TmuxCommands, buffer: string): Promise<void> {
  await t.runAll([['delete-buffer', '-b', buffer]]);
}
