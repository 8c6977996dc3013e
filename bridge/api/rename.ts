import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import { callerArgs, word } from './arguments.ts';
import { method } from './method.ts';

/** Calls a member by another name. Its mail stays its own, and so does the name that it had. */
export const rename = method({
  name: 'rename',
  args: z.object({ name: word(), to: word(), caller: callerArgs.default({ is: 'nobody' }) }),
  result: z.object({ before: z.string(), name: z.string() }),
  async run(bridge: Bridge, { name: given, to, caller }) {
    await permit(bridge, { act: 'rename', target: given, about: null, caller, by: 'human' });
    const before = bridge.directory.shown(bridge.directory.named(given).name);
    const { name } = bridge.membership.rename(given, to);
    return { before, name: bridge.directory.shown(name) };
  },
});
