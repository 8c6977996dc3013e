import { join } from 'node:path';
import type { Command } from 'commander';
import { usageError } from '../core/failure.ts';
import { mailLogName } from '../core/mail-lines.ts';
import { call } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { act, withOptions } from './context.ts';
import { invoke, stream } from './invoke.ts';
import { hasJournal } from './journal.ts';
import { logLine } from './log-line.ts';
import { mailRecordLine } from './mail-lines.ts';

export function registerLog(command: Command): void {
  command
    .option('-f, --follow', 'go on with what happens next, until interrupted')
    .option('-n, --last <count>', 'how many events to begin with', '50')
    .option(
      '--id <id>',
      'only this request with its deliveries, this delivery, or this pane; the last characters will do',
    )
    .option('--mail', 'who wrote to whom, and what became of it: the last records of mail.log')
    .addHelpText(
      'after',
      `
Each line: when (UTC), the worker, the last characters of the request's id, what happened.
`,
    );
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const { out } = context;
      const { follow, last, id, mail } = command.opts<{ follow?: boolean; last: string; id?: string; mail?: true }>();
      const count = Number(last);
      if (!Number.isInteger(count) || count < 0) throw usageError('--last', last, 'invalid: expected a whole number');
      const home = context.config.home;
      if (!follow && !hasJournal(home)) {
        await call(socketPath(home), 'ping', {});
        out.result('nothing has happened yet', []);
        return 0;
      }
      if (mail) {
        if (follow || id !== undefined)
          throw usageError(
            'log',
            '--mail',
            `takes no ${follow ? '--follow' : '--id'}`,
            `tail -f ${join(home, mailLogName)}; bridge show ID`,
          );
        const records = await invoke(context, 'mailLog', { last: count });
        out.result(records.map(mailRecordLine).join('\n'), records);
        return 0;
      }
      const stopped = new AbortController();
      const stop = () => stopped.abort();
      process.once('SIGINT', stop);
      process.once('SIGTERM', stop);
      process.stdout.on('error', stop);
      const wanted = { id: id ?? null, last: count, follow: follow === true, withSubject: !context.config.json };
      await stream(
        context,
        'log',
        wanted,
        ({ event, about }) => {
          const { who, ...subject } = about ?? { who: event.subject, request: null, delivery: null };
          out.result(
            logLine(event, subject, () => who),
            event,
          );
        },
        stopped.signal,
      );
      return 0;
    }),
  );
}
