import type { DialogSubject } from '../core/reading.ts';
import { isElided } from './dialog.ts';
import { columnsOf } from './frame.ts';

/** One row of what a dialog is about: its text without the indent and the frame around it, and the column it ends at. */
export interface SubjectRow {
  readonly text: string;
  readonly endsAt: number;
}

/**
 * What a dialog would run or change, from every row between what opens it and what follows it.
 *
 * It is whole only where it is known to the letter: nothing is elided, no row is blank (a row of blanks and an empty line
 * look alike), and where there are several rows each ends because the command's own line ends there. A row that begins with
 * blanks may be the rest of a run of them that was wrapped (codex 0.169, 200 blanks at 120 columns). No agent draws a
 * mark where it has wrapped (codex 0.169 and 0.171, gemini 0.61, qwen 0.24, cline 3.0.65): a row of which the next one's
 * first word had room may only have been ended by the command itself. Several blanks in a row may be a tab, which cline draws as
 * two of them, gemini as four, qwen and continue up to the terminal's next stop.
 * @param isAccounted false where the dialog shows rows that belong to nothing known
 * @param columns how many the agent could use
 */
export function subjectOf(
  is: DialogSubject['is'],
  rows: readonly SubjectRow[],
  { isAccounted, columns }: { readonly isAccounted: boolean; readonly columns: number },
): DialogSubject | null {
  if (rows.length === 0) return null;
  const text = rows.map((row) => row.text.trimEnd()).join('\n');
  const isKnown = rows.every(
    (row, at) =>
      row.text.trim() !== '' &&
      !/\S {2,}\S/.test(row.text) &&
      !isUnclear.test(row.text) &&
      (at + 1 === rows.length || endsItself(row, rows[at + 1]!, columns)),
  );
  const isOne = is === 'command' || rows.length === 1;
  return { is, text, isWhole: isAccounted && isKnown && isOne && !isCut(is, text) };
}

/**
 * Program and terminal count those without a width differently, so that what stands behind them may not be where it seems (continue 1.5.47).
 * U+FFFD stands for what a program does not draw (Claude Code 2.1.332: a control character in a file's name).
 */
const isUnclear = /[\u200b-\u200d\u2060\ufeff\ufffd]/u;

/** Blanks that an agent keeps free at the right, at most: qwen wraps at 114 of 120 columns. */
const spareColumns = 8;

function endsItself(row: SubjectRow, next: SubjectRow, columns: number): boolean {
  if (/^\s/.test(next.text)) return false;
  const word = /\S+/.exec(next.text)?.[0] ?? '';
  if (!isOfKnownWidth.test(row.text + word)) return false;
  return row.endsAt + 1 + columnsOf(word) <= columns - spareColumns;
}

/** Characters that every program and terminal counts as one column: ASCII, Latin, Greek and Cyrillic letters. */
const isOfKnownWidth = /^[\x20-\x7e\u00c0-\u02af\u0370-\u052f]*$/;

/** Programs shorten a long path in its middle (`src/.../a.ts`), and a command only at its end. */
function isCut(is: DialogSubject['is'], text: string): boolean {
  return isElided(text) || (is === 'file' && /\.{3}/.test(text));
}

/**
 * Whether a dialog leaves nothing of the screen but itself. One that is too tall for it is cut, and no agent says where:
 * what is read as its beginning may be the end of a command that imitates one.
 */
export function fillsScreen(
  dialog: readonly [first: number, last: number],
  { firstVisible, height }: { readonly firstVisible: number; readonly height: number },
): boolean {
  const [first, last] = dialog;
  return first - firstVisible < leastAbove && last - firstVisible >= height - mostBelow;
}

const leastAbove = 2;
/** rows of a footer */
const mostBelow = 5;
