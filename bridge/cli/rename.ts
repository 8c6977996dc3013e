import type { Command } from 'commander';
import { callerHere } from './caller.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';

export function registerRename(command: Command): void {
  command
    .argument('<name>', 'as `bridge members` lists it')
    .argument('<to>', 'what others write from now on; the name that it had goes on to be its own');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const [name = '', to = ''] = command.args;
      const found = await invoke(context, 'rename', { name, to, caller: callerHere() });
      context.out.result(`${found.before} is called ${found.name} from now on`, found);
      return 0;
    }),
  );
}
