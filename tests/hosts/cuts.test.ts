import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { canServeSsh } from '../fixtures/ssh-host.ts';
import { command, eachHostTestStarts, far, farWorker, home, link, watch } from '../live/host-fixture.ts';

const rounds = 30;

/** At which word of the journal the link is cut, and how long after it, ms. */
const moments = ['queued', 'typed', 'submitted'].flatMap((state) =>
  [0, 1, 3, 10, 40].map((afterMs) => ({ state, afterMs })),
);

interface Outcome {
  readonly at: string;
  readonly state: string;
  readonly times: number;
  /** its text was about to be pasted before it ended */
  readonly wasTyped: boolean;
  readonly code: number | null;
}

let journal: DatabaseSyncInstance | null = null;

/** The words of the journal about deliveries, from one that has this number on. */
function wordsFrom(first: number): Array<{ seq: number; kind: string }> {
  journal ??= new DatabaseSync(join(home, 'bridge.db'), { readOnly: true });
  const query = "SELECT seq, kind FROM events WHERE seq > ? AND kind LIKE 'delivery-%' ORDER BY seq";
  return journal.prepare(query).all(first) as Array<{ seq: number; kind: string }>;
}

const ends = ['acknowledged', 'uncertain', 'typed-not-submitted', 'failed', 'cancelled', 'expired'];

describe.skipIf(!canServeSsh)('a link that is cut', () => {
  eachHostTestStarts();
  afterEach(() => {
    journal?.close();
    journal = null;
  });

  test('at each step of a delivery: nothing is typed twice or lost, and only what was cut while it was typed may be in doubt', async () => {
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
      link.cut();
      await new Promise((resolve) => setTimeout(resolve, 40 * (round % 7)));
      link.mend();
      const { code } = await sent;
      const endOf = () => wordsFrom(last).find(({ kind }) => ends.some((end) => kind === `delivery-${end}`))?.kind;
      const end = (await waitFor(`round ${round} ends`, endOf, { limitMs: 150_000 })).replace('delivery-', '');
      const times = () => agent.inputs().filter((input) => input === text).length;
      if (end === 'acknowledged') await waitFor('it is there', () => times() > 0);
      // what the person finds in the composer is taken away
      if (end === 'typed-not-submitted') await far.run('send-keys', '-t', agent.paneId, 'C-u');
      const wasTyped = wordsFrom(last).some(({ kind }) => kind === 'delivery-typed');
      outcomes.push({ wasTyped, at: `${state}+${afterMs}`, state: end, times: times(), code });
    }
    console.info(outcomes.map(({ at, state, times, code }) => `${at}: ${state}, ${times}, ${code}`).join('\n'));
    expect(outcomes.filter(({ times }) => times > 1)).toEqual([]);
    expect(outcomes.filter(({ state, times }) => state === 'acknowledged' && times !== 1)).toEqual([]);
    // whoever is told of a doubt, or of a text that waits in the composer, has it neither lost nor typed anew on a guess
    expect(
      outcomes.filter(({ state }) => !['acknowledged', 'uncertain', 'typed-not-submitted'].includes(state)),
    ).toEqual([]);
    expect(outcomes.filter(({ state, wasTyped }) => state !== 'acknowledged' && !wasTyped)).toEqual([]);
    expect(outcomes.filter(({ state, times }) => state === 'typed-not-submitted' && times > 0)).toEqual([]);
    expect(agent.inputs()).toHaveLength(outcomes.filter(({ times }) => times === 1).length);
  });
});
