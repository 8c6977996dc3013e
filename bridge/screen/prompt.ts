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

/** @param isStill it has not just drawn: else what stands behind the cursor's prompt may be what it is writing there */
export function readPromptScreen(snapshot: Snapshot, isStill = true): PromptScreen {
  const { rows, cursorRow, facts } = snapshot;
  const lines = rows.map((row) => withoutFrame(row.text));
  const composer = facts.cursorVisible
    ? readAtCursor(snapshot, lines, isStill)
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

function readAtCursor(
  { rows, cursorRow, facts }: Snapshot,
  lines: readonly string[],
  isStill: boolean,
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
  const start = draftStart(lines, cursorRow, isStill);
  if (start !== null) {
    const { first, prompt } = start;
    const further = lines.slice(first + 1, cursorRow + 1).map((line) => line.trimEnd());
    // as deep as the prompt, or at the edge
    const isDeep = further.every((line) => line === '' || line.startsWith(' '.repeat(prompt.length)));
    const text = [lines[first]!, ...(isDeep ? further : further.map((line) => ' '.repeat(prompt.length) + line))].map(
      (line) => line.slice(prompt.length),
    );
    return { first, composer: { is: 'draft', text: text.join('\n').trim() } };
  }
  return { first: rows.length, composer: { is: 'draft', text: `${before}${behind}`.trim() } };
}

/** A prompt that may have a name before it, with what was typed behind it. */
const namedPrompt = /^\s{0,3}(?:[\w.@~/()[\]-]{1,30} ?)?[>›❯»]{1,3}\s(?=\S)/;

/**
 * A draft of several lines: from the last prompt down to the cursor. Readline and most of what reads lines put the further
 * ones at the edge; others as deep as the prompt is wide. What a program writes below an input looks the same: it is no
 * draft of ours, and nothing is typed over a draft.
 */
function draftStart(
  lines: readonly string[],
  cursorRow: number,
  isStill: boolean,
): { first: number; prompt: string } | null {
  for (let at = cursorRow; at >= 0 && cursorRow - at < 200; at--) {
    const line = lines[at]!;
    const prompt = namedPrompt.exec(line)?.[0];
    if (prompt !== undefined) return { first: at, prompt };
    // a block is written by programs, and never by us
    if ((!isStill && !/^\s{2}/.test(line)) || line.includes('<<CONTROLLER')) return null;
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
