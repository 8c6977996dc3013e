import type { Command } from 'commander';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { hasNothing } from './journal.ts';
import { table } from './output.ts';

export function registerGroups(command: Command): void {
  withOptions(command, 'place').action(
    act(async (context) => {
      const found = (await hasNothing(context.config.home)) ? [] : await invoke(context, 'groups', {});
      const rows = found.map(({ name, members }) => [name, `${members.length}`, members.join(', ')]);
      const none = 'no group yet: `bridge group add NAME MEMBER…` makes one, and so does who joins it';
      context.out.result(rows.length === 0 ? none : table([['GROUP', 'SIZE', 'MEMBERS'], ...rows]), found);
      return 0;
    }),
  );
}
