import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import type { KnownPane } from '../panes/panes.ts';
import { method } from './method.ts';
import { document } from './views.ts';

/** What a bridge knows of the panes that it watches, for somebody who looks there too. */
export const panes = method({
  name: 'panes',
  args: z.object({}),
  result: z.array(document<KnownPane>()),
  run: async (bridge: { readonly panes: Pick<Bridge['panes'], 'watched'> }) => bridge.panes.watched(),
});
