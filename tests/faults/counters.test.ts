import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Counters } from './counters.ts';
import { noFigures } from './ledger.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counters-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a run that goes on counts what the run before it has counted, once', () => {
  const file = join(folder, 'counters.json');
  for (const index of [3, 4]) {
    const counters = new Counters(file, 'seed 1');
    counters.struck.push(index);
    counters.died('bridge', 'memory after');
    counters.add({ ...noFigures, questions: 2 });
    counters.failures.push(`losses: of ${index}`);
    counters.putAway();
  }
  const { struck, deaths, steps, figures, failures } = new Counters(file, 'seed 1');
  expect({ struck, deaths, steps, failures }).toEqual({
    struck: [3, 4],
    deaths: { bridge: 2 },
    steps: { 'memory after': 2 },
    failures: ['losses: of 3', 'losses: of 4'],
  });
  expect(figures.questions).toBe(4);
  expect(() => new Counters(file, 'seed 2')).toThrow(/holds the counters of seed 1, not of seed 2/);
});
