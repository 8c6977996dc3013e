import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { isOpen } from '../../bridge/core/request.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

/** Each round has room for a few commits more: one answered request takes some 150 KB of the -wal. */
const rounds = 5;
const stepBytes = 30_000;
const rows = Array.from({ length: rounds }, (_, n) => `  - { when: { text: /question ${n}/ }, answer: Answer ${n}. }`);
const yaml = ['controller: { backend: rules }', 'policy:', ...rows, ''].join('\n');

let journalBeside: Journal | null = null;

eachTestStartsWith({ yaml, worker: {} });
afterEach(() => {
  journalBeside?.close();
  journalBeside = null;
});

/** Beyond so many bytes each of its files is as good as on a full disk; null: there is room again. */
function limitFiles(bridge: BridgeProcess, bytes: number | null): void {
  execFileSync('prlimit', ['--pid', String(bridge.child.pid), `--fsize=${bytes ?? 'unlimited'}:`]);
}

const walSize = () => statSync(join(home, 'bridge.db-wal')).size;
const isFull = (line: { type: string; text?: unknown }) =>
  line.type === 'said' && /nothing was written/.test(String(line.text));

/** What the journal has of the question, read beside the bridge. */
function kept(question: string) {
  const journal = beside();
  const request = journal.requests().findLast((one) => one.text.includes(question)) ?? null;
  const deliveries = request === null ? [] : journal.deliveries({ thread: request.id });
  return { request, deliveries };
}

function beside(): Journal {
  journalBeside ??= Journal.open(join(home, 'bridge.db'), { now: Date.now() }).journal;
  return journalBeside;
}

test('a disk that fills up at any step: the bridge says so, types nothing that it has not written, and goes on when there is room', async () => {
  let fullAt = 0;
  for (let round = 0; round < rounds; round += 1) {
    const question = `question ${round}`;
    const bridge = await startWatching(['--no-heuristic']);
    limitFiles(bridge, walSize() + round * stepBytes);
    await agent.perform({ play: [{ request: question }], input: `go ${round}` });
    const delivered = () => kept(question).request?.state.is === 'delivered';
    await waitFor('the disk is full, or was large enough', () => bridge.lines.some(isFull) || delivered());
    if (bridge.lines.some(isFull)) {
      fullAt += 1;
      // what reached the worker was committed as typed before
      const came = agent.facts().filter((fact) => fact.paste === `Answer ${round}.`).length;
      if (came > 0)
        expect(kept(question).deliveries.map(({ state }) => state.is)).toEqual([
          expect.stringMatching(/typed|submitted/),
        ]);
      else expect(kept(question).deliveries.filter(({ state }) => state.is === 'submitted')).toEqual([]);
    }
    expect(bridge.child.exitCode).toBeNull();
    limitFiles(bridge, null);
    await waitFor(
      'it goes on by itself',
      () => {
        const { request } = kept(question);
        return request !== null && !(isOpen(request) && !(request.state.is === 'asked' && request.state.doubt));
      },
      {
        limitMs: 20_000,
        everyMs: 200,
        describe: async () => JSON.stringify([round, kept(question), bridge.lines.slice(-12)], null, 1),
      },
    );
    const { request, deliveries } = kept(question);
    expect(deliveries).toHaveLength(1);
    const inputs = agent.inputs().filter((input) => input === `Answer ${round}.`);
    expect(inputs.length).toBeLessThanOrEqual(1);
    if (request!.state.is === 'delivered') expect(inputs).toHaveLength(1);
    await bridge.stop();
  }
  expect(fullAt).toBeGreaterThan(2);
  const asked = beside()
    .requests()
    .map(({ kind, text, turn, state }) => `${kind} ${text} ${state.is} ${turn}`);
  expect(asked).toEqual(
    Array.from({ length: rounds }, (_, round) => expect.stringContaining(`request question ${round} `)),
  );
  const verified = await run(tmux, ['verify', '--home', home, '--json']);
  expect(JSON.parse(verified.stdout)).toMatchObject({ counts: { requests: rounds }, findings: [] });
  expect(verified.code).toBe(0);
}, 180_000);
