import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import { usageError } from '../core/failure.ts';
import { humanName } from '../core/member.ts';
import { tokenRoles } from '../core/token-role.ts';
import { callerArgs, limitMs, word } from './arguments.ts';
import { method } from './method.ts';

/**
 * Gives a member a token, with which it writes and reads as itself where its processes do not show it; or a person one, which
 * opens the server. Only a person may.
 */
export const addToken = method({
  name: 'addToken',
  args: z.object({
    name: word(64).min(1, 'is empty'),
    role: z.enum(tokenRoles).default('agent'),
    /** of an agent's; left out: the member of that name */
    member: word(64).nullable().default(null),
    /** null: for good */
    ttlMs: limitMs.positive('is not positive').nullable().default(null),
    caller: callerArgs.default({ is: 'nobody' }),
  }),
  result: z.object({ name: z.string(), role: z.enum(tokenRoles), member: z.string(), token: z.string() }),
  async run(bridge: Bridge, { name, role, member, ttlMs, caller }) {
    await permit(bridge, { act: 'token', target: name, about: null, caller, by: 'human' });
    if (role !== 'agent') {
      if (member !== null)
        throw usageError('--member', member, `a token of the role ${role} is yours, and no member's`);
      return { name, role, member: humanName, token: bridge.tokens.add(name, { role }, ttlMs) };
    }
    const speaker = bridge.directory.named(member ?? name).name;
    const token = bridge.tokens.add(name, { role, member: speaker }, ttlMs);
    return { name, role, member: bridge.directory.shown(speaker), token };
  },
});
