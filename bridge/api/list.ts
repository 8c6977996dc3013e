import { setImmediate as othersTurn } from 'node:timers/promises';
import * as z from 'zod';
import { lookToRead, panesOf, pinnedAmong, withHost } from '../app/choose-pane.ts';
import { type OwnerView, ownersOf } from '../app/owners.ts';
import type { Reader } from '../app/reader.ts';
import { settledLook } from '../app/settled-look.ts';
import { inWords } from '../core/duration.ts';
import { addressKey, isTooSmall } from '../core/pane.ts';
import { because } from '../core/reading.ts';
import { oncePerPane } from '../tmux/facts.ts';
import { method } from './method.ts';
import { describePane, paneView, pausesByPane, versionIn, warnings } from './pane-view.ts';
import { targetArgs } from './target-argument.ts';
import { document } from './views.ts';

/** To see who sits in a pane takes up to a millisecond, and a bridge that watches a thousand has other work. */
const readAtOnce = 10;

const listedPane = paneView.extend({
  agent: z.string().nullable(),
  version: z.string().nullable(),
  versionNote: z.string().nullable(),
  state: z.string(),
  why: z.string(),
  paused: z.string().nullable(),
  /** the bridge that watches it */
  owner: document<OwnerView>().nullable(),
  synchronized: z.boolean(),
  tooSmall: z.boolean(),
  pinned: z.boolean(),
});

export const list = method({
  name: 'list',
  args: z.object({ target: targetArgs }),
  result: z.object({ panes: z.array(listedPane), warnings }),
  async run(reader: Reader, { target: given }, closed) {
    const target = withHost(reader, given);
    const { look, warnings } = await lookToRead(reader, target);
    const known = look.panes;
    const panes = oncePerPane(panesOf(target.session, await known.list()));
    const pinned = pinnedAmong(panes, target.pin);
    const pauseOf = pausesByPane(reader);
    const unseen: Array<ReturnType<typeof known.readUnseen>> = [];
    for (const pane of panes) {
      unseen.push(known.readUnseen(pane));
      if (unseen.length % readAtOnce === 0) await othersTurn();
    }
    const looks = await Promise.all(
      panes.map(async (pane, index) => unseen[index] ?? (await settledLook(known, pane, closed))),
    );
    const owners = await ownersOf(
      reader.home,
      look.tmux,
      looks.flatMap((look, index) =>
        look === null ? [] : [{ facts: panes[index]!, identity: look.snapshot.identity }],
      ),
    );
    const views = panes.map((pane, index) => {
      const look = looks[index] ?? null;
      const isAgent = look !== null && look.snapshot.identity.agentPid !== null && look.reading.agent !== 'unknown';
      const version = isAgent ? versionIn(known, look.snapshot) : null;
      return {
        ...describePane(pane),
        agent: look?.snapshot.program ?? null,
        version: version?.shown ?? null,
        versionNote: version?.note ?? null,
        state: look?.reading.state ?? 'exited',
        why: look ? because(look.reading) : 'the pane has closed',
        paused: pauseOf(pane),
        owner: owners.get(addressKey(pane)) ?? null,
        synchronized: (look?.snapshot.facts ?? pane).synchronized,
        tooSmall: isTooSmall(pane),
        pinned: pinned !== null && addressKey(pane) === addressKey(pinned),
      };
    });
    return { panes: views, warnings: [...warnings, ...hostsAway(reader, target.host)] };
  },
});

/** Hosts that a running bridge does not reach: what is there is missing here. */
function hostsAway({ hosts }: Reader, looked: string | null): string[] {
  return hosts.all.flatMap(({ name }) => {
    const away = name === looked ? null : hosts.awayOf(name);
    return away === null ? [] : [`host ${name} is away for ${inWords(away.forMs)}: ${away.words}`];
  });
}
