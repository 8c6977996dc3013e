import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { grantedNames } from '../app/granted-names.ts';
import { namePane } from '../app/name-pane.ts';
import { permit } from '../app/permit.ts';
import { withheld } from '../core/member.ts';
import { addressKey } from '../core/pane.ts';
import { caller, word } from './arguments.ts';
import { method } from './method.ts';
import { paneArgs, reachPane } from './reach-pane.ts';
import { placeArgs, provenPane } from './sender.ts';

/** Labels a pane; with `border` its window shows the labels of its panes on their borders. */
export const name = method({
  name: 'name',
  args: z.object({ pane: paneArgs, label: word(), border: z.boolean().default(false), caller, ...placeArgs }),
  result: z.object({ pane: z.string(), label: z.string(), before: z.string().nullable() }),
  async run(bridge: Bridge, { pane: given, label, border, caller, ...evidence }) {
    const pane = await reachPane(bridge, given);
    if (caller?.is !== 'nobody') {
      const own = caller === null ? null : await provenPane(bridge, { caller, ...evidence });
      if (own === null || addressKey(own) !== addressKey(pane))
        await permit(bridge, { act: 'name', target: pane.paneId, about: null, caller, by: 'human' });
      else if (label !== own.label && grantedNames(bridge, bridge.panes.identify(own).identity)(label))
        throw withheld(label);
    }
    const before = await namePane(bridge, pane, { label, border, caller });
    return { pane: pane.paneId, label, before };
  },
});
