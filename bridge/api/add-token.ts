import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import { callerArgs, limitMs, word } from './arguments.ts';
import { method } from './method.ts';

/** Gives a member a token, with which it writes and reads as itself where its processes do not show it. Only a person may. */
export const addToken = method({
  name: 'addToken',
  args: z.object({
    name: word(64).min(1, 'is empty'),
    /** left out: the member of that name */
    member: word(64).nullable().default(null),
    /** null: for good */
    ttlMs: limitMs.positive('is not positive').nullable().default(null),
    caller: callerArgs.default({ is: 'nobody' }),
  }),
  result: z.object({ name: z.string(), member: z.string(), token: z.string() }),
  async run(bridge: Bridge, { name, member, ttlMs, caller }) {
    await permit(bridge, { act: 'token', target: name, about: null, caller, by: 'human' });
    const speaker = bridge.directory.named(member ?? name).name;
    return { name, member: bridge.directory.shown(speaker), token: bridge.tokens.add(name, speaker, ttlMs) };
  },
});
