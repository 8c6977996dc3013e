import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import { startAgent } from '../app/start-agent.ts';
import { callerArgs, word } from './arguments.ts';
import { method } from './method.ts';

/** Starts an agent of the catalogue in a project that the bridge knows, under a name. What is run, and where, follows from these names alone. */
export const start = method({
  name: 'start',
  args: z.object({
    /** as the catalogue names it, and `startable` lists it */
    agent: word(64).min(1, 'is empty'),
    /** a project's name, as `startable` has it */
    project: word().min(1, 'is empty'),
    /** without its project */
    name: word().min(1, 'is empty'),
    by: word().default('human'),
    caller: callerArgs.default({ is: 'nobody' }),
  }),
  result: z.object({
    name: z.string(),
    fullName: z.string(),
    agent: z.string(),
    pane: z.string(),
    socketPath: z.string(),
    session: z.string(),
    made: z.enum(['session', 'window', 'nothing']),
    /** what runs there, in words */
    command: z.string(),
    guardedBy: z.string(),
    /** the command line that shows it in a terminal */
    attach: z.string(),
    notes: z.array(z.string()).readonly(),
  }),
  async run(bridge: Bridge, { caller, by, ...order }, closed) {
    const who = await permit(bridge, { act: 'start', target: order.name, about: null, caller, by });
    const { paneId, ...started } = await startAgent(bridge, { ...order, by: who }, closed);
    return { ...started, pane: paneId };
  },
});
