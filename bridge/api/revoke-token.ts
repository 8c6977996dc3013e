import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import { callerArgs, word } from './arguments.ts';
import { method } from './method.ts';

/** A token counts no more. */
export const revokeToken = method({
  name: 'revokeToken',
  args: z.object({ name: word(64), caller: callerArgs.default({ is: 'nobody' }) }),
  result: z.object({ name: z.string() }),
  async run(bridge: Bridge, { name, caller }) {
    await permit(bridge, { act: 'token', target: name, about: null, caller, by: 'human' });
    bridge.tokens.revoke(name);
    return { name };
  },
});
