import type { Row } from '../../core/pane.ts';
import type { Evidence } from '../../core/reading.ts';
import { evidence } from '../rows.ts';
import type { Pattern } from './facts.ts';

/** A row as patterns see it: without scroll bar, sidebar and trailing blanks. */
export interface Line {
  readonly text: string;
  readonly row: Row;
}

const compiled = new Map<Pattern, RegExp>();

/** @throws SyntaxError for what is no regular expression */
export function pattern(source: Pattern): RegExp {
  let known = compiled.get(source);
  if (known === undefined) {
    known = new RegExp(source, 'u');
    compiled.set(source, known);
  }
  return known;
}

/** The last row that matches one of the patterns. */
export function findRow(
  where: { from: number; lines: readonly Line[] },
  patterns: readonly Pattern[] | undefined,
  rule: string,
): Evidence | null {
  for (const source of patterns ?? []) {
    const at = where.lines.findLastIndex(({ text }) => pattern(source).test(text));
    if (at >= 0) return evidence(rule, `the screen says "${where.lines[at]!.text.trim()}"`, where.from + at);
  }
  return null;
}

/** The last so many rows that are not blank, from the bottom up. */
export function filledFromEnd(lines: readonly Line[], count: number): number[] {
  const found: number[] = [];
  for (let at = lines.length - 1; at >= 0 && found.length < count; at--) {
    if (lines[at]!.text.trim() !== '') found.push(at);
  }
  return found;
}
