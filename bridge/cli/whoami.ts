import type { Command } from 'commander';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { senderHere } from './mail-lines.ts';

export function registerWhoami(command: Command): void {
  command.option('--as <name>', 'who you are, where your processes do not show it');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const { as } = command.opts<{ as?: string }>();
      const found = await invoke(context, 'whoami', senderHere(as));
      context.out.result(`${found.name} (${found.standing}): ${found.how}`, found);
      return 0;
    }),
  );
}
