import { expect, test } from 'vitest';
import { countOf, duration, instant } from '../../bridge/cli/text.ts';

const now = Date.UTC(2026, 10, 30, 12);

test.each([
  ['2026-11-30', '2026-11-30T00:00:00.000Z'],
  ['2026-11-30Z', '2026-11-30T00:00:00.000Z'],
  ['2026-11-30T08:15', '2026-11-30T08:15:00.000Z'],
  ['2026-11-30 08:15:02', '2026-11-30T08:15:02.000Z'],
  ['2026-11-30T08:15:02.5Z', '2026-11-30T08:15:02.500Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2h', '2026-11-30T10:00:00.000Z'],
  ['1.5d', '2026-11-29T00:00:00.000Z'],
])('%s is an instant', (given, at) => {
  expect(new Date(instant(given, '--since', now)).toISOString()).toBe(at);
});

test.each([
  ['yesterday'],
  ['2026-02-30'],
  ['2026-13-01'],
  ['2026-11-30T25:00'],
  ['2026-11-30T08:15+01:00'],
  ['1796020951'],
  [''],
  ['2 h'],
  ['0h'],
  ['٢h'],
])('%j is none', (given) => {
  expect(() => instant(given, '--since', now)).toThrow(/invalid/);
});

test('a time and a count are what they say, and nothing else is one', () => {
  expect(['90', '1.5s', '15m', '2h', '3d'].map((given) => duration(given, '--ttl'))).toEqual([
    90_000, 1_500, 900_000, 7_200_000, 259_200_000,
  ]);
  for (const given of ['', '0', '-1', '1w', '1e3', 'h', '1 m', '٣'])
    expect(() => duration(given, '--ttl')).toThrow(/--ttl/);
  expect(countOf('20', '--last')).toBe(20);
  for (const given of ['', '0', '-1', '1.5', '1e3', 'x']) expect(() => countOf(given, '--last')).toThrow(/--last/);
});
