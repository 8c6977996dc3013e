import { afterEach, describe, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { canServeSsh } from '../fixtures/ssh-host.ts';
import { command, eachHostTestStarts, far, farWorker, link, watch } from '../live/host-fixture.ts';
import { closeJournal, wordsFrom } from './delivery-words.ts';

const rounds = 30;

/** How the link ends: what was sent is gone with it, or arrives when the bridge has long been back. */
const ways = ['cut', 'late'] as const;

/** At which word of the journal the link ends, and how long after it, ms. */
const moments = ['queued', 'typed', 'submitted'].flatMap((state) =>
  [0, 1, 3, 10, 40].map((afterMs) => ({ state, afterMs })),
);

interface Outcome {
  readonly at: string;
  readonly state: string;
  readonly times: number;
  /** Enter was about to be pressed before it ended */
  readonly isBehindEnter: boolean;
  readonly code: number | null;
}

const ends = ['acknowledged', 'uncertain', 'typed-not-submitted', 'failed', 'cancelled', 'expired'];

describe.skipIf(!canServeSsh)('a link that is cut', () => {
  eachHostTestStarts();
  afterEach(closeJournal);

  test.each(ways)(
    'at each step of a delivery (%s): nothing is typed twice or lost, and only what was cut behind Enter may be in doubt',
    async (way) => {
      const agent = await farWorker();
      const bridge = await watch();
      await bridge.line('it is found', ({ type }) => type === 'worker-found');
      const outcomes: Outcome[] = [];
      for (let round = 0; round < rounds; round++) {
        const { state, afterMs } = moments[round % moments.length]!;
        const text = `text number ${round}, cut ${afterMs} ms after it is ${state}`;
        const reached = async () => (await command('snapshot', '--host', 'box', '--pane', '%0')).code === 0;
        await waitFor('the host is reached', reached, { limitMs: 120_000, everyMs: 200 });
        const last = wordsFrom(0).at(-1)?.seq ?? 0;
        const sent = command('send', '--host', 'box', '--pane', '%0', '--wait', '120', text);
        const isSo = () => wordsFrom(last).some(({ kind }) => kind === `delivery-${state}`);
        await waitFor(`round ${round} is ${state}`, isSo, {
          limitMs: 60_000,
          everyMs: 1,
          describe: async () =>
            `${JSON.stringify(wordsFrom(last))} ${JSON.stringify(await Promise.race([sent, null]))} ${JSON.stringify(outcomes)}\n${await far.screen(agent.paneId)}`,
        });
        if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
        if (way === 'cut') {
          link.cut();
          await new Promise((resolve) => setTimeout(resolve, 40 * (round % 7)));
          link.mend();
        } else setTimeout(link.strand(30), 1_300 + 200 * (round % 7));
        const { code } = await sent;
        const endOf = () => wordsFrom(last).find(({ kind }) => ends.some((end) => kind === `delivery-${end}`))?.kind;
        const end = (await waitFor(`round ${round} ends`, endOf, { limitMs: 150_000 })).replace('delivery-', '');
        const times = () => agent.inputs().filter((input) => input === text).length;
        if (end === 'acknowledged') await waitFor('it is there', () => times() > 0);
        // what the person finds in the composer is taken away
        if (end === 'typed-not-submitted') await far.run('send-keys', '-t', agent.paneId, 'C-u');
        const isBehindEnter = wordsFrom(last).some(({ kind }) => kind === 'delivery-submitted');
        outcomes.push({ isBehindEnter, at: `${state}+${afterMs}`, state: end, times: times(), code });
      }
      console.info(outcomes.map(({ at, state, times, code }) => `${at}: ${state}, ${times}, ${code}`).join('\n'));
      expect(outcomes.filter(({ times }) => times > 1)).toEqual([]);
      expect(outcomes.filter(({ state, times }) => state === 'acknowledged' && times !== 1)).toEqual([]);
      // tmux there says whether it pasted, and whether it pressed Enter: only what came of an Enter may be seen by nobody
      expect(outcomes.filter(({ state, isBehindEnter }) => state !== 'acknowledged' && !isBehindEnter)).toEqual([]);
      expect(
        outcomes.filter(({ state }) => !['acknowledged', 'uncertain', 'typed-not-submitted'].includes(state)),
      ).toEqual([]);
      expect(outcomes.filter(({ state, times }) => state === 'typed-not-submitted' && times > 0)).toEqual([]);
      // what was under way longest has arrived by now
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect(agent.inputs()).toHaveLength(outcomes.filter(({ times }) => times === 1).length);
    },
  );

  test.each(['paste', 'Enter'])(
    'a late %s comes to nothing once its bridge is back, also on a screen that looks the same',
    async (what) => {
      const agent = await farWorker();
      const bridge = await watch();
      await bridge.line('it is found', ({ type }) => type === 'worker-found');
      const pastes = () => agent.facts().filter(({ paste }) => paste !== undefined);
      for (let round = 1; ; round++) {
        const first = wordsFrom(0).at(-1)?.seq ?? 0;
        const is = (...kinds: string[]) => wordsFrom(first).some(({ kind }) => kinds.includes(`${kind}`));
        const before = pastes().length;
        const sent = command('send', '--host', 'box', '--pane', '%0', '--wait', '120', `hello ${round}`);
        const word = what === 'paste' ? 'delivery-typed' : 'delivery-submitted';
        await waitFor('it is about to be done', () => is(word), { everyMs: 1 });
        // the text itself goes before the paste
        const arrive = link.strand(60, { butFirst: what === 'paste' ? 1 : 0 });
        // the pane takes no keys, so that the bridge waits when it is back
        await far.run('select-pane', '-d', '-t', agent.paneId);
        const isBack = () => is('delivery-not-typed', 'delivery-typed-not-submitted', 'delivery-acknowledged');
        await waitFor('it is settled', isBack, { limitMs: 60_000 });
        if (is('delivery-acknowledged')) {
          // it had been done before the link ended: once more
          expect(round).toBeLessThan(20);
          arrive();
          await far.run('select-pane', '-e', '-t', agent.paneId);
          await sent;
          continue;
        }
        if (what === 'paste') await waitFor('it waits', () => is('delivery-held'), { limitMs: 60_000 });
        const inputs = agent.inputs().length;
        link.cut();
        await bridge.line('it is away', (line) => line.type === 'said' && /host box is away/.test(String(line.text)));
        await far.run('select-pane', '-e', '-t', agent.paneId);
        arrive();
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        expect(pastes()).toHaveLength(before + (what === 'paste' ? 0 : 1));
        expect(agent.inputs()).toHaveLength(inputs);
        link.mend();
        expect((await sent).code).toBe(what === 'paste' ? 0 : 3);
        expect(agent.inputs()).toHaveLength(inputs + (what === 'paste' ? 1 : 0));
        expect(pastes()).toHaveLength(before + 1);
        return;
      }
    },
  );
});
