import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { hasNothing } from './journal.ts';
import { messageLines } from './mail-lines.ts';
import { countOf } from './text.ts';

export function registerSearch(command: Command): void {
  command
    .argument('<words...>', 'whole words, all of which a message holds, in whatever case')
    .option('-n, --last <count>', 'how many, those that were sent last', '50')
    .addHelpText('after', '\nExit code 0: found; 1: no message holds these words.\n');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const last = countOf(command.opts<{ last: string }>().last, '--last');
      const words = command.args.join(' ');
      const found = (await hasNothing(context.config.home)) ? [] : await invoke(context, 'search', { words, last });
      const lines = found.flatMap((message) => messageLines(message, Date.now()));
      context.out.result(lines.length === 0 ? 'no message holds these words' : lines.join('\n'), found);
      return found.length === 0 ? ExitCode.failed : ExitCode.done;
    }),
  );
}
