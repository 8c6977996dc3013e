import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { namePane } from '../app/name-pane.ts';
import { caller, word } from './arguments.ts';
import { method } from './method.ts';
import { paneArgs, reachPane } from './reach-pane.ts';

/** Labels a pane; with `border` its window shows the labels of its panes on their borders. */
export const name = method({
  name: 'name',
  args: z.object({ pane: paneArgs, label: word(), border: z.boolean().default(false), caller }),
  result: z.object({ pane: z.string(), label: z.string(), before: z.string().nullable() }),
  async run(bridge: Bridge, { pane: given, label, border, caller }) {
    const pane = await reachPane(bridge, given);
    const before = await namePane(bridge, pane, { label, border, caller });
    return { pane: pane.paneId, label, before };
  },
});
