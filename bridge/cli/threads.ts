import type { Command } from 'commander';
import { inWords } from '../core/duration.ts';
import { act, type Context, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { hasNothing } from './journal.ts';
import { table } from './output.ts';

export function registerThreads(command: Command): void {
  withOptions(command, 'place').action(
    act(async (context) => {
      const found = (await hasNothing(context.config.home)) ? [] : await allThreads(context);
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

/** As many as are asked for at once. */
const atOnce = 1_000;

async function allThreads(context: Context) {
  const all = await invoke(context, 'threads', { last: atOnce });
  for (let page = all; page.length === atOnce; ) {
    page = await invoke(context, 'threads', { last: atOnce, before: page.at(-1)!.seq });
    all.push(...page);
  }
  return all;
}
