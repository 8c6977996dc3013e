import type { Command } from 'commander';
import { callerHere } from './caller.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';

export function registerRemove(command: Command): void {
  withOptions(command.argument('<name>', 'as `bridge members` lists it'), 'place').action(
    act(async (context, command) => {
      const found = await invoke(context, 'remove', { name: command.args[0]!, caller: callerHere() });
      const mail = found.withdrawn === 0 ? '' : `; ${found.withdrawn} that waited for it withdrawn`;
      context.out.result(`${found.name} is no member any more${mail}`, found);
      return 0;
    }),
  );
}
