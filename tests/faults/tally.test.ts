import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noFigures } from './ledger.ts';
import { Tally } from './tally.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tally-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a run that goes on counts what the run before it has counted, once', () => {
  const file = join(folder, 'tally.json');
  for (const index of [3, 4]) {
    const tally = new Tally(file, 'seed 1');
    tally.struck.push(index);
    tally.died('bridge', 'memory after');
    tally.add({ ...noFigures, questions: 2 });
    tally.failures.push(`losses: of ${index}`);
    tally.putAway();
  }
  const { struck, deaths, steps, figures, failures } = new Tally(file, 'seed 1');
  expect({ struck, deaths, steps, failures }).toEqual({
    struck: [3, 4],
    deaths: { bridge: 2 },
    steps: { 'memory after': 2 },
    failures: ['losses: of 3', 'losses: of 4'],
  });
  expect(figures.questions).toBe(4);
  expect(() => new Tally(file, 'seed 2')).toThrow(/holds the tally of seed 1, not of seed 2/);
});
