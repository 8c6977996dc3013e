import type { Command } from 'commander';
import { addressAt } from './add.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { senderHere } from './mail-lines.ts';

interface Flags {
  readonly group: string;
  readonly as?: string;
  readonly model?: string;
  readonly role?: string;
  readonly pane?: string;
}

export function registerJoin(command: Command): void {
  command
    .requiredOption('--group <name>', 'the team, as your human calls it')
    .option(
      '--as <name>',
      'how the others are to call you (default: your agent program); with a number where that is taken',
    )
    .option('--model <text>', 'the model that you run on')
    .option('--role <text>', 'what you do there: reviewer')
    .option('--pane <target>', 'your pane, where your processes do not show it');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const { as, group, model, role, pane } = command.opts<Flags>();
      const found = await invoke(context, 'join', {
        ...senderHere(as),
        ...{ group, model, role },
        pane: pane === undefined ? null : await addressAt(context, pane),
      });
      const { name, taken, isWithheld, before, greeted, notGreeted, isWatched, unread } = found;
      const lines = [
        `you are ${name} in ${found.group}, in pane ${found.pane} (shown by ${found.foundBy})`,
        ...(taken === null
          ? []
          : isWithheld
            ? [
                `bridge.yaml grants something to ${taken}: your name has a number`,
                `only a person gives you that one: bridge add ${taken} ${found.pane}`,
              ]
            : [`${taken} is another: your name has a number`]),
        ...(before === null ? [] : [`you were ${before}, and that name goes on to be yours`]),
        ...(found.is === 'back' ? ['the name waited for you'] : []),
        ...(unread === 0 ? [] : [`unread: ${unread}; read with: bridge inbox`]),
        ...(greeted.length === 0 ? [] : [`told of it: ${greeted.join(', ')}`]),
        ...(notGreeted === null ? [] : [`nobody was told of it: ${notGreeted}`]),
        ...(isWatched ? [] : ['no bridge watches your pane now: mail for you waits until one does']),
        `next: bridge roster ${found.group}`,
      ];
      context.out.result(lines.join('\n'), found);
      return 0;
    }),
  );
}
