import { visibleLine } from '../core/visible.ts';
import { table } from './output.ts';

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
