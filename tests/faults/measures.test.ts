import { expect, test } from 'vitest';
import { grownUp, growth, type Measure, percentile } from './measures.ts';
import { memoryOf, notFlat } from './soak-report.ts';

/** One measure every ten seconds. @param heapAt megabytes at a minute */
function measures(minutes: number, heapAt: (minute: number) => number): Measure[] {
  return Array.from({ length: minutes * 6 + 1 }, (_, index) => {
    const at = index * 10_000;
    return { pid: 1, at, heap: heapAt(at / 60_000) * 1e6, compiled: 9e6, rss: 150e6, cpuMs: at / 4 };
  });
}

test('a heap that goes up and down is flat, and one that grows by a megabyte a minute is not', () => {
  const restless = growth(measures(6, (minute) => 25 + Math.sin(minute * 40)));
  expect(notFlat(restless)).toEqual([]);
  const leaking = growth(measures(6, (minute) => 25 + minute + Math.sin(minute * 40)))!;
  expect(leaking.heapPerMinute / 1e6).toBeCloseTo(1, 0);
  expect(notFlat(leaking)).toEqual([expect.stringContaining('the heap grew by')]);
});

test('the first minute of a life is not judged: its heap still fills', () => {
  const filling = growth(measures(6, (minute) => 20 + 10 * minute).slice(0, 4))!;
  expect(filling.minutes).toBe(0.5);
  expect(notFlat(filling)).toEqual([]);
  expect(memoryOf(filling)).toBe('is not judged: too short');
});

test('growth tells the thirds, the line and the processor time of one process', () => {
  const grown = growth(measures(6, (minute) => 20 + minute))!;
  expect(grown.heap[0]).toBeLessThan(grown.heap[1]);
  expect(grown).toMatchObject({ minutes: 6, cpuPercent: 25, rssPerMinute: 0, rss: [150e6, 150e6] });
  expect(grown.heapPerMinute).toBeCloseTo(1e6);
});

test('too few measures are no flat memory', () => {
  const few = growth(measures(0, () => 20));
  expect(few).toBeNull();
  expect(memoryOf(few)).toBe('is not judged: too short');
  expect(notFlat(few)).toEqual([]);
});

test('the first minute of a life, and other lives, are left out', () => {
  const before = measures(2, () => 30).map((one) => ({ ...one, pid: 1 }));
  const last = measures(6, (minute) => (minute < 1 ? 15 + 8 * minute : 23)).map((one) => ({ ...one, pid: 2 }));
  const judged = grownUp([...before, ...last]);
  expect(judged.every(({ pid }) => pid === 2)).toBe(true);
  expect(judged[0]!.at - last[0]!.at).toBeGreaterThanOrEqual(60_000);
  expect(notFlat(growth(last))).toHaveLength(1);
  expect(notFlat(growth(judged))).toEqual([]);
  expect(grownUp([])).toEqual([]);
});

test('a percentile is one of the values', () => {
  expect(percentile([5, 1, 9], 0.5)).toBe(5);
  expect(percentile([5, 1, 9], 0.99)).toBe(9);
});
