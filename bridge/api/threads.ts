import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { keptName, ofArgs } from './history.ts';
import { method } from './method.ts';

const mostThreads = 1_000;

/** The threads that were written to last, the newest first: so many, and those before them by the `seq` of the last. */
export const threads = method({
  name: 'threads',
  args: z.object({
    of: ofArgs,
    last: z
      .number()
      .int()
      .min(1, 'is less than 1')
      .max(mostThreads, `is more than ${mostThreads}`)
      .default(mostThreads),
    before: z.number().int().min(0).nullable().default(null),
  }),
  result: z.array(
    z.object({
      name: z.string(),
      messages: z.number(),
      lastAt: z.number(),
      /** of its last message in the journal */
      seq: z.number(),
      participants: z.array(z.string()).readonly(),
    }),
  ),
  async run({ journal: { mail }, directory }: Pick<Bridge, 'journal' | 'directory'>, { of, last, before }) {
    const member = of === null ? null : keptName(directory, of);
    const found = [];
    for (let seq = before ?? Number.MAX_SAFE_INTEGER; found.length < last; ) {
      const page = mail.threadsBefore(seq, last);
      for (const one of page) {
        const participants = mail.participants(one.name);
        if (member !== null && !participants.includes(member)) continue;
        found.push({ ...one, participants: participants.map((name) => directory.shown(name)) });
        if (found.length === last) break;
      }
      if (page.length < last) break;
      seq = page.at(-1)!.seq;
    }
    return found;
  },
});

/** The names of all, for who misspells one. @param member only those in which it takes part; null: all */
export function threadNames(mail: Bridge['journal']['mail'], member: string | null): string[] {
  const all = mail.threads().map(({ name }) => name);
  return member === null ? all : all.filter((name) => mail.participants(name).includes(member));
}
