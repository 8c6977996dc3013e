/** What the bridge's process holds after a full collection, and has used. */
export interface Size {
  readonly pid: number;
  /** bytes; without what V8 has compiled, which comes and goes with what runs often */
  readonly heap: number;
  /** bytes */
  readonly compiled: number;
  readonly rss: number;
  readonly cpuMs: number;
}

export interface Measure extends Size {
  readonly at: number;
}

/** How one process held and used over the time in which it was measured. */
export interface Growth {
  /** medians of the first and the last third of the measures, bytes */
  readonly heap: readonly [number, number];
  readonly compiled: readonly [number, number];
  readonly rss: readonly [number, number];
  /** of the straight line through all measures (least squares), bytes */
  readonly heapPerMinute: number;
  readonly rssPerMinute: number;
  readonly minutes: number;
  /** of one core */
  readonly cpuPercent: number;
}

/** In its first minute a bridge fills its heap with what it keeps. */
const fillsMs = 60_000;

/** The measures of the last process, but those of its first minute. */
export function grownUp(measures: readonly Measure[]): Measure[] {
  const life = measures.filter(({ pid }) => pid === measures.at(-1)?.pid);
  return life.filter(({ at }) => at - life[0]!.at >= fillsMs);
}

/** @returns null where there is too little to see a growth in */
export function growth(measures: readonly Measure[]): Growth | null {
  const [first, last] = [measures[0], measures.at(-1)];
  if (measures.length < 3 || first === undefined || last === undefined) return null;
  const third = Math.floor(measures.length / 3);
  const ends = (size: (one: Measure) => number) =>
    [median(measures.slice(0, third).map(size)), median(measures.slice(-third).map(size))] as const;
  const perMinute = (size: (one: Measure) => number) => slope(measures.map((one) => [one.at / 60_000, size(one)]));
  return {
    heap: ends(({ heap }) => heap),
    compiled: ends(({ compiled }) => compiled),
    rss: ends(({ rss }) => rss),
    heapPerMinute: perMinute(({ heap }) => heap),
    rssPerMinute: perMinute(({ rss }) => rss),
    minutes: (last.at - first.at) / 60_000,
    cpuPercent: (100 * (last.cpuMs - first.cpuMs)) / (last.at - first.at),
  };
}

function slope(points: ReadonlyArray<readonly [number, number]>): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [middleX, middleY] = [mean(([x]) => x), mean(([, y]) => y)];
  const wide = mean(([x]) => (x - middleX) ** 2);
  return wide === 0 ? 0 : mean(([x, y]) => (x - middleX) * (y - middleY)) / wide;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** @param part 0 to 1 */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
