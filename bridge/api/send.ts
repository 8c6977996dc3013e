import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { refuseForged } from '../app/forged.ts';
import { type ForPermit, permit } from '../app/permit.ts';
import { vias } from '../core/native-input.ts';
import { caller, limitMs, text, word } from './arguments.ts';
import { method } from './method.ts';
import { paneArgs, reachPane } from './reach-pane.ts';
import { outcomeOf, sendView } from './views.ts';

const args = z.object({
  pane: paneArgs,
  text: text(),
  from: word().default('human'),
  agent: word().nullable().default(null),
  force: z.boolean().default(false),
  allowShell: z.boolean().default(false),
  keys: z.enum(['outside-dialogs', 'in-dialog']).optional(),
  command: z.boolean().default(false),
  waitMs: limitMs.default(0),
  via: z.enum(vias).optional(),
  caller,
});

/** Puts one text into a pane, or presses keys there, and stays to see what becomes of it. */
export const send = method({
  name: 'send',
  args,
  result: sendView,
  async run(bridge: ForPermit & Pick<Bridge, 'servers' | 'texts'>, { pane: given, caller, ...order }, closed) {
    const pane = await reachPane(bridge, given);
    const act = order.command ? 'send --command' : order.keys === 'in-dialog' ? 'send --in-dialog' : null;
    if (act !== null) await permit(bridge, { act, target: pane.paneId, about: pane, caller, by: order.from });
    if (order.keys === undefined) refuseForged('send', { text: order.text, target: pane.paneId, caller });
    const delivery = await bridge.texts.send({ pane, ...order }, closed);
    return { delivery, ...outcomeOf(delivery.state) };
  },
});
