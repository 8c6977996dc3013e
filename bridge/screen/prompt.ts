import type { Row, Snapshot } from '../core/pane.ts';
import type { Composer, Turn } from '../core/reading.ts';
import { cleanLines, columnsOf, indexOfColumn, isRule, withoutFrame } from './frame.ts';
import { isDim, tidy } from './rows.ts';

/** The screen of a program nobody has measured: lines, and a prompt where the cursor is. */
export interface PromptScreen {
  readonly turn: Turn;
  readonly composer: Composer;
  /** `Continue? [y/N]`, a password prompt, … at the cursor: an answer typed there would be taken for something else */
  readonly confirmation: string | null;
}

/** Prompt glyphs by which an echoed input is known. `#`, `$`, `%`, `:` and `?` begin too many other lines. */
const echo = /^\s{0,3}[>›❯»]\s(?=\S)/;
// a shell's prompt may be long: `root@host:~/work# `, and on Fedora `[me@host work]$ `
const emptyPrompt =
  /^\s*(?:\S[^>›❯»]{0,30})?[>›❯»:?$#%]\s*$|^\s*(?:[\w.@:~/()[\]+-]{1,80}|\[[\w.@:~/ +-]{1,80}\]) ?[$#%]\s*$/;
const filledPrompt =
  /^(\s*(?:(?:[\w.@~/()[\]-]{0,30} ?)?[>›❯»$#%]|(?:[\w.@:~/()[\]+-]{1,80}|\[[\w.@:~/ +-]{1,80}\]) ?[$#%]))\s(.*)$/;
const confirmationWords =
  /[[(]\s*y(?:es)?\s*\/\s*n(?:o)?\s*(?:\/\s*\w+\s*)?[\])]\s*[:?]?\s*$|\b(?:password|passphrase|passcode|verification code)\b.*:\s*$|press (?:any key|enter|return)\b/i;

export function readPromptScreen(snapshot: Snapshot): PromptScreen {
  const { rows, cursorRow, facts } = snapshot;
  const lines = rows.map((row) => withoutFrame(row.text));
  const composer = facts.cursorVisible
    ? readAtCursor(snapshot, lines)
    : { first: rows.length, composer: { is: 'absent' } as const };
  const end = composer.first;
  const line = (facts.cursorVisible ? lines[cursorRow] : undefined) ?? '';
  return {
    turn: readTurn(
      rows.map((row) => row.text),
      lines,
      end,
      facts.width,
    ),
    composer: composer.composer,
    confirmation: confirmationWords.test(line) ? line.trim() : null,
  };
}

/** The input line that holds the cursor, and the row it begins on. */
function readAtCursor(
  { rows, cursorRow, facts }: Snapshot,
  lines: readonly string[],
): { first: number; composer: Composer } {
  const row: Row = rows[cursorRow] ?? { text: '', dim: [] };
  const at = columnsOf(row.text) > facts.width ? row.text.length : indexOfColumn(row.text, facts.cursorX);
  const before = withoutFrame(row.text.slice(0, at).padEnd(facts.cursorX > columnsOf(row.text) ? facts.cursorX : 0));
  const isGhost = isDim(row, at);
  const behind = isGhost
    ? ''
    : withoutFrame(row.text.slice(at))
        .trim()
        .replace(/^[│┃║|█]$/, '');
  if (behind === '' && emptyPrompt.test(before)) return { first: cursorRow, composer: { is: 'empty' } };
  if (before.trim() === '' && behind === '') {
    // A blank line is where a program without a prompt reads; in one that has prompts it means that it is at work.
    const hasPrompts = lines.slice(0, cursorRow).some((line) => echo.test(line));
    return { first: rows.length, composer: hasPrompts ? { is: 'absent' } : { is: 'empty' } };
  }
  const filled = filledPrompt.exec(before);
  if (filled) return { first: cursorRow, composer: { is: 'draft', text: `${filled[2]}${behind}`.trim() } };
  const first = draftStart(lines, cursorRow);
  if (first !== null) {
    const text = [
      lines[first]!.replace(echo, ''),
      ...lines.slice(first + 1, cursorRow + 1).map((line) => line.trim()),
    ].join('\n');
    return { first, composer: { is: 'draft', text } };
  }
  return { first: rows.length, composer: { is: 'draft', text: `${before}${behind}`.trim() } };
}

/** A draft of several lines: unbroken rows, indented as deep as the prompt is wide, down to the cursor. */
function draftStart(lines: readonly string[], cursorRow: number): number | null {
  for (let at = cursorRow; at >= 0 && cursorRow - at < 200; at--) {
    const line = lines[at]!;
    if (echo.test(line)) return at;
    if (!/^\s{2}/.test(line)) return null;
  }
  return null;
}

function readTurn(texts: readonly string[], lines: readonly string[], end: number, width: number): Turn {
  const inputs: string[] = [];
  let from = 0;
  for (let at = 0; at < end; at++) {
    const glyph = echo.exec(lines[at]!)?.[0];
    if (glyph === undefined) continue;
    const input = [lines[at]!.slice(glyph.length)];
    // the rest of a pasted input: unbroken rows at exactly its indent
    const indent = new RegExp(`^ {${glyph.length}}\\S`);
    while (at + 1 < end && indent.test(lines[at + 1]!)) input.push(lines[++at]!.slice(glyph.length));
    inputs.push(input.join('\n').trim());
    from = at + 1;
  }
  const words = cleanLines(texts.slice(from, end), width).filter((line) => !isRule(line));
  return { inputs, words: tidy(words) };
}
