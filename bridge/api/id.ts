import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { usageError } from '../core/failure.ts';
import { method } from './method.ts';
import { describePane, paneView } from './pane-view.ts';
import { partyOf } from './party.ts';
import { senderArgs } from './sender.ts';

/** The pane in which a command runs, and whether its processes show that. */
export const id = method({
  name: 'id',
  args: z.object(senderArgs),
  result: z.object({ pane: paneView, isProven: z.boolean() }),
  async run(bridge: Bridge, evidence) {
    const { facts, isProven } = await partyOf(bridge, evidence);
    if (facts === null) throw usageError('id', 'this command', 'runs in no tmux pane');
    return { pane: describePane(facts), isProven };
  },
});
