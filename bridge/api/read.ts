import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { word } from './arguments.ts';
import { method } from './method.ts';
import { partyOf } from './party.ts';
import { paneArgs, reachPane } from './reach-pane.ts';
import { senderArgs } from './sender.ts';

/** tmux keeps fewer, unless somebody asked it for more. */
const mostLines = 1_000_000;

/** The last lines of a pane; whoever has read them may act on the pane, once and within a minute. */
export const read = method({
  name: 'read',
  args: z.object({
    ...senderArgs,
    pane: paneArgs,
    lines: z.number().int().min(1).max(mostLines),
    agent: word().nullable().default(null),
  }),
  result: z.object({
    pane: z.string(),
    agent: z.string(),
    state: z.string(),
    /** the text of the open dialog's question; null where none is open */
    dialog: z.string().nullable(),
    lines: z.array(z.string()).readonly(),
  }),
  async run(bridge: Bridge, { pane: given, lines, agent, ...evidence }, closed) {
    const pane = await reachPane(bridge, given);
    const by = await partyOf(bridge, evidence);
    const { reading, rows } = await bridge.acts.read(pane, { by, lines, agent }, closed);
    return {
      pane: pane.paneId,
      agent: reading.agent,
      state: reading.state,
      dialog: reading.dialog?.question ?? null,
      lines: rows.map(({ text }) => text.trimEnd()),
    };
  },
});
