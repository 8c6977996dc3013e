import { expect, test } from 'vitest';
import { startAgent } from '../../bridge/app/start-agent.ts';
import { StartTurns } from '../../bridge/app/start-turns.ts';

let now = 0;
const turns = () => new StartTurns({ now: () => now, after: () => () => {} });

test('one at a time, in the order in which they came, whatever becomes of those before', async () => {
  const one = turns();
  const done: string[] = [];
  let endFirst = () => {};
  const first = one.exclusive(
    () =>
      new Promise<void>((_, reject) => {
        endFirst = () => reject(new Error('no such program'));
      }),
  );
  const second = one.exclusive(async () => void done.push('second'));
  await Promise.resolve();
  expect(done).toEqual([]);
  endFirst();
  await expect(first).rejects.toThrow('no such program');
  await second;
  expect(done).toEqual(['second']);
});

test('six within a minute, and then one for each that is a minute ago', () => {
  const one = turns();
  for (let count = 0; count < 6; count++) {
    now = count * 1_000;
    one.count('tester');
  }
  expect(() => one.count('tester')).toThrow('start: tester: 6 agents were started within a minute, and no more are');
  now = 59_999;
  expect(() => one.count('tester')).toThrow(expect.objectContaining({ nextStep: 'again in 1 s' }));
  now = 60_000;
  one.count('tester');
  expect(() => one.count('tester')).toThrow('6 agents');
});

test('a dry run starts nothing, and asks nobody', async () => {
  const bridge = { config: { dryRun: true } } as Parameters<typeof startAgent>[0];
  const order = { agent: 'codex', project: 'shop', name: 'tester', by: 'human' };
  await expect(startAgent(bridge, order, new AbortController().signal)).rejects.toThrow('a dry run starts nothing');
});
