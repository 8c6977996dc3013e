import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { method } from './method.ts';

/** Every token that has not expired. What it is nobody can tell any more. */
export const tokens = method({
  name: 'tokens',
  args: z.object({}),
  result: z.array(
    z.object({
      name: z.string(),
      member: z.string(),
      addedAt: z.number(),
      /** null: it does not expire */
      expiresAt: z.number().nullable(),
    }),
  ),
  run: async ({ tokens, directory }: Pick<Bridge, 'tokens' | 'directory'>) =>
    tokens.list().map(({ name, member, addedAt, expiresAt }) => ({
      name,
      member: directory.shown(member),
      addedAt,
      expiresAt,
    })),
});
