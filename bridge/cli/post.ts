import type { Command } from 'commander';
import { usageError } from '../core/failure.ts';
import { act, withOptions } from './context.ts';
import { bodyOf, type MailFlags, told, withMailOptions } from './tell.ts';

export function registerPost(command: Command): void {
  const declared = command
    .argument('<thread>', 'the topic: what belongs together is read together')
    .argument('[message...]', 'the message; - reads stdin')
    .option(
      '--to <name...>',
      'who is told of it (default: the group whose thread it is, else all who have taken part)',
    );
  withOptions(withMailOptions(declared), 'place').action(
    act(async (context, command) => {
      const flags = command.opts<MailFlags & { to?: string[] }>();
      const [thread = '', ...words] = command.args;
      // `--to` takes every word behind it: a message that stands there would be a name, and stdin would be waited for
      if ((flags.to?.length ?? 0) > 1 && words.length === 0 && flags.file === undefined)
        throw usageError(
          'post',
          'message',
          'is missing',
          'the message comes before --to: bridge post THREAD "message" --to NAME NAME; - reads it from stdin',
        );
      return told(context, { to: flags.to ?? [], thread, body: await bodyOf(flags, words, 'post') }, flags);
    }),
  );
}
