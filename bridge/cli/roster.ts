import type { Command } from 'commander';
import { inWords } from '../core/duration.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { membersFitted } from './member-table.ts';

export function registerRoster(command: Command): void {
  withOptions(command.argument('<group>', 'as `bridge groups` lists it'), 'place').action(
    act(async (context, command) => {
      const group = command.args[0]!;
      const found = await invoke(context, 'members', { group });
      const now = Date.now();
      const rows = found.map(({ name, colour, role, model, state, isEnabled, lastSeenAt }) => ({
        colour,
        cells: [
          name,
          role || '-',
          model || '-',
          isEnabled ? state : 'disabled',
          state !== 'gone' ? 'now' : lastSeenAt === null ? 'never' : `${inWords(now - lastSeenAt)} ago`,
        ],
      }));
      const name = group.replace(/^@/, '');
      const how = `to one: bridge tell NAME "…"; to all: bridge tell @${name} "…"; what was written: bridge thread read ${name}`;
      context.out.result(`${membersFitted(['NAME', 'ROLE', 'MODEL', 'STATE', 'SEEN'], rows)}\n${how}`, found);
      return 0;
    }),
  );
}
