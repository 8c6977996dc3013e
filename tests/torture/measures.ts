/** What the bridge's process held and had used at one moment. */
export interface Measure {
  /** of the whole run, 0 to 1 */
  readonly part: number;
  /** bytes, after a full collection */
  readonly heap: number;
  readonly rss: number;
  readonly cpuMs: number;
  readonly at: number;
}

/** Of each size by itself. @throws where there is nothing to take it of */
export function median(measures: readonly Measure[]): Measure {
  if (measures.length === 0) throw new Error('no measure was taken: the run was too short');
  const middle = (size: (one: Measure) => number) =>
    measures.map(size).sort((a, b) => a - b)[Math.floor(measures.length / 2)]!;
  return {
    part: middle(({ part }) => part),
    heap: middle(({ heap }) => heap),
    rss: middle(({ rss }) => rss),
    cpuMs: middle(({ cpuMs }) => cpuMs),
    at: middle(({ at }) => at),
  };
}

/** Percent of one core between the first and the last measure. */
export function trend(measures: readonly Measure[]): number {
  const [first, last] = [measures[0], measures.at(-1)];
  if (first === undefined || last === undefined || last.at === first.at) return 0;
  return (100 * (last.cpuMs - first.cpuMs)) / (last.at - first.at);
}
