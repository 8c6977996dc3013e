import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { keptName, ofArgs } from './history.ts';
import { method } from './method.ts';

/** Every thread, the one that was written to last first. */
export const threads = method({
  name: 'threads',
  args: z.object({ of: ofArgs }),
  result: z.array(
    z.object({
      name: z.string(),
      messages: z.number(),
      lastAt: z.number(),
      participants: z.array(z.string()).readonly(),
    }),
  ),
  run: async ({ journal, directory }: Pick<Bridge, 'journal' | 'directory'>, { of }) =>
    threadsOf(journal.mail, of === null ? null : keptName(directory, of)).map((one) => ({
      ...one,
      participants: one.participants.map((name) => directory.shown(name)),
    })),
});

/** @param member only those in which it takes part; null: all */
export function threadsOf(mail: Bridge['journal']['mail'], member: string | null) {
  const all = mail.threads().map((one) => ({ ...one, participants: mail.participants(one.name) }));
  return member === null ? all : all.filter(({ participants }) => participants.includes(member));
}
