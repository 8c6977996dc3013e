/** What `npm run faults` hands to each of its parts. */
export interface FaultOptions {
  /** everything random comes from it */
  readonly seed: number;
  /** how many cases at most; null leaves it to the part */
  readonly cases: number | null;
  /** begins no further case after this many minutes; null leaves it to the part */
  readonly minutes: number | null;
  /** plays this one case alone, as a failing run has named it */
  readonly only: string | null;
  /** plays nothing but the first of these faults with each of the others; null plays all */
  readonly pairs: string | null;
  /** where the counters of a run are kept that is made in several goes; null keeps none */
  readonly keep: string | null;
  /** one line of progress */
  readonly say: (line: string) => void;
}

/** What a part found. */
export interface Report {
  readonly name: string;
  /** false where anything failed that the product promises */
  readonly ok: boolean;
  readonly seed: number;
  /** each count and measure under its name */
  readonly figures: Readonly<Record<string, number>>;
  /** one line for each thing that went wrong, with the case that shows it again */
  readonly failures: readonly string[];
  /** the same for a reader: markdown, tables included */
  readonly text: string;
}
