import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import { unknownName } from '../core/failure.ts';
import { callerArgs, word } from './arguments.ts';
import { method } from './method.ts';

/** A person lets a thread go on that the loop guard holds. */
export const release = method({
  name: 'release',
  args: z.object({ thread: word(128), caller: callerArgs.default({ is: 'nobody' }) }),
  result: z.object({ messages: z.number() }),
  async run(bridge: Bridge, { thread, caller }) {
    await permit(bridge, { act: 'resume', target: `thread ${thread}`, about: null, caller, by: 'human' });
    const known = bridge.journal.mail.threads().map(({ name }) => name);
    if (!known.includes(thread)) throw unknownName('thread', thread, known, 'bridge threads');
    return { messages: bridge.messages.letGo(thread) };
  },
});
