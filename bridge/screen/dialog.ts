import { createHash } from 'node:crypto';
import type { Dialog, DialogKind, DialogOption, DialogSubject } from '../core/reading.ts';

export interface DialogOnScreen {
  readonly dialog: Dialog;
  readonly rows: readonly [first: number, last: number];
}

/** A dialog with its fingerprint: what it asks, about what, and between what. Where the highlight stands is no part of it. */
export function makeDialog(parts: {
  readonly kind: DialogKind;
  readonly question: string;
  readonly subject?: DialogSubject | null;
  readonly options?: readonly DialogOption[];
}): Dialog {
  const { kind, question, subject = null, options = [] } = parts;
  const said = [kind, question, subject?.is, subject?.text, subject?.isWhole, ...options.map(({ label }) => label)];
  const fingerprint = createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16);
  return { kind, question, subject, options, fingerprint };
}

/** A title or a line says that a dialog is open, and none can be read: whoever may answer has to look for himself. */
export const unseenDialog: Dialog = makeDialog({ kind: 'other', question: '' });

const marks = /^\s*(?:[›❯>●◉○◯▶→*]\s+)?/;
const highlighted = /^\s*[›❯>●◉▶→*]\s/;

/**
 * An option as a list shows it: `› 1. Yes, proceed (y)`, `● 2. Allow once`, `[y] Approve`, `No (esc)`. The key is what
 * stands in brackets, else the number. Null for a line that is no option.
 */
export function readOption(line: string): DialogOption | null {
  const isHighlighted = highlighted.test(line);
  const bare = line.replace(marks, '').trim();
  const lettered = /^[[(](\w|esc|enter)[\])]\s+(\S.*)$/i.exec(bare);
  if (lettered) return { label: lettered[2]!, key: keyName(lettered[1]!), isHighlighted };
  const numbered = /^(\d{1,2})[.)]\s+(\S.*)$/.exec(bare);
  if (!numbered) {
    const named = /^(\S.{0,100}?)\s+\((tab|shift\+tab|esc|enter)\)$/i.exec(bare);
    return named ? { label: named[1]!, key: keyName(named[2]!), isHighlighted } : null;
  }
  // `(Esc to stop)`: its number would ask for words first (Copilot 1.0.102)
  const hinted = /^(.*\S)\s+\((\w|esc|enter)(?: to \w+)?\)$/i.exec(numbered[2]!);
  if (hinted) return { label: hinted[1]!, key: keyName(hinted[2]!), isHighlighted };
  return { label: numbered[2]!, key: numbered[1]!, isHighlighted };
}

const keyNames: Readonly<Record<string, string>> = { esc: 'Escape', enter: 'Enter', tab: 'Tab', 'shift+tab': 'BTab' };

function keyName(key: string): string {
  return keyNames[key.toLowerCase()] ?? key;
}

/**
 * The options of a dialog's rows, in order. A line right below an option that begins none goes on with it, where it is
 * indented by three columns or more; so does one that only ends like an option, below the words of a numbered one.
 */
export function readOptions(lines: readonly string[]): DialogOption[] {
  const texts: string[] = [];
  let isOpen = false;
  let wordsAt = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const at = line.search(/\S/);
    const number = /^[^\w]*\d{1,2}[.)]\s+/.exec(line)?.[0].length;
    if (readOption(line) !== null && (number !== undefined || !isOpen || at < wordsAt)) {
      texts.push(line);
      isOpen = true;
      wordsAt = number ?? Number.POSITIVE_INFINITY;
    } else if (isOpen && at >= 3) texts[texts.length - 1] += ` ${line.trim()}`;
    else isOpen = false;
  }
  return texts.flatMap((text) => readOption(text) ?? []);
}

const elisions = [
  /…/,
  /\.{3}\s*$/m,
  /\b\d+ (?:more )?(?:lines?|rows?|chars?)\b.*(?:hidden|omitted|more|not shown)/i,
  /\(\+?\d+ (?:more )?lines?\)/i,
];

/** Whether the text of a command or path was cut by the dialog that shows it. */
export function isElided(text: string): boolean {
  return elisions.some((elision) => elision.test(text));
}
