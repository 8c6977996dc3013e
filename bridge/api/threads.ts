import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { method } from './method.ts';

/** Every thread, the one that was written to last first. */
export const threads = method({
  name: 'threads',
  args: z.object({}),
  result: z.array(
    z.object({
      name: z.string(),
      messages: z.number(),
      lastAt: z.number(),
      participants: z.array(z.string()).readonly(),
    }),
  ),
  run: async ({ journal, directory }: Pick<Bridge, 'journal' | 'directory'>) =>
    journal.mail.threads().map((one) => ({
      ...one,
      participants: journal.mail.participants(one.name).map((name) => directory.shown(name)),
    })),
});
