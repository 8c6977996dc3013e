import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { saidLimit, signalKinds } from '../core/agent-signal.ts';
import type { PaneIdentity } from '../core/pane.ts';
import { callerArgs, word } from './arguments.ts';
import { method } from './method.ts';
import { document } from './views.ts';

const args = z.object({
  signal: z.object({
    agent: word(64).min(1, 'is empty'),
    kind: z.enum(signalKinds),
    event: word(64),
    session: word(128).nullable(),
    turn: word(128).nullable(),
    input: word(64).nullable(),
    said: word(saidLimit).optional(),
    at: z.number(),
  }),
  caller: callerArgs,
  tmuxSocket: word(4096).nullable(),
  paneHint: word(64).nullable(),
  pane: word(64).nullable(),
});

/** What an agent's own hook reports. */
export const signal = method({
  name: 'signal',
  args,
  result: z.discriminatedUnion('is', [
    z.object({ is: z.literal('heard'), pane: document<PaneIdentity>() }),
    z.object({ is: z.literal('dropped'), reason: z.string() }),
  ]),
  run: (bridge: Pick<Bridge, 'receiveHook'>, call) => bridge.receiveHook(call),
});
