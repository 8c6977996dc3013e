import { expect, test } from 'vitest';
import type { Fact } from './hostile-verdict.ts';
import { type Race, raceIn, windowOf, windowRows } from './hostile-window.ts';
import type { Step } from './hostile-wire.ts';

const view = { command: 'codex', inMode: false, dialog: false, person: false };
const press = (said: string): Step => ({ kind: 'press', sentAt: 100, doneAt: 101, said, view });
const dialog: Fact = { m: 99.2, from: 99, dialog: 'rm a' };

test('a race is told by when the dialog was written, Enter handed over, and Enter received', () => {
  const facts: Fact[] = [dialog, { m: 100.5, bytes: '\r' }, { m: 100.7, approved: 'rm a' }];
  const race = { writtenAt: 99, sentAt: 100, heardAt: 99.6 };
  expect(raceIn({ facts, steps: [press('done')], dialogHeardAt: 99.6 })).toEqual({
    ...race,
    receivedAt: 100.5,
    held: false,
    approved: true,
  });
  // a person's later Enter is none of ours
  expect(raceIn({ facts, steps: [press('held')], dialogHeardAt: 99.6 })).toEqual({
    ...race,
    receivedAt: null,
    held: true,
    approved: false,
  });
  expect(raceIn({ facts: facts.slice(1), steps: [press('done')], dialogHeardAt: null })).toBeNull();
  expect(raceIn({ facts, steps: [], dialogHeardAt: null })).toBeNull();
});

test('a hit is a dialog that was written before the program had the Enter that approved it', () => {
  const race = (leadMs: number, receivedAfterMs: number | null, approved: boolean): Race => ({
    writtenAt: 100 - leadMs,
    sentAt: 100,
    receivedAt: receivedAfterMs === null ? null : 100 + receivedAfterMs,
    held: receivedAfterMs === null,
    approved,
    heardAt: null,
  });
  const races = [race(3, null, false), race(0.1, 0.4, true), race(-0.3, 0.4, true), race(-0.6, 0.4, true)];
  expect(windowOf(races)).toMatchObject({
    races: 4,
    'Enter was held back': 1,
    'hits: approved, written before the program had Enter': 2,
    'hits: written to Enter received max ms': 0.5,
    'hits that were written before Enter was handed to tmux': 1,
    'of these the longest before, ms': 0.1,
    'approved, written when the program had Enter': 1,
  });
  const rows = windowRows(races).filter(([, all]) => all > 0);
  expect(rows).toEqual([
    ['0.5 to 1 ms after', 1, 0, 1, '100.0 %'],
    ['0.25 to 0.5 ms after', 1, 0, 1, '100.0 %'],
    ['0 to 0.25 ms before', 1, 0, 1, '100.0 %'],
    ['more than 2 ms before', 1, 1, 0, '0.0 %'],
  ]);
});
