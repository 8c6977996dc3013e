import type { Snapshot } from '../core/pane.ts';

/** As much of an input's first row tells it from other rows; the sign before it tells it from an answer in the same words. */
const leastBeginning = 20;
const longestSign = 8;

/**
 * Whether another input with the first words of this text stands right below all that was said before, where an equal one
 * stood already. The old conversation is laid along the new screen in every place where all of its last turn is there. Each
 * must leave the new input as the next row: turns that look alike may as well have come into view from above.
 * @param ready the text in the composer, and nothing else moved: what stands above that row is the old conversation
 */
export function isAppended(
  { before, ready, after }: { readonly before: Snapshot; readonly ready: Snapshot; readonly after: Snapshot },
  text: string,
): boolean {
  const [old, drafted, now] = [before, ready, after].map(shownRows) as [Rows, Rows, Rows];
  const conversation = saidRows(old.slice(0, firstDifference(old, drafted)));
  const beginning = text.trimStart().split('\n')[0]!.slice(0, leastBeginning).trimEnd();
  const signs = new Set(conversation.map((row) => signBefore(beginning, row)).filter((sign) => sign !== null));
  if (beginning === '' || signs.size !== 1) return false;
  const opening = `${[...signs][0]}${beginning}`;
  const last = conversation.findLastIndex((row) => row.startsWith(opening));
  const nextRows = placesOf(conversation, last, now).map((end) => now[end] ?? '');
  return nextRows.length > 0 && nextRows.every((row) => row.startsWith(opening));
}

type Rows = readonly string[];

/** Where the conversation ends on a screen that shows at least its rows from `last` on: those above may have scrolled away. */
function placesOf(conversation: Rows, last: number, now: Rows): readonly number[] {
  const places: number[] = [];
  for (let down = -last; down + conversation.length <= now.length; down++) {
    const shown = conversation.slice(Math.max(0, -down));
    if (shown.every((row, at) => row === now[Math.max(0, down) + at])) places.push(down + conversation.length);
  }
  return places;
}

function shownRows({ rows, firstVisible }: Snapshot): Rows {
  return rows
    .slice(firstVisible)
    .map(({ text }) => text.trimEnd())
    .filter((text) => text !== '');
}

/** Without the frame of a composer that stands below them. */
function saidRows(rows: Rows): Rows {
  return rows.slice(0, rows.findLastIndex((row) => /[\p{L}\p{N}]/u.test(row)) + 1);
}

function firstDifference(one: Rows, other: Rows): number {
  const at = one.findIndex((row, index) => row !== other[index]);
  return at < 0 ? one.length : at;
}

/** What stands before it in a row that it begins: blanks and a prompt sign at most. */
function signBefore(beginning: string, row: string): string | null {
  const at = row.indexOf(beginning);
  return at < 0 || at > longestSign || /[\p{L}\p{N}]/u.test(row.slice(0, at)) ? null : row.slice(0, at);
}
