import type { Command } from 'commander';
import { act, withOptions } from './context.ts';
import { bodyOf, told, withMailOptions } from './tell.ts';

export function registerReply(command: Command): void {
  const declared = command
    .argument('<id>', 'the characters behind # in the line that landed, or in `bridge inbox`')
    .argument('[message...]', 'the answer; - reads stdin');
  withOptions(withMailOptions(declared), 'place').action(
    act(async (context, command) => {
      const flags = command.opts<Parameters<typeof told>[2]>();
      const [id = '', ...words] = command.args;
      const answers = id.replace(/^#/, '');
      return told(context, { to: [], thread: null, answers, body: await bodyOf(flags, words, 'reply') }, flags);
    }),
  );
}
