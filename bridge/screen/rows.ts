import type { Row } from '../core/pane.ts';
import type { Evidence } from '../core/reading.ts';

/** True when every visible character of `text[from, to)` is drawn dim. False for a stretch of blanks. */
export function isDim(row: Row, from = 0, to = row.text.length): boolean {
  let seen = false;
  for (let at = from; at < to; at++) {
    if (/\s/.test(row.text[at] ?? ' ')) continue;
    seen = true;
    if (!row.dim.some(([start, end]) => start <= at && at < end)) return false;
  }
  return seen;
}

/** True when the cell is dim, blank or not. */
export function isDimAt(row: Row, at: number): boolean {
  return row.dim.some(([start, end]) => start <= at && at < end);
}

export function isInkedAt(row: Row, at: number): boolean {
  return row.ink?.some(([start, end]) => start <= at && at < end) === true;
}

/** Whether the capture carries attributes at all: in a plain text every rule about dimness is moot. */
export function hasDim(rows: readonly Row[]): boolean {
  return rows.some((row) => row.dim.length > 0);
}

export function lastFilled(rows: readonly Row[], before = rows.length): number {
  let at = before - 1;
  while (at >= 0 && rows[at]!.text.trim() === '') at--;
  return at;
}

export function evidence(rule: string, detail: string, ...rows: number[]): Evidence {
  return rows.length === 0 ? { rule, detail } : { rule, detail, rows };
}

/** Clean lines: right-trimmed, no blank line at either end, never two in a row. */
export function tidy(lines: readonly string[]): string[] {
  const trimmed = lines.map((line) => line.trimEnd());
  const kept = trimmed.filter((line, at) => line !== '' || (at > 0 && trimmed[at - 1] !== ''));
  while (kept.at(-1) === '') kept.pop();
  while (kept[0] === '') kept.shift();
  return kept;
}
