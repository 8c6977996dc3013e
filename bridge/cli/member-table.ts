import { visibleLine } from '../core/visible.ts';
import { dotIn, table } from './output.ts';

const columns = 80;
const gap = 2;
/** A cell that is cut to less says nothing. */
const leastWidth = 4;

/** A table of 80 columns: where it would be wider, the widest cells are cut. */
export function fitted(given: ReadonlyArray<readonly string[]>): string {
  const rows = given.map((row) => row.map(visibleLine));
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]!.length)));
  const room = columns - gap * (widths.length - 1);
  const total = () => widths.reduce((sum, width) => sum + width, 0);
  while (total() > room && Math.max(...widths) > leastWidth) widths[widths.indexOf(Math.max(...widths))]! -= 1;
  return table(rows.map((row) => row.map((cell, index) => cut(cell, widths[index]!))));
}

function cut(cell: string, width: number): string {
  return cell.length <= width ? cell : `${cell.slice(0, width - 1)}…`;
}

/**
 * A table of members, a row for each below its head. On a terminal that shows colours each has a dot in its own before its
 * name: the name itself is drawn as every other, so that no colour hides it.
 */
export function membersFitted(
  head: readonly string[],
  members: ReadonlyArray<{ readonly colour: string; readonly cells: readonly string[] }>,
): string {
  const dots = members.map(({ colour }) => dotIn(colour));
  if (dots.every((dot) => dot === null)) return fitted([head, ...members.map(({ cells }) => cells)]);
  const indented = [head, ...members.map(({ cells }) => cells)].map(([name = '', ...rest]) => [`  ${name}`, ...rest]);
  const [first = '', ...lines] = fitted(indented).split('\n');
  return [first, ...lines.map((line, index) => `${dots[index] ?? ' '}${line.slice(1)}`)].join('\n');
}
