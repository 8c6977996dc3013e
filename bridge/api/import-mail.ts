import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { importMail as keepAll } from '../app/import-mail.ts';
import { permit } from '../app/permit.ts';
import { memberArgs } from './add.ts';
import { callerArgs, text, word } from './arguments.ts';
import { method } from './method.ts';

/** Whoever has more of them asks again: the same is known. */
const mostAtOnce = 500;

/** More are no recipients of a message. */
const mostRecipients = 500;

const entry = z.object({
  /** null: that of its group, or of the people concerned */
  thread: word(128).nullable().default(null),
  from: word(),
  /** null: whoever reads the thread, or those of `group` who are named in `recipients` */
  to: word().nullable().default(null),
  group: word(65).nullable().default(null),
  recipients: z.array(word()).max(mostRecipients).default([]),
  /** of its recipients: who has not read it yet */
  unreadBy: z.array(word()).max(mostRecipients).default([]),
  /** the entry that it answers: of whom, by its key */
  answers: z
    .object({ from: word(), key: word(128) })
    .nullable()
    .default(null),
  model: word(64).nullable().default(null),
  sentAt: z.number().int().min(0),
  body: text(),
  /** by which it is known again */
  key: word(128).min(1, 'is empty'),
});

/** Members and threads as another tool has kept them. What was written counts as read but where it says otherwise. */
export const importMail = method({
  name: 'importMail',
  args: z.object({
    caller: callerArgs.default({ is: 'nobody' }),
    members: z
      .array(
        z.object({
          name: word(),
          ...memberArgs,
          groups: z.array(word(65)).max(100).default([]),
          isEnabled: z.boolean().optional(),
          /** argv of what starts it anew */
          revive: z.array(word(4096)).min(1).max(100).optional(),
          /** programs write and read as it by claim; of one that is new */
          registeredBy: z.literal('agent-chat').optional(),
        }),
      )
      .max(mostAtOnce),
    entries: z.array(entry).max(mostAtOnce),
    isDryRun: z.boolean().default(false),
  }),
  result: z.object({
    added: z.array(z.string()).readonly(),
    changed: z.array(z.string()).readonly(),
    /** of each entry that is a message now and was none before, its thread */
    taken: z.array(z.string()).readonly(),
  }),
  async run(bridge: Bridge, { caller, members, isDryRun, ...rest }) {
    await permit(bridge, { act: 'import', target: 'mail', about: null, caller, by: 'human' });
    const said = members.map((member) => defined(member));
    const found = keepAll(bridge, { ...rest, members: said }, isDryRun);
    if (isDryRun) return found;
    await bridge.membersChanged();
    for (const thread of new Set(found.taken)) bridge.mailViews?.written(thread);
    bridge.mailViews?.logged();
    return found;
  },
});

/** What is not said of a member stays as it is. */
function defined<T extends { readonly name: string }>(member: T) {
  type Said = { [Key in keyof T]: Exclude<T[Key], undefined> };
  return Object.fromEntries(Object.entries(member).filter(([, value]) => value !== undefined)) as Said;
}
