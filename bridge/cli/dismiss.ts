import type { Command } from 'commander';
import { callerHere } from './caller.ts';
import { actByDaemon, withOptions } from './context.ts';
import { invoke } from './invoke.ts';

export function registerDismiss(command: Command): void {
  command.argument('<id>', 'a request id, or its last characters');
  withOptions(command, 'place').action(
    actByDaemon(async (context, command) => {
      const view = await invoke(context, 'dismiss', {
        id: command.args[0]!,
        by: 'human:cli',
        caller: callerHere(),
      });
      context.out.result(view.message, view);
      return 0;
    }),
  );
}
