import type { Command } from 'commander';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { senderHere } from './mail-lines.ts';

export function registerLeave(command: Command): void {
  command
    .option('--group <name>', 'this group alone (default: all of them)')
    .option('--as <name>', 'who you are, where your processes do not show it');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const { as, group } = command.opts<{ as?: string; group?: string }>();
      const found = await invoke(context, 'leave', { ...senderHere(as), group: group ?? null });
      const { name, left } = found;
      const text = left.length === 0 ? `${name} is in no group` : `${name} has left ${left.join(', ')}; its name stays`;
      context.out.result(text, found);
      return 0;
    }),
  );
}
