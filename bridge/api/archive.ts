import * as z from 'zod';
import type { Reader } from '../app/reader.ts';
import { Retention } from '../app/retention.ts';
import { usageError } from '../core/failure.ts';
import { systemClock } from '../host/clock.ts';
import { prepareHome } from '../host/home.ts';
import { method } from './method.ts';

const dayMs = 86_400_000;

/** Moves what ended long ago out of the journal, or counts it. */
export const archive = method({
  name: 'archive',
  args: z.object({
    /** null: as configured */
    days: z.number().min(0).nullable().default(null),
    dryRun: z.boolean().default(false),
  }),
  /** null: nothing has happened yet */
  result: z
    .object({
      threads: z.number(),
      /** between members */
      messages: z.number(),
      events: z.number(),
      files: z.array(z.string()).readonly(),
      pages: z.number(),
    })
    .nullable(),
  async run({ home, retentionDays, journal: open }: Reader, { days, dryRun }) {
    const kept = days ?? retentionDays;
    if (days === null && kept === 0) {
      throw usageError('archive', home, 'retention-days is 0: never', 'name days: --older-than 90');
    }
    const journal = open();
    if (journal === null) return null;
    prepareHome(home);
    const now = systemClock.now();
    const endedBefore = now - kept * dayMs;
    if (dryRun) {
      const [requests, mail] = [journal.archivable(endedBefore), journal.archivableMail(endedBefore)];
      return { ...requests, messages: mail.messages, events: requests.events + mail.events, files: [], pages: 0 };
    }
    return new Retention({ journal, home, days: kept, say: () => {} }).run(endedBefore, now);
  },
});
