import { setTimeout as delay, setImmediate as othersTurn } from 'node:timers/promises';
import { messageOf } from '../../core/failure.ts';
import type { JournalEvent } from '../../core/journal-event.ts';

/** Other processes write the journal as well: it is asked so often, and at once where this one has seen something happen. */
const askEveryMs = 250;
const batchSize = 500;

/** What a feed is made from. */
export interface Source {
  /** the events after a number, at most so many, in order */
  eventsAfter(seq: number, limit: number): readonly JournalEvent[];
  /** number of the newest event; 0 where there is none */
  newest(): number;
  /** calls `hear` whenever something may have happened, until what it returns is called */
  listen(hear: () => void): () => void;
  warn(text: string): void;
}

/** Takes events in order, none left out and none twice. */
export interface Subscriber {
  take(event: JournalEvent): void;
  /** it has not read what it was given before: it catches up from here, as fast as it reads */
  isFull(): boolean;
  /** what is sent to one who catches up waits for this; false: it did not read in time, and gets no more */
  hasRoom(): Promise<boolean>;
}

/**
 * The events of the journal for many at once: it is read once for all who have come as far, and apart for each who comes back
 * with an older number.
 */
export class Feed {
  readonly #source: Source;
  readonly #all = new Set<Subscriber>();
  /** those who have every event up to the cursor */
  readonly #live = new Set<Subscriber>();
  readonly #stop: () => void;
  readonly #timer: NodeJS.Timeout;
  #cursor: number;
  #isDue = false;

  constructor(source: Source) {
    this.#source = source;
    this.#cursor = source.newest();
    this.#stop = source.listen(() => this.#soon());
    this.#timer = setInterval(() => this.#soon(), askEveryMs);
    this.#timer.unref();
  }

  get cursor(): number {
    return this.#cursor;
  }

  /**
   * @param after the last event that it has; null: from now on
   * @returns ends it
   */
  subscribe(subscriber: Subscriber, after: number | null): () => void {
    this.#all.add(subscriber);
    if (after === null || after >= this.#cursor) this.#live.add(subscriber);
    else void this.#catchUp(subscriber, after);
    return () => {
      this.#all.delete(subscriber);
      this.#live.delete(subscriber);
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stop();
    this.#all.clear();
    this.#live.clear();
  }

  async #catchUp(subscriber: Subscriber, after: number): Promise<void> {
    const isOver = () => !this.#all.has(subscriber);
    // the others are given the event at hand first
    if (!(await subscriber.hasRoom())) return;
    for (let at = after; !isOver(); await othersTurn()) {
      const events = this.#read(at);
      if (events === null) {
        await delay(askEveryMs);
        continue;
      }
      const upTo = this.#cursor;
      for (const event of events.filter(({ seq }) => seq <= upTo)) {
        if (!(await subscriber.hasRoom()) || isOver()) return;
        subscriber.take(event);
        at = event.seq;
      }
      if (events.length < batchSize || events.at(-1)!.seq >= upTo) at = upTo;
      if (at < this.#cursor) continue;
      // no other has its turn between that look and this
      if (!isOver()) this.#live.add(subscriber);
      return;
    }
  }

  /** @param when once what happens now has been done; where there is much, others have their turn first */
  #soon(when: (read: () => void) => unknown = queueMicrotask): void {
    if (this.#isDue) return;
    this.#isDue = true;
    when(() => {
      this.#isDue = false;
      this.#readOn();
    });
  }

  #readOn(): void {
    if (this.#live.size === 0) {
      this.#cursor = Math.max(this.#cursor, this.#newest());
      return;
    }
    const events = this.#read(this.#cursor) ?? [];
    for (const event of events) {
      for (const subscriber of this.#live) {
        if (subscriber.isFull()) {
          this.#live.delete(subscriber);
          void this.#catchUp(subscriber, this.#cursor);
        } else subscriber.take(event);
      }
      this.#cursor = event.seq;
    }
    if (events.length === batchSize) this.#soon(setImmediate);
  }

  #newest(): number {
    try {
      return this.#source.newest();
    } catch (fault) {
      this.#source.warn(`events: ${messageOf(fault)}`);
      return this.#cursor;
    }
  }

  /** Null where the journal cannot be read now. */
  #read(after: number): readonly JournalEvent[] | null {
    try {
      return this.#source.eventsAfter(after, batchSize);
    } catch (fault) {
      this.#source.warn(`events: ${messageOf(fault)}`);
      return null;
    }
  }
}
