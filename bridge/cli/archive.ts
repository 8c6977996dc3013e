import type { Command } from 'commander';
import { usageError } from '../core/failure.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';

export function registerArchive(command: Command): void {
  command
    .option('--older-than <days>', 'what ended so many days ago (default: retention-days)')
    .option('--dry-run', 'say what would be moved');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const { olderThan, dryRun } = command.opts<{ olderThan?: string; dryRun?: true }>();
      const days = olderThan === undefined ? null : Number(olderThan || Number.NaN);
      if (days !== null && (!Number.isFinite(days) || days < 0))
        throw usageError('--older-than', olderThan!, 'invalid: expected a number of days');
      const moved = await invoke(context, 'archive', { days, dryRun: dryRun === true });
      const { out } = context;
      if (moved === null) {
        out.result('nothing has happened yet', { threads: 0, messages: 0, events: 0, files: [], pages: 0 });
        return 0;
      }
      const { threads, messages, events, files } = moved;
      const where = files.length === 0 ? '' : ` to ${files.map((file) => `archive/${file}`).join(', ')}`;
      const mail = messages === 0 ? '' : ` and ${messages} messages`;
      const what = `${threads} threads${mail} with ${events} events`;
      out.result(dryRun ? `would move ${what}` : `moved ${what}${where}`, moved);
      return 0;
    }),
  );
}
