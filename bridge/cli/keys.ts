import type { Command } from 'commander';
import { act } from './context.ts';
import { invoke } from './invoke.ts';
import { actingOn, actResult, onPane, withAs } from './pane-act.ts';

export function registerKeys(command: Command): void {
  withAs(onPane(command).argument('<keys...>', 'names of keys: Enter, Escape, Up, C-u; pressed once and together'))
    .option('--in-dialog', 'in the dialog that is open, for you or the live controller of that worker')
    .action(
      act(async (context, command) => {
        const [name = '', ...keys] = command.args;
        const { as, inDialog = false } = command.opts<{ as?: string; inDialog?: boolean }>();
        const given = { ...(await actingOn(context, name, as)), text: keys.join(' '), inDialog };
        return actResult(context, await invoke(context, 'keys', given), name);
      }),
    );
}
