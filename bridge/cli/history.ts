import type { Command } from 'commander';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { hasNothing } from './journal.ts';
import { messageLines } from './mail-lines.ts';
import { countOf, instant } from './text.ts';

interface Flags {
  readonly with?: string;
  readonly group?: string;
  readonly thread?: string;
  readonly since?: string;
  readonly until?: string;
  readonly last: string;
}

export function registerHistory(command: Command): void {
  command
    .option('--with <name>', 'what this member wrote or was written')
    .option('--group <name>', 'what was written to this group')
    .option('--thread <name>', 'what was written in this thread')
    .option('--since <time>', 'from then on: 2026-11-30, 2026-11-30T08:15 (UTC), or 2h for two hours ago')
    .option('--until <time>', 'before then')
    .option('-n, --last <count>', 'how many, those that were sent last', '50');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const flags = command.opts<Flags>();
      const now = Date.now();
      const filter = {
        with: flags.with ?? null,
        group: flags.group ?? null,
        thread: flags.thread ?? null,
        since: flags.since === undefined ? null : instant(flags.since, '--since', now),
        until: flags.until === undefined ? null : instant(flags.until, '--until', now),
        last: countOf(flags.last, '--last'),
      };
      const found = (await hasNothing(context.config.home)) ? [] : await invoke(context, 'history', filter);
      const lines = found.flatMap((message) => messageLines(message, now));
      context.out.result(lines.length === 0 ? 'no such message' : lines.join('\n'), found);
      return 0;
    }),
  );
}
