import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { path, word } from './arguments.ts';
import { method } from './method.ts';

/** Watches a tmux server, or a session of it, besides. */
export const watch = method({
  name: 'watch',
  args: z.object({ socketPath: path, session: word().nullable() }),
  result: z.object({ isNew: z.boolean() }),
  run: async (bridge: Pick<Bridge, 'watchAlso'>, { socketPath, session }) => ({
    isNew: await bridge.watchAlso(socketPath, session),
  }),
});
