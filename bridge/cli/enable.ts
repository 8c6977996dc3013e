import type { Command } from 'commander';
import { callerHere } from './caller.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';

export function registerEnable(command: Command): void {
  enabling(command, true);
}

export function registerDisable(command: Command): void {
  enabling(command, false);
}

function enabling(command: Command, isEnabled: boolean): void {
  withOptions(command.argument('<name>', 'as `bridge members` lists it'), 'place').action(
    act(async (context, command) => {
      const found = await invoke(context, 'enable', { name: command.args[0]!, isEnabled, caller: callerHere() });
      const { name, isChanged, waiting } = found;
      const as = isEnabled ? 'enabled' : 'disabled';
      const mail = waiting === 0 ? '' : `; unread: ${waiting}`;
      context.out.result(`${name} is ${as}${isChanged ? '' : ' already'}${mail}`, found);
      return 0;
    }),
  );
}
