import type { Command } from 'commander';
import { inWords } from '../core/duration.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { hasNothing } from './journal.ts';
import { table } from './output.ts';

export function registerThreads(command: Command): void {
  withOptions(command, 'place').action(
    act(async (context) => {
      const found = (await hasNothing(context.config.home)) ? [] : await invoke(context, 'threads', {});
      const rows = found.map(({ name, messages, lastAt, participants }) => [
        name,
        `${messages}`,
        `${inWords(Date.now() - lastAt)} ago`,
        participants.join(', '),
      ]);
      const text = rows.length === 0 ? 'no thread yet' : table([['THREAD', 'MESSAGES', 'LAST', 'WHO'], ...rows]);
      context.out.result(text, found);
      return 0;
    }),
  );
}
