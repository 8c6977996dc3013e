import * as z from 'zod';
import { aim, lookToRead } from '../app/choose-pane.ts';
import type { Reader } from '../app/reader.ts';
import type { Run } from '../core/cell-runs.ts';
import { usageError } from '../core/failure.ts';
import type { PaneId } from '../core/ids.ts';
import { capture, captureCells } from '../tmux/capture.ts';
import type { TmuxCommands } from '../tmux/commands.ts';
import { method } from './method.ts';
import { describePane, paneView, warnings } from './pane-view.ts';
import { targetArgs } from './target-argument.ts';
import { document } from './views.ts';

/** tmux keeps fewer, unless somebody asked it for more. */
const mostLines = 1_000_000;
/** Of a screen that is drawn again each second. */
const mostDrawn = 500;

const paneShown = paneView.extend({
  lines: z.array(z.string()),
  /** the same as they are drawn; left out where nobody asked for it */
  cells: z.array(z.array(document<Run>())).optional(),
});

export const snapshot = method({
  name: 'snapshot',
  args: z.object({
    target: targetArgs,
    lines: z.number().int().min(1).max(mostLines),
    /** with colours, which are told of rows as they stand on the screen: what is longer than the pane is wide is not joined */
    withCells: z.boolean().default(false),
  }),
  result: z.object({ snapshot: paneShown, warnings }),
  async run(reader: Reader, { target, lines, withCells }) {
    if (withCells && lines > mostDrawn)
      throw usageError('snapshot', String(lines), `with colours no more than ${mostDrawn} lines are given`);
    const { look, pane, warnings } = await aim(reader, target, lookToRead);
    const found = await (withCells ? drawn : written)(look.tmux, pane.paneId, lines);
    if (found === null) throw usageError('snapshot', pane.paneId, 'the pane has just closed');
    return { snapshot: { ...describePane(pane), ...found }, warnings };
  },
});

async function written(tmux: TmuxCommands, paneId: PaneId, most: number) {
  const captured = await capture(tmux, paneId, { historyLines: most });
  if (captured === null) return null;
  const lines = captured.rows.map((row) => row.text);
  while (lines.at(-1) === '') lines.pop();
  return { lines: lines.slice(-most) };
}

async function drawn(tmux: TmuxCommands, paneId: PaneId, most: number) {
  const rows = await captureCells(tmux, paneId, { historyLines: most });
  if (rows === null) return null;
  while (rows.at(-1)?.length === 0) rows.pop();
  const cells = rows.slice(-most);
  return {
    lines: cells.map((runs) =>
      runs
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    ),
    cells,
  };
}
