import { describe, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { canServeSsh } from '../fixtures/ssh-host.ts';
import type { Line } from '../live/bridge-process.ts';
import { command, eachHostTestStarts, farWorker, link, watch } from '../live/host-fixture.ts';

const rounds = 30;

/** At which word of the journal the link is cut, and how long after it, ms. */
const moments = ['queued', 'typed', 'submitted'].flatMap((state) =>
  [0, 1, 5, 20, 60].map((afterMs) => ({ state, afterMs })),
);

describe.skipIf(!canServeSsh)('a link that is cut', () => {
  eachHostTestStarts();

  test('at each step of a delivery: nothing is typed twice or lost, and only what fell between Enter and its evidence is in doubt', async () => {
    const agent = await farWorker('worker', {
      script: { inputs: [], cycle: [[{ busy: 100 }, { say: 'Done.' }]] } as never,
    });
    const bridge = await watch();
    await bridge.line('it is found', ({ type }) => type === 'worker-found');
    const outcomes: Array<{
      readonly text: string;
      readonly at: string;
      readonly state: unknown;
      readonly times: number;
    }> = [];
    for (let round = 0; round < rounds; round++) {
      const { state, afterMs } = moments[round % moments.length]!;
      const text = `text number ${round}, cut ${afterMs} ms after it is ${state}`;
      const from = bridge.lines.length;
      const mine = (line: Line) => bridge.lines.indexOf(line) >= from && line.type === 'delivery-changed';
      const sent = command('send', '--pane', 'worker@box', '--wait', '120', text);
      await Promise.race([
        bridge.line(`round ${round} is ${state}`, (line) => mine(line) && line.state === state),
        sent.then(({ code, stdout, stderr }) => console.info(`round ${round}: ${code} ${stdout}${stderr}`)),
      ]);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      link.cut();
      await new Promise((resolve) => setTimeout(resolve, 50 * (round % 7)));
      link.mend();
      const ended = (line: Line) =>
        mine(line) &&
        ['acknowledged', 'uncertain', 'typed-not-submitted', 'failed', 'cancelled'].includes(String(line.state));
      const end = await bridge.line(`round ${round} ends`, ended, 150_000);
      await sent;
      const times = () => agent.inputs().filter((input) => input === text).length;
      if (end.state === 'acknowledged') await waitFor('it is there', () => times() > 0);
      outcomes.push({ text, at: `${state}+${afterMs}`, state: end.state, times: times() });
    }
    console.info(outcomes.map(({ at, state, times }) => `${at}: ${state}, ${times}`).join('\n'));
    expect(outcomes.filter(({ times }) => times > 1)).toEqual([]);
    expect(outcomes.filter(({ state, times }) => state === 'acknowledged' && times !== 1)).toEqual([]);
    expect(outcomes.filter(({ state }) => state !== 'acknowledged' && state !== 'uncertain')).toEqual([]);
    expect(agent.inputs()).toHaveLength(outcomes.filter(({ times }) => times === 1).length);
  });
});
