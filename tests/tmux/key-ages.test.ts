import { beforeEach, expect, test } from 'vitest';
import { KeyAges } from '../../bridge/tmux/key-ages.ts';

let keys: KeyAges;
beforeEach(() => {
  keys = new KeyAges();
});

/** tmux's clock and ours need not tell the same. */
const saw = (at: number, now: number, stamps: Record<string, number>) =>
  keys.saw({ byClient: new Map(Object.entries(stamps)), now }, at);

test('nobody attached has pressed no key', () => {
  expect(saw(10_000, 500, {})).toBe(null);
});

test('what the first look finds is as old as tmux makes it', () => {
  expect(saw(10_000, 500, { a: 497 })).toBe(7_000);
  expect(saw(20_000, 510, { a: 497 })).toBe(7_000);
});

test('a key counts from the look that saw it first, whatever tmux dates it', () => {
  saw(10_000, 500, { a: 400 });
  expect(saw(11_000, 501, { a: 501 })).toBe(11_000);
  expect(saw(19_000, 509, { a: 501 })).toBe(11_000);
});

test.each([-86_400, -40, 40, 86_400])(
  'the system clock is set by %i s: an old key stays old, and a new one is new',
  (by) => {
    saw(10_000, 500, { a: 499 });
    expect(saw(11_000, 501 + by, { a: 499 })).toBe(9_000);
    expect(saw(12_000, 502 + by, { a: 502 + by })).toBe(12_000);
    expect(saw(15_000, 505, { a: 502 + by })).toBe(12_000);
  },
);

test('a key from before the clock was set back is no older than the first look, and never still to come', () => {
  expect(saw(10_000, 500, { a: 86_900 })).toBe(10_000);
  expect(saw(13_000, 503, { a: 86_900 })).toBe(10_000);
});

test('of several persons the last key counts; one who leaves takes only his own with him', () => {
  saw(10_000, 500, { a: 490, b: 495 });
  expect(saw(11_000, 501, { a: 501, b: 495 })).toBe(11_000);
  expect(saw(12_000, 502, { b: 495 })).toBe(5_000);
  expect(saw(13_000, 503, { b: 495, c: 100 })).toBe(13_000);
});

test('what is known moves with the clock of whoever looks', () => {
  saw(10_000, 500, { a: 499 });
  keys.clockSet(-5_000);
  expect(saw(6_000, 501, { a: 499 })).toBe(4_000);
});
