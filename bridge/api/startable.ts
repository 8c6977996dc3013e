import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { startableHere } from '../app/startable.ts';
import { method } from './method.ts';

/** What a person can have started here: agents of the catalogue, in projects that the bridge knows; and of each that cannot be, why. */
export const startable = method({
  name: 'startable',
  args: z.object({}),
  result: z.object({
    agents: z
      .array(
        z.object({
          name: z.string(),
          /** what keeps it from acting unasked */
          guardedBy: z.string(),
          /** why it is not started here; null: it can be */
          why: z.string().nullable(),
        }),
      )
      .readonly(),
    /** the one in which somebody was seen last comes first */
    projects: z
      .array(
        z.object({
          name: z.string(),
          folder: z.string(),
          /** the tmux session in which it gets its window */
          session: z.string().nullable(),
          why: z.string().nullable(),
        }),
      )
      .readonly(),
  }),
  run: async (bridge: Pick<Bridge, 'config' | 'projects' | 'servers'>) => startableHere(bridge),
});
