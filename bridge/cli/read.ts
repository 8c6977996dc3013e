import type { Command } from 'commander';
import { usageError } from '../core/failure.ts';
import { act } from './context.ts';
import { invoke } from './invoke.ts';
import { actingOn, onPane, withAs } from './pane-act.ts';

/** As smux's tmux-bridge has it. */
const defaultLines = 50;

export function registerRead(command: Command): void {
  withAs(onPane(command).argument('[lines]', `how many of its last lines (default: ${defaultLines})`)).action(
    act(async (context, command) => {
      const [name, wanted = String(defaultLines)] = command.args;
      const lines = Number(wanted);
      if (!/^\d+$/.test(wanted) || lines < 1)
        throw usageError('lines', wanted, 'invalid: expected a whole number above 0');
      const found = await invoke(context, 'read', {
        ...(await actingOn(context, name, command.opts<{ as?: string }>().as)),
        lines,
      });
      context.out.result(found.lines.join('\n'), found);
      return 0;
    }),
  );
}
