import type { Command } from 'commander';
import { mostMarked } from '../core/message.ts';
import { visibleLine } from '../core/visible.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { messageLines, senderHere } from './mail-lines.ts';
import { isTaken } from './output.ts';

export function registerInbox(command: Command): void {
  command
    .argument('[name]', 'look into the mail of this member; it stays unread')
    .option('--as <name>', 'the same')
    .option('--peek', 'leave it unread');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const { as, peek } = command.opts<{ as?: string; peek?: boolean }>();
      const reader = senderHere(as ?? command.args[0]);
      const found = await invoke(context, 'inbox', { ...reader, peek: true });
      const marks = found.isOwn && peek !== true;
      const lines = found.messages.flatMap((message) => messageLines(message, Date.now()));
      const held = found.held.map(({ thread, messages }) =>
        visibleLine(
          `${messages} message${messages === 1 ? '' : 's'} to you ${messages === 1 ? 'is' : 'are'} held in thread ${thread}: a person lets it go on`,
        ),
      );
      const refused = found.refused === 0 ? [] : [`${found.refused} more to you were refused: too many waited`];
      const text = [
        ...(lines.length === 0 ? [`${found.member} has read all of its mail`] : lines),
        ...held,
        ...refused,
      ].join('\n');
      context.out.result(text, { ...found, isMarked: marks });
      // only what somebody was shown is read: a reader that is killed, or whose output nobody takes, leaves it unread
      const ids = marks && (await isTaken()) ? found.messages.map(({ id }) => id) : [];
      for (let from = 0; from < ids.length; from += mostMarked)
        await invoke(context, 'inbox', { ...reader, shown: ids.slice(from, from + mostMarked) });
      return 0;
    }),
  );
}
