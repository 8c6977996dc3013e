import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Retention } from '../app/retention.ts';
import { wrongUse } from '../core/failure.ts';
import { prepareHome } from '../host/home.ts';
import { act, withOptions } from './context.ts';
import { openJournal } from './journal.ts';

const dayMs = 86_400_000;

export function registerArchive(command: Command): void {
  command
    .option('--older-than <days>', 'what ended so many days ago (default: retention-days)')
    .option('--dry-run', 'say what would be moved');
  command.addHelpText(
    'after',
    `
Examples:
  bridge archive --dry-run                   what the daemon would move within a day
  bridge archive --older-than 7              what ended a week ago, now; beside a running bridge, too
`,
  );
  withOptions(command, 'place').action(
    act(async ({ config, out }, command) => {
      const { olderThan, dryRun } = command.opts<{ olderThan?: string; dryRun?: true }>();
      const days = olderThan === undefined ? config.retentionDays : Number(olderThan || Number.NaN);
      if (!Number.isFinite(days) || days < 0) throw wrongUse('--older-than', olderThan!, 'is not a number of days');
      if (days === 0 && olderThan === undefined) {
        throw wrongUse('archive', config.home, 'retention-days is 0: never', 'name days: --older-than 90');
      }
      const path = join(config.home, 'bridge.db');
      const nothing = { threads: 0, events: 0, files: [], pages: 0 };
      if (!existsSync(path)) {
        out.result('nothing has happened yet', nothing);
        return 0;
      }
      prepareHome(config.home);
      const now = Date.now();
      const journal = await openJournal(config.home);
      try {
        const endedBefore = now - days * dayMs;
        if (dryRun) {
          const { threads, events } = journal.archivable(endedBefore);
          out.result(`would move ${threads} threads with ${events} events`, { ...nothing, threads, events });
          return 0;
        }
        const moved = await new Retention({ journal, home: config.home, days, say: () => {} }).run(endedBefore, now);
        const where = moved.files.length === 0 ? '' : ` to ${moved.files.map((file) => `archive/${file}`).join(', ')}`;
        out.result(`moved ${moved.threads} threads with ${moved.events} events${where}`, moved);
        return 0;
      } finally {
        journal.close();
      }
    }),
  );
}
