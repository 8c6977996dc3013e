import type { Command } from 'commander';
import { callerHere } from './caller.ts';
import { act, withOptions } from './context.ts';
import { registerGroups } from './groups.ts';
import { invoke } from './invoke.ts';

export function registerGroup(command: Command): void {
  changing(command.command('add').description('Put members into a group; the first makes it'), 'add');
  changing(command.command('remove').description('Take members out of a group; with the last it ends'), 'remove');
  registerGroups(command.command('list').description('List the groups, and who is in them'));
}

function changing(command: Command, what: 'add' | 'remove'): void {
  command.argument('<group>', 'its name').argument('<names...>', 'members');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const [group = '', ...names] = command.args;
      const found = await invoke(context, 'group', { act: what, group, names, caller: callerHere() });
      const who = found.changed.join(', ');
      const text = what === 'remove' ? `out of ${found.group}: ${who}` : `in ${found.group} now: ${who}`;
      context.out.result(found.changed.length === 0 ? `all of them are in ${found.group} already` : text, found);
      return 0;
    }),
  );
}
