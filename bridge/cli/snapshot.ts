import type { Command } from 'commander';
import { wrongUse } from '../core/failure.ts';
import { capture } from '../tmux/capture.ts';
import { act, withOptions } from './context.ts';
import { aim, describePane, lookerToRead } from './pane.ts';

/** MACS: TARGET_PANE_LINES. */
const defaultLines = 200;

export function registerSnapshot(command: Command): void {
  command.option('--lines <n>', `at most this many lines (default: ${defaultLines}) [TARGET_PANE_LINES]`);
  withOptions(command, 'place', 'target').action(
    act(async (context, command) => {
      const wanted = String(command.opts().lines ?? process.env.TARGET_PANE_LINES ?? defaultLines);
      const lines = Number(wanted);
      if (!Number.isInteger(lines) || lines < 1) throw wrongUse('--lines', wanted, 'is not a whole number above 0');
      const { tmux, pane } = await aim(context, lookerToRead);
      const captured = await capture(tmux, pane.paneId, { historyLines: lines });
      if (captured === null) throw wrongUse('snapshot', pane.paneId, 'the pane has just closed');
      const text = captured.rows.map((row) => row.text);
      while (text.at(-1) === '') text.pop();
      const last = text.slice(-lines);
      context.out.result(last.join('\n'), { ...describePane(pane), lines: last });
      return 0;
    }),
  );
}
