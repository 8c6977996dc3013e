import type { Command } from 'commander';
import { act, withOptions } from './context.ts';
import { bodyOf, type MailFlags, told, withMailOptions } from './tell.ts';

export function registerBroadcast(command: Command): void {
  withOptions(withMailOptions(command.argument('[message...]', 'the message; - reads stdin')), 'place').action(
    act(async (context, command) => {
      const flags = command.opts<MailFlags>();
      const body = await bodyOf(flags, command.args, 'broadcast');
      return told(context, { to: [], isToAll: true, thread: null, body }, flags);
    }),
  );
}
