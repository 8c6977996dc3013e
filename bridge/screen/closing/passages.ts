import { type LineKind, lineOf } from './lines.ts';
import type { Row } from './row.ts';

/** A piece of the agent's words of one kind: a paragraph, a list item, a heading, code, a quotation. */
export interface Passage {
  readonly kind: LineKind;
  /** the rows that make it up, without marks, indents and emphasis */
  readonly pieces: ReadonlyArray<{ readonly text: string; readonly row: number }>;
  /** items that follow each other have the same number; 0 for everything that is no item */
  readonly list: number;
}

/** More of one line than this is not judged: its end is kept. */
const longestLine = 8000;

/** Of a fenced block only so many lines count: what is said above code belongs to the closing words. */
const codeLines = 4;

/** A row as long as this was full: the next one goes on with it. */
const fullRow = 38;

/** The last `lines` non-blank lines as passages, top to bottom. Fences are followed from the very first line. */
export function passagesOf(words: readonly string[], lines: number, table: readonly Row<LineKind>[]): Passage[] {
  const fenced = fencesOf(words);
  const first = firstJudged(words, fenced, lines);
  const isDeep = deepAmong(words.slice(first));
  const passages: Array<Passage & { pieces: Array<{ text: string; row: number }> }> = [];
  let above = '';
  let list = 0;
  for (const [at, whole] of words.slice(first).entries()) {
    const raw = whole.slice(-longestLine).trimEnd();
    const last = passages.at(-1);
    const line = lineOf(raw, table);
    const isCode = fenced[first + at] || (isDeep(raw) && line.kind !== 'item' && isSetOff(last, above));
    const kind = isCode ? 'code' : line.kind;
    const piece = { text: isCode ? raw : line.text, row: first + at };
    if (piece.text !== '') {
      if (last !== undefined && above !== '' && goesOn(last, above, kind, raw)) last.pieces.push(piece);
      else {
        if (kind === 'item' && last?.kind !== 'item') list++;
        passages.push({ kind, pieces: [piece], list: kind === 'item' ? list : 0 });
      }
    }
    above = piece.text === '' ? '' : raw;
  }
  return passages;
}

/** Which lines stand in a code fence, the fence itself included. A first bare one of an odd number closes what scrolled off. */
function fencesOf(words: readonly string[]): boolean[] {
  const marks = words.map((line) => /^\s*(?:```|~~~)\s*(\S*)/.exec(line)?.[1]);
  const found = marks.filter((mark) => mark !== undefined);
  let isOpen = found.length % 2 === 1 && found[0] === '' && (found.length > 1 || marks.at(-1) === '');
  return marks.map((mark) => {
    if (mark === undefined) return isOpen;
    isOpen = !isOpen;
    return true;
  });
}

function firstJudged(words: readonly string[], fenced: readonly boolean[], lines: number): number {
  let left = lines;
  let code = 0;
  for (let at = words.length - 1; at >= 0; at--) {
    code = fenced[at] ? code + 1 : 0;
    if (words[at]!.trim() !== '' && code <= codeLines && --left < 0) return at + 1;
  }
  return 0;
}

/** Tells of a line whether it is indented as only code is, against the others. */
function deepAmong(words: readonly string[]): (line: string) => boolean {
  const indent = (line: string) => line.length - line.trimStart().length;
  const margin = words.reduce(
    (least, line) => (line.trim() === '' ? least : Math.min(least, indent(line))),
    Number.POSITIVE_INFINITY,
  );
  return (line) => indent(line) >= margin + 4;
}

/** Announced by a line that ends no sentence, with a blank one between; or more of that. */
function isSetOff(last: Passage | undefined, above: string): boolean {
  if (above !== '') return last?.kind === 'code';
  return last !== undefined && last.kind !== 'item' && /[^.!?。！？]$/.test(last.pieces.at(-1)!.text);
}

/** A row is the rest of the one above where that one was full, or breaks off in the middle of a phrase. */
function goesOn(last: Passage, above: string, kind: LineKind, raw: string): boolean {
  if (kind !== 'prose') return kind === last.kind && (kind === 'code' || kind === 'quote');
  if (last.kind === 'item') return /^\s|^\p{Ll}/u.test(raw);
  if (last.kind === 'heading') return /^\s*\*\*[^*]+$/.test(above);
  if (last.kind !== 'prose' && last.kind !== 'quote') return false;
  if (above.length >= fullRow) return true;
  if (last.kind === 'quote') return false;
  return !/[:：]$/.test(above) && (/[,，、]$/.test(above) || /^\s*[\p{Ll}(\p{Lo}]/u.test(raw));
}
