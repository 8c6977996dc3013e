import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { recordedIn } from '../app/recorded-workers.ts';
import { wrongUse } from '../core/failure.ts';
import type { JournalEvent } from '../core/journal-event.ts';
import { shownName } from '../core/names.ts';
import type { Journal } from '../journal/journal.ts';
import { call } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { act, withOptions } from './context.ts';
import { openJournal } from './journal.ts';
import { type About, logLine } from './log-line.ts';

/** How often `log -f` asks the journal for news; a person reads it. */
const followEveryMs = 250;

export function registerLog(command: Command): void {
  command
    .option('-f, --follow', 'go on with what happens next, until interrupted')
    .option('-n, --last <count>', 'how many events to begin with', '50')
    .option(
      '--id <id>',
      'only this request with its deliveries, this delivery, or this pane; the last characters will do',
    )
    .addHelpText(
      'after',
      `
Each line: when (UTC), the worker, the last characters of the request's id, what happened.

Examples:
  bridge log -f                what happens from now on, too
  bridge log --id e5smg0       the life of one request
  bridge log --json            every event whole, one a line
`,
    );
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
        const chosen = (events: readonly JournalEvent[]) => {
          const wanted = id === undefined ? null : subjectsNamed(journal, id);
          since = events.at(-1)?.seq ?? since;
          return events.filter(({ subject }) => wanted === null || wanted.has(subject));
        };
        const tell = (events: readonly JournalEvent[]) => {
          const names = recordedIn(journal).map(({ name }) => name);
          const shown = (name: string) => shownName(name, names);
          for (const event of events) out.result(logLine(event, aboutOf(journal, event), shown), event);
        };
        const all = chosen(journal.events());
        tell(all.slice(Math.max(0, all.length - count)));
        while (follow && !stopped.signal.aborted) {
          await pause(followEveryMs, undefined, { signal: stopped.signal }).catch(() => {});
          const events = chosen(journal.events({ since }));
          if (events.length > 0) tell(events);
        }
      } finally {
        journal.close();
      }
      return 0;
    }),
  );
}

function aboutOf(journal: Journal, { subject }: JournalEvent): About {
  const delivery = journal.delivery(subject);
  const asked = delivery === null ? subject : delivery.envelope.inReplyTo;
  return { delivery, request: asked === null ? null : journal.request(asked) };
}

/** Fewer characters could be anybody's. */
const leastOfAnId = 4;

/** What `--id` names: itself, a request or delivery whose id ends so, and the deliveries of those requests. */
function subjectsNamed(journal: Journal, id: string): ReadonlySet<string> {
  const isMeant = (one: string) => one === id || (id.length >= leastOfAnId && one.endsWith(id));
  const requests = journal.requests().filter((request) => isMeant(request.id));
  const deliveries = journal.deliveries().filter((delivery) => isMeant(delivery.id));
  const answers = requests.flatMap((request) => journal.deliveries({ thread: request.id }));
  return new Set([id, ...[...requests, ...deliveries, ...answers].map((one) => one.id)]);
}
