import { type LineKind, lineOf } from './lines.ts';
import type { Row } from './row.ts';

/** A piece of the agent's words of one kind: a paragraph, a list item, a heading, code, a quotation. */
export interface Passage {
  readonly kind: LineKind;
  /** its lines joined, without marks, indents and emphasis */
  readonly text: string;
}

/** More of one line than this is not judged: its end is kept. */
const longestLine = 8000;

/** A line as long as this was full: the next one goes on with it. */
const fullLine = 38;

/** The last `lines` non-blank lines outside of fences, top to bottom. Fences are followed from the very first line. */
export function passagesOf(words: readonly string[], lines: number, table: readonly Row<LineKind>[]): Passage[] {
  const fenced = fencesOf(words);
  const counted = words.flatMap((line, at) => (line.trim() === '' || fenced[at] ? [] : [at]));
  const first = (counted[counted.length - lines - 1] ?? -1) + 1;
  const deep = 4 + Math.min(...counted.filter((at) => at >= first).map((at) => words[at]!.search(/\S/)));
  const passages: Passage[] = [];
  let above = '';
  for (let at = first; at < words.length; at++) {
    const raw = words[at]!.slice(-longestLine).trimEnd();
    const last = passages.at(-1);
    const line = lineOf(raw, table);
    const isCode = fenced[at] || (raw.search(/\S/) >= deep && line.kind !== 'item' && isSetOff(last, above));
    const { kind, text } = isCode ? { kind: 'code' as const, text: raw } : line;
    if (text !== '' && last !== undefined && above !== '' && goesOn(last, above, kind, raw))
      passages.splice(-1, 1, { kind: last.kind, text: join(last.text, text) });
    else if (text !== '') passages.push({ kind, text });
    above = text === '' ? '' : raw;
  }
  return passages;
}

/** Which lines stand in a code fence, itself included. A first bare one of an odd number closes what scrolled off. */
function fencesOf(words: readonly string[]): boolean[] {
  const marks = words.map((line) => /^\s*(?:```|~~~)\s*(\S*)/.exec(line)?.[1]);
  const found = marks.filter((mark) => mark !== undefined);
  let isOpen = found.length % 2 === 1 && found.length > 1 && found[0] === '';
  return marks.map((mark) => {
    if (mark === undefined) return isOpen;
    isOpen = !isOpen;
    return true;
  });
}

/** As in Markdown: code that is only indented has a blank line above it, or more of it, and is no part of a list. */
function isSetOff(last: Passage | undefined, above: string): boolean {
  return above === '' ? last !== undefined && last.kind !== 'item' : last?.kind === 'code';
}

/** A line is the rest of the one above where that one was full, or breaks off in the middle of a phrase. */
function goesOn(last: Passage, above: string, kind: LineKind, raw: string): boolean {
  if (kind !== 'prose') return kind === last.kind && (kind === 'code' || kind === 'quote');
  if (last.kind === 'item') return /^\s|^\p{Ll}/u.test(raw);
  if (last.kind === 'heading') return /^\s*\*\*[^*]+$/.test(above);
  if (above.length >= fullLine) return last.kind !== 'code';
  return last.kind === 'prose' && (/[,，、]$/.test(above) || /^\s*[\p{Ll}(\p{Lo}]/u.test(raw));
}

/** With a blank, except between two characters of a script that has none. */
function join(above: string, below: string): string {
  return wide.test(above.at(-1)!) && wide.test(below[0]!) ? above + below : `${above} ${below}`;
}

const wide = /[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]/;
