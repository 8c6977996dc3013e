import type { Command } from 'commander';
import { act, withOptions } from './context.ts';
import { bodyOf, told, withMailOptions } from './tell.ts';

export function registerBroadcast(command: Command): void {
  withOptions(withMailOptions(command.argument('[message...]', 'the message; - reads stdin')), 'place').action(
    act(async (context, command) => {
      const flags = command.opts<Parameters<typeof told>[2]>();
      const body = await bodyOf(flags, command.args, 'broadcast');
      return told(context, { to: [], isToAll: true, thread: null, body }, flags);
    }),
  );
}
