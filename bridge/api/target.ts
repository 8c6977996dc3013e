import * as z from 'zod';
import { aim, choosePane, lookHere, pinnedAmong, withHost } from '../app/choose-pane.ts';
import type { Reader } from '../app/reader.ts';
import type { PaneFacts } from '../core/pane.ts';
import { nameOf } from '../panes/panes.ts';
import { method } from './method.ts';
import { describePane, paneView, warnings } from './pane-view.ts';
import { targetArgs } from './target-argument.ts';
import { document } from './views.ts';

/** Which pane is meant by a target, on the server of this shell; null where it is the pin, and that pane has gone. */
export const target = method({
  name: 'target',
  args: z.object({
    target: targetArgs,
    /** `elsewhere`: a worker on another server, too, by its name; `pinned`: the pinned pane and no other */
    among: z.enum(['here', 'elsewhere', 'pinned']).default('here'),
  }),
  result: z.object({
    found: z.object({ facts: document<PaneFacts>(), view: paneView, name: z.string() }).nullable(),
    warnings,
  }),
  async run(reader: Reader, { target, among }) {
    const { pane, warnings } = await chosen(reader, target, among);
    const found = pane === null ? null : { facts: pane, view: describePane(pane), name: nameOf(pane) };
    return { found, warnings };
  },
});

async function chosen(reader: Reader, given: z.infer<typeof targetArgs>, among: 'here' | 'elsewhere' | 'pinned') {
  const target = withHost(reader, given);
  if (among === 'elsewhere') return aim(reader, target, lookHere);
  const { look } = await lookHere(reader, target);
  if (among === 'here') return choosePane(target, look.panes);
  return { pane: pinnedAmong(await look.panes.list(), target.pin), warnings: [] };
}
