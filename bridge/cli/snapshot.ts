import type { Command } from 'commander';
import { usageError } from '../core/failure.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { targetOf, warnAll } from './pane.ts';

/** MACS: TARGET_PANE_LINES. */
const defaultLines = 200;

export function registerSnapshot(command: Command): void {
  command.option('--lines <n>', `at most this many lines (default: ${defaultLines}) [TARGET_PANE_LINES]`);
  withOptions(command, 'place', 'target').action(
    act(async (context, command) => {
      const wanted = String(command.opts().lines ?? process.env.TARGET_PANE_LINES ?? defaultLines);
      const lines = Number(wanted);
      if (!Number.isInteger(lines) || lines < 1)
        throw usageError('--lines', wanted, 'invalid: expected a whole number above 0');
      const { snapshot, warnings } = await invoke(context, 'snapshot', { target: targetOf(context), lines });
      warnAll(context, warnings);
      context.out.result(snapshot.lines.join('\n'), snapshot);
      return 0;
    }),
  );
}
