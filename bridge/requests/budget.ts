import type { Documents } from '../core/documents.ts';
import type { NewJournalEvent } from '../core/journal-event.ts';
import { labelOf } from '../core/names.ts';
import type { Request } from '../core/request.ts';
import { type Counters, type Limits, noCounters, reached, withAutomatic, withHuman, withoutPast } from './limits.ts';

/** A worker for whom nothing automatic is typed; everything it asks is the human's. */
export interface Pause {
  readonly at: number;
  /** `human:cli`, or `limits` */
  readonly by: string;
  readonly reason: string;
  /** the limit it had reached */
  readonly limit?: keyof Limits;
}

/** Both are written inside the transaction under way. */
export interface BudgetMemory extends Documents {
  record(event: NewJournalEvent): unknown;
}

/** Stands for all workers in `Pauses`. */
export const everyWorker = '*';
export type Pauses = Readonly<Record<string, Pause>>;

/** The worker's own pause. Journals of older bridges name it by its label alone. */
export function pauseOf(pauses: Pauses, worker: string): Pause | undefined {
  return pauses[worker] ?? pauses[labelOf(worker)];
}

const pausesKey = 'pauses';
/** of the document that holds the `Counters` */
export const countersKey = 'answers';

/** Who is paused and what was answered automatically. The truth is in the journal: a restart forgets nothing of it. */
export class Budget {
  readonly #memory: BudgetMemory;
  readonly #limitsFor: (request: Request) => Limits;

  constructor(memory: BudgetMemory, limitsFor: (request: Request) => Limits) {
    this.#memory = memory;
    this.#limitsFor = limitsFor;
  }

  get pauses(): Pauses {
    return this.#memory.memory<Pauses>(pausesKey) ?? {};
  }

  /** Why nothing automatic may be typed for this worker; null where it may. */
  whyPaused(worker: string): string | null {
    const { pauses } = this;
    const own = pauseOf(pauses, worker);
    const pause = own ?? pauses[everyWorker];
    if (pause === undefined) return null;
    return `${own ? `${labelOf(worker)} is paused` : 'all workers are paused'} (${pause.by}): ${pause.reason}`;
  }

  /** Pauses the worker when its next automatic answer would be one too many. @returns why it is paused, or null */
  consume(request: Request, now: number): string | null {
    const paused = this.whyPaused(request.worker);
    if (paused !== null) return paused;
    const broken = reached(this.#limitsFor(request), this.#counters, request, now);
    if (broken === null) return null;
    this.pause(request.worker, { at: now, by: 'limits', ...broken });
    return this.whyPaused(request.worker);
  }

  pause(worker: string, pause: Pause): void {
    this.#memory.saveMemory(pausesKey, { ...this.pauses, [worker]: pause });
    this.#memory.record({ at: pause.at, kind: 'worker-paused', subject: worker, data: pause });
  }

  /** Null: all that are paused. @returns who was */
  endPause(worker: string | null, by: string, now: number): string[] {
    const { pauses } = this;
    const names = Object.keys(pauses).filter((name) => worker === null || name === worker);
    const left = Object.fromEntries(Object.entries(pauses).filter(([name]) => !names.includes(name)));
    this.#memory.saveMemory(pausesKey, left);
    for (const name of names) {
      const { limit } = pauses[name]!;
      if (limit !== undefined) this.#memory.saveMemory(countersKey, withoutPast(this.#counters, name, limit));
      this.#memory.record({ at: now, kind: 'worker-resumed', subject: name, data: { by } });
    }
    return names;
  }

  answered(request: Request, by: 'human' | 'automatic', now: number): void {
    const counters =
      by === 'human'
        ? withHuman(this.#counters, request.worker)
        : withAutomatic(this.#limitsFor(request), this.#counters, request, now);
    this.#memory.saveMemory(countersKey, counters);
  }

  get #counters(): Counters {
    return this.#memory.memory<Counters>(countersKey) ?? noCounters;
  }
}
