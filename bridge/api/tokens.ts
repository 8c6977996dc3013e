import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { tokenRoles } from '../core/token-role.ts';
import { method } from './method.ts';

/** Every token that has not expired. What it is nobody can tell any more. */
export const tokens = method({
  name: 'tokens',
  args: z.object({}),
  result: z.array(
    z.object({
      name: z.string(),
      role: z.enum(tokenRoles),
      /** `human` where it is a person's */
      member: z.string(),
      addedAt: z.number(),
      /** null: it does not expire */
      expiresAt: z.number().nullable(),
    }),
  ),
  run: async ({ tokens, directory }: Pick<Bridge, 'tokens' | 'directory'>) =>
    tokens.list().map(({ name, role = 'agent', member, addedAt, expiresAt }) => ({
      name,
      role,
      member: directory.shown(member),
      addedAt,
      expiresAt,
    })),
});
