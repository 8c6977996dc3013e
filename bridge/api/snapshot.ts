import * as z from 'zod';
import { aim, lookToRead } from '../app/choose-pane.ts';
import type { Reader } from '../app/reader.ts';
import { usageError } from '../core/failure.ts';
import { capture } from '../tmux/capture.ts';
import { method } from './method.ts';
import { describePane, paneView, warnings } from './pane-view.ts';
import { targetArgs } from './target-argument.ts';

/** tmux keeps fewer, unless somebody asked it for more. */
const mostLines = 1_000_000;

export const snapshot = method({
  name: 'snapshot',
  args: z.object({ target: targetArgs, lines: z.number().int().min(1).max(mostLines) }),
  result: z.object({ snapshot: paneView.extend({ lines: z.array(z.string()) }), warnings }),
  async run(reader: Reader, { target, lines }) {
    const { look, pane, warnings } = await aim(reader, target, lookToRead);
    const captured = await capture(look.tmux, pane.paneId, { historyLines: lines });
    if (captured === null) throw usageError('snapshot', pane.paneId, 'the pane has just closed');
    const text = captured.rows.map((row) => row.text);
    while (text.at(-1) === '') text.pop();
    return { snapshot: { ...describePane(pane), lines: text.slice(-lines) }, warnings };
  },
});
