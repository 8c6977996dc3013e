import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { method } from './method.ts';
import { actArgs, actOn } from './pane-act.ts';
import { sendView } from './views.ts';

/** Types a text into a pane that was read, and leaves it in the composer. */
export const type = method({
  name: 'type',
  args: z.object({ ...actArgs, takesLines: z.boolean().default(false) }),
  result: sendView,
  run: (bridge: Bridge, { takesLines, ...given }, closed) =>
    actOn(bridge, given, { is: 'draft', inDialog: false, takesLines }, closed),
});
