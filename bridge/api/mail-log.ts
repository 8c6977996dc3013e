import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { type MailRecord, mailRecord } from '../core/mail-record.ts';
import { lastArgs } from './history.ts';
import { method } from './method.ts';
import { document } from './views.ts';

/** The last records of who wrote to whom and what became of it, oldest first: as they stand in mail.log. */
export const mailLog = method({
  name: 'mailLog',
  args: z.object({ last: lastArgs }),
  result: z.array(document<MailRecord>()),
  async run({ journal }: Pick<Bridge, 'journal'>, { last }) {
    const { mail } = journal;
    return mail.history.events({ limit: last }).map((event) => mailRecord(event, (id) => mail.message(id)));
  },
});
