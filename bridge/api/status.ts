import * as z from 'zod';
import { aim, lookToRead } from '../app/choose-pane.ts';
import type { Reader } from '../app/reader.ts';
import { settledLook } from '../app/settled-look.ts';
import { because, type Composer, type Dialog, type Evidence, isReady } from '../core/reading.ts';
import { method } from './method.ts';
import { describePane, paneView, pausesByPane, versionIn, warnings } from './pane-view.ts';
import { targetArgs } from './target-argument.ts';
import { document } from './views.ts';

const statusView = paneView.extend({
  state: z.string(),
  ready: z.boolean(),
  agent: z.string().nullable(),
  version: z.string().nullable(),
  versionNote: z.string().nullable(),
  composer: document<Composer>().nullable(),
  dialog: document<Dialog>().nullable(),
  why: z.array(document<Evidence>()).readonly(),
  paused: z.string().nullable(),
  synchronized: z.boolean(),
});

/** What the agent in a pane is doing, with the evidence. */
export const status = method({
  name: 'status',
  args: z.object({ target: targetArgs }),
  /** `because`: the evidence in one line */
  result: z.object({ status: statusView, because: z.string(), warnings }),
  async run(reader: Reader, { target }, closed) {
    const { look, pane, warnings } = await aim(reader, target, lookToRead);
    const settled = await settledLook(look.panes, pane, closed);
    const reading = settled?.reading;
    const version = settled === null ? null : versionIn(look.panes, settled.snapshot);
    const status = {
      ...describePane(pane),
      state: reading?.state ?? 'exited',
      ready: reading !== undefined && isReady(reading),
      agent: reading?.agent ?? null,
      version: version?.shown ?? null,
      versionNote: version?.note ?? null,
      composer: reading?.composer ?? null,
      dialog: reading?.dialog ?? null,
      why: reading?.why ?? [],
      paused: pausesByPane(reader)(pane),
      synchronized: settled?.snapshot.facts.synchronized === true,
    };
    return { status, because: reading ? because(reading) : 'the pane has closed', warnings };
  },
});
