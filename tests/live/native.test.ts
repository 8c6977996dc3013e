import { expect, test } from 'vitest';
import { inState, makeHome, run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

/** An agent program that has a native input, and a process that shows none: what is asked for, and what is said. */

eachTestStartsWith({ worker: {} });

const reason = 'no thread of codex can be tied to this pane';
const send = (...args: string[]) => run(tmux, ['send', '--home', home, '--pane', agent.paneId, ...args]);

for (const place of ['without a daemon', 'through the daemon'] as const) {
  test(`where there is no native input, native fails with the reason and types nothing; auto types it and says why, ${place}`, async () => {
    if (place === 'through the daemon') await startWatching(['--mode', 'manual']);
    const native = await send('--via', 'native', 'by native input alone');
    expect(native).toMatchObject({ code: 1, stderr: expect.stringContaining(`failed: native: ${reason}`) });
    expect(agent.inputs()).toEqual([]);

    const auto = await send('--via', 'auto', 'one way or the other');
    expect(auto).toMatchObject({ code: 0, stdout: expect.stringContaining(`typed, since ${reason}`) });
    expect(agent.inputs()).toEqual(['one way or the other']);

    const json = await send('--json', '--wait', '20', 'typed as ever');
    const { delivery } = JSON.parse(json.stdout) as { delivery: { id: string; state: { receipt: object } } };
    expect(delivery.state.receipt).toMatchObject({ via: 'keyboard' });
    expect(delivery.state.receipt).not.toHaveProperty('because');
  });
}

test("bridge.yaml's `via: auto` holds for answers; the log, show and --json say that it was typed, and why", async () => {
  makeHome(tmux, 'via: auto\npolicy:\n  - when: { text: /database/i }\n    answer: Use SQLite.\n');
  const watching = await startWatching();
  await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  const delivered = await watching.line('delivered', inState('delivered'));
  expect(agent.inputs()).toEqual(['Use SQLite.']);
  const receipt = watching.lines.find((line) => line.type === 'delivery-changed' && line.state === 'acknowledged');
  expect(receipt).toMatchObject({ via: 'keyboard', because: expect.stringContaining(reason) });
  const shown = await run(tmux, ['show', '--home', home, String(delivered.id)]);
  expect(shown.stdout).toContain(`typed, since ${reason}`);
  const json = await run(tmux, ['show', '--home', home, '--json', String(delivered.id)]);
  expect(JSON.parse(json.stdout)).toMatchObject({ delivery: { state: { receipt: { via: 'keyboard' } } } });
});

test('a way that is none, and a way for keys, are usage errors', async () => {
  expect((await send('--via', 'pigeon', 'text')).code).toBe(64);
  expect(await send('--keys', '--via', 'auto', 'Escape')).toMatchObject({ code: 64 });
  expect(agent.inputs()).toEqual([]);
});
