import type headless from '@xterm/headless';
import { extend, type Ranges, within } from '../core/ansi.ts';
import type { Row, Snapshot } from '../core/pane.ts';
import { blankPane } from './blank-pane.ts';

/** What a capture of a real pane would be, from an emulator's screen and at most 200 lines of its history. */
export function snapshotOf(
  terminal: headless.Terminal,
  { title, at, program }: { readonly title: string; readonly at: number; readonly program: string },
): Snapshot {
  const { active } = terminal.buffer;
  const isAlternate = active.type === 'alternate';
  const firstRow = isAlternate ? active.baseY : Math.max(0, active.baseY - 200);
  const rows: Row[] = [];
  let cursorRow = 0;
  let firstVisible = 0;
  for (let y = firstRow; y < active.baseY + terminal.rows; y++) {
    const line = active.getLine(y);
    if (line === undefined) break;
    if (line.isWrapped && rows.length > 0)
      rows[rows.length - 1] = joinRows(rows.at(-1)!, readLine(line, terminal.cols));
    else rows.push(readLine(line, terminal.cols));
    if (y === active.baseY) firstVisible = rows.length - 1;
    if (y === active.baseY + active.cursorY) cursorRow = rows.length - 1;
  }
  const { identity, facts } = blankPane('replay');
  return {
    takenAtMs: at,
    identity,
    facts: {
      ...facts,
      title,
      command: program,
      width: terminal.cols,
      height: terminal.rows,
      cursorX: active.cursorX,
      cursorY: active.cursorY,
      cursorVisible: true,
      alternateScreen: isAlternate,
      inMode: false,
      ownerClaim: '',
      historySize: active.baseY,
    },
    rows: rows.map(trimRow),
    firstVisible,
    cursorRow,
    program,
    foreground: 'agent',
  };
}

type BufferLine = NonNullable<ReturnType<headless.IBuffer['getLine']>>;

function readLine(line: BufferLine, columns: number): Row {
  let text = '';
  const dim: Ranges = [];
  const cell = line.getCell(0);
  const tinted = cell !== undefined && !cell.isBgDefault();
  for (let x = 0; x < columns; x++) {
    const here = line.getCell(x, cell);
    if (here === undefined || here.getWidth() === 0) continue;
    const start = text.length;
    text += here.getChars() || ' ';
    if (here.isDim()) extend(dim, start, text.length);
  }
  return { text, dim, tinted };
}

function joinRows(above: Row, below: Row): Row {
  const shift = above.text.length;
  const dim = below.dim.map(([start, end]) => [start + shift, end + shift] as const);
  return { ...above, text: above.text + below.text, dim: [...above.dim, ...dim] };
}

function trimRow(row: Row): Row {
  const text = row.text.trimEnd();
  return { ...row, text, dim: within(row.dim, text.length) };
}
