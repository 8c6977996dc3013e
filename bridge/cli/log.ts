import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { wrongUse } from '../core/failure.ts';
import { call, socketPath } from '../host/socket.ts';
import type { JournalEvent } from '../journal/journal.ts';
import { act, withOptions } from './context.ts';
import { openJournal } from './journal.ts';

/** How often `log -f` asks the journal for news; a person reads it. */
const followEveryMs = 250;

export function registerLog(program: Command): void {
  const command = program
    .command('log')
    .description('what the journal remembers, oldest first')
    .option('-f, --follow', 'go on with what happens next, until interrupted')
    .option('-n, --last <count>', 'how many events to begin with', '50')
    .option('--id <id>', 'only this request or delivery');
  withOptions(command, 'place').action(
    act(async ({ config, out }, command) => {
      const { follow, last, id } = command.opts<{ follow?: boolean; last: string; id?: string }>();
      const count = Number(last);
      if (!Number.isInteger(count) || count < 0) throw wrongUse('--last', last, 'is not a whole number');
      const path = join(config.home, 'bridge.db');
      await call(socketPath(config.home), 'ping', {});
      if (!existsSync(path) && !follow) {
        out.result('nothing has happened yet', []);
        return 0;
      }
      const journal = await openJournal(config.home);
      const stopped = new AbortController();
      const stop = () => stopped.abort();
      process.once('SIGINT', stop);
      process.once('SIGTERM', stop);
      process.stdout.on('error', stop);
      try {
        let since = 0;
        const show = (events: readonly JournalEvent[]) => {
          for (const event of events) out.result(renderEvent(event), event);
          since = events.at(-1)?.seq ?? since;
        };
        const all = journal.events(id === undefined ? {} : { subject: id });
        since = all.at(-1)?.seq ?? 0;
        show(all.slice(Math.max(0, all.length - count)));
        while (follow && !stopped.signal.aborted) {
          await pause(followEveryMs, undefined, { signal: stopped.signal }).catch(() => {});
          show(journal.events(id === undefined ? { since } : { since, subject: id }));
        }
      } finally {
        journal.close();
      }
      return 0;
    }),
  );
}

export function renderEvent(event: JournalEvent): string {
  const time = new Date(event.at).toISOString().slice(11, 23);
  const data = event.data === null || event.data === undefined ? '' : ` ${JSON.stringify(event.data)}`;
  return `${time}  ${event.kind.padEnd(22)} ${event.subject}${data.length > 160 ? `${data.slice(0, 159)}…` : data}`;
}
