import type { Command } from 'commander';
import { usageError } from '../core/failure.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { messageLines } from './mail-lines.ts';

export function registerThread(command: Command): void {
  const read = command
    .command('read')
    .description('Print the messages of a thread, oldest first')
    .argument('<name>', 'as `bridge threads` lists it')
    .option('-n, --last <count>', 'how many', '50');
  withOptions(read, 'place').action(
    act(async (context, command) => {
      const { last } = command.opts<{ last: string }>();
      const count = Number(last);
      if (!Number.isInteger(count) || count < 1) throw usageError('--last', last, 'is not a whole number from 1');
      const found = await invoke(context, 'thread', { name: command.args[0]!, last: count });
      context.out.result(found.flatMap((message) => messageLines(message, Date.now())).join('\n'), found);
      return 0;
    }),
  );
}
