import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { method } from './method.ts';
import { actArgs, actOn } from './pane-act.ts';
import { sendView } from './views.ts';

/** Presses keys in a pane that was read; Enter submits the draft that its sender left there. */
export const keys = method({
  name: 'keys',
  args: z.object({ ...actArgs, inDialog: z.boolean().default(false) }),
  result: sendView,
  run: (bridge: Bridge, { inDialog, ...given }, closed) =>
    actOn(bridge, given, { is: 'keys', inDialog, takesLines: false }, closed),
});
