import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { isBlank } from '../core/cleaning.ts';
import { usageError } from '../core/failure.ts';
import type { PaneAddress } from '../core/pane.ts';
import { paneEnvelopes, withEnvelope } from '../core/pane-envelope.ts';
import { unproven } from './letter.ts';
import { method } from './method.ts';
import { actArgs, actOn } from './pane-act.ts';
import { sendView } from './views.ts';

/** The same for a text that another agent reads: it says who wrote it. */
export const message = method({
  name: 'message',
  args: z.object({
    ...actArgs,
    takesLines: z.boolean().default(false),
    envelope: z.enum(paneEnvelopes).default('bridge'),
  }),
  result: sendView,
  run(bridge: Bridge, { takesLines, envelope, ...given }, closed) {
    if (isBlank(given.text)) throw usageError('message', 'text', 'holds nothing visible');
    return actOn(bridge, given, { is: 'draft', inDialog: false, takesLines }, closed, async ({ writer }, pane) => {
      if (writer.standing === 'claimed' && bridge.config.senders === 'verified') throw unproven(writer.name);
      return withEnvelope(given.text, writer, await nameAt(bridge, pane), envelope);
    });
  },
});

/** The recipient as it is called: its label, else its id. */
async function nameAt({ panes }: Pick<Bridge, 'panes'>, pane: PaneAddress): Promise<string> {
  return (await panes.facts(pane))?.label || pane.paneId;
}
