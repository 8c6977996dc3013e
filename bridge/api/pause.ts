import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { type ForWorkers, knownWorkers, pausesShown, workerNamed } from '../app/pausing.ts';
import { caller, word } from './arguments.ts';
import { method } from './method.ts';
import { pauseView } from './views.ts';

export const pauseArgs = z.object({
  worker: word().min(1, 'is empty').nullable().default(null),
  reason: word(4096).default('asked for'),
  by: word().default('human'),
  caller,
});

/** Nothing automatic for a worker, or for all. */
export const pause = method({
  name: 'pause',
  args: pauseArgs,
  result: pauseView,
  async run(bridge: ForWorkers & Pick<Bridge, 'shown' | 'say'>, { worker: given, reason, by }) {
    const worker = given === null || given === '*' ? null : await workerNamed(bridge, given);
    bridge.requests.pause(worker, by, reason);
    const name = worker === null ? '*' : bridge.shown(worker, knownWorkers(bridge));
    const message = `${worker === null ? 'all workers' : name}: paused; nothing automatic is typed, what is asked goes to you`;
    bridge.say('info', `${worker === null ? 'all workers' : name}: paused (${by}): ${reason}`);
    return { message, changed: [name], pauses: pausesShown(bridge) };
  },
});
