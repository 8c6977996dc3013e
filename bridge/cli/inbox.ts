import type { Command } from 'commander';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { messageLines, senderHere } from './mail-lines.ts';

export function registerInbox(command: Command): void {
  command
    .option('--as <name>', 'look into the mail of this member; it stays unread')
    .option('--peek', 'leave it unread');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const { as, peek } = command.opts<{ as?: string; peek?: boolean }>();
      const found = await invoke(context, 'inbox', { ...senderHere(as), peek: peek === true });
      const lines = found.messages.flatMap((message) => messageLines(message, Date.now()));
      context.out.result(lines.length === 0 ? `${found.member} has read all of its mail` : lines.join('\n'), found);
      return 0;
    }),
  );
}
