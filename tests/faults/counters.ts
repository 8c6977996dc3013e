import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { addFigures, type Figures, noFigures } from './ledger.ts';

/** What a run of crashes has come to. It can be put away into a file, and gone on with another time. */
export class Counters {
  readonly #file: string | null;
  readonly #plan: string;
  readonly #startedAt = Date.now();
  readonly #before: Content;
  figures: Figures = noFigures;
  readonly deaths: Counts = {};
  readonly steps: Counts = {};
  readonly failures: string[] = [];
  /** indices of the faults that were struck */
  readonly struck: number[] = [];

  /**
   * @param file goes on with what it holds; null keeps nothing
   * @param plan names what is counted. @throws where the file holds another plan's counters
   */
  constructor(file: string | null, plan: string) {
    this.#file = file;
    this.#plan = plan;
    const isKept = file !== null && existsSync(file);
    this.#before = isKept ? (JSON.parse(readFileSync(file, 'utf8')) as Content) : { ...nothing, plan };
    if (this.#before.plan !== plan)
      throw new Error(`${file}: holds the counters of ${this.#before.plan}, not of ${plan}`);
    this.figures = this.#before.figures;
    Object.assign(this.deaths, this.#before.deaths);
    Object.assign(this.steps, this.#before.steps);
    this.failures.push(...this.#before.failures);
    this.struck.push(...this.#before.struck);
  }

  get seconds(): number {
    return this.#before.seconds + Math.round((Date.now() - this.#startedAt) / 1000);
  }

  died(of: string, at: string | null): void {
    this.deaths[of] = (this.deaths[of] ?? 0) + 1;
    if (at !== null) this.steps[at] = (this.steps[at] ?? 0) + 1;
  }

  add(figures: Figures): void {
    this.figures = addFigures(this.figures, figures);
  }

  /** Nothing is under way any more. */
  putAway(): void {
    if (this.#file === null) return;
    const { figures, deaths, steps, failures, struck, seconds } = this;
    const content: Content = { plan: this.#plan, figures, deaths, steps, failures, struck, seconds };
    writeFileSync(`${this.#file}.new`, JSON.stringify(content));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

type Counts = Record<string, number>;

interface Content {
  readonly plan: string;
  readonly figures: Figures;
  readonly deaths: Readonly<Counts>;
  readonly steps: Readonly<Counts>;
  readonly failures: readonly string[];
  readonly struck: readonly number[];
  readonly seconds: number;
}

const nothing = { figures: noFigures, deaths: {}, steps: {}, failures: [], struck: [], seconds: 0 };
