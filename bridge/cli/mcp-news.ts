import { setTimeout as delay } from 'node:timers/promises';
import type { JournalEvent } from '../core/journal-event.ts';

/** The journal, as a command reads it. */
export interface JournalSource {
  /** number of the newest event; 0 where there is none */
  newest(): Promise<number>;
  /** every event behind that number, in order, until `stop` aborts */
  follow(after: number, take: (event: JournalEvent) => void, stop: AbortSignal): Promise<void>;
}

/** @param key the member whose mail it is, by the name under which it is kept */
type Take = (event: JournalEvent, key: string) => void;

/** Where the journal cannot be followed it is tried again after so long; nothing is missed by that. */
const againAfterMs = 2_000;

/** Whoever subscribes is told of so many changes again that were before. */
const mostRetold = 1_000;

/** What is journaled from the first look of a client on, for whoever listens. */
export class News {
  readonly #source: JournalSource;
  readonly #seat: { key(): Promise<string> };
  readonly #listening = new Set<Take>();
  readonly #stop = new AbortController();
  /** the last ones, each with whose mail it was then */
  readonly #told: Array<readonly [JournalEvent, string]> = [];
  #begun: Promise<void> | null = null;

  constructor(source: JournalSource, seat: { key(): Promise<string> }) {
    this.#source = source;
    this.#seat = seat;
  }

  listen(take: Take): () => void {
    this.#listening.add(take);
    return () => this.#listening.delete(take);
  }

  /** What the client looks at after this has resolved cannot change without its being told. @throws where the journal cannot be read */
  begin(): Promise<void> {
    this.#begun ??= this.#source.newest().then(
      (newest) => void this.#follow(newest),
      (fault: unknown) => {
        this.#begun = null; // the next look tries again
        throw fault;
      },
    );
    return this.#begun;
  }

  /** All since the first look once more: a client may look first and subscribe then, and what changed in between it was not told. */
  retell(): void {
    for (const [event, key] of this.#told) for (const one of this.#listening) one(event, key);
  }

  end(): void {
    this.#stop.abort();
  }

  async #follow(from: number): Promise<void> {
    const { signal } = this.#stop;
    for (let after = from; !signal.aborted; ) {
      try {
        const key = await this.#seat.key();
        const take = (event: JournalEvent) => {
          after = event.seq;
          this.#told.push([event, key]);
          if (this.#told.length > mostRetold) this.#told.shift();
          for (const one of this.#listening) one(event, key);
        };
        await this.#source.follow(after, take, signal);
      } catch {
        // the bridge does not answer: what happens meanwhile is told afterwards
      }
      await delay(againAfterMs, undefined, { signal }).catch(() => {});
    }
  }
}

/** Lets messages pass in their order; one that looks waits, and those behind it, until every later change is going to be told. */
export function heldAtFirstLook<Message extends object>(
  news: Pick<News, 'begin' | 'retell'>,
  passOn: (message: Message) => void,
): (message: Message) => void {
  const pass = (message: Message) => {
    passOn(message);
    // once that is done
    if (isMethod(message, /^(?:resources\/subscribe|subscriptions\/listen)$/)) setImmediate(() => news.retell());
  };
  let waiting: Message[] | null = null;
  let isBegun = false;
  return (message) => {
    if (waiting !== null) waiting.push(message);
    else if (isBegun || !isLook(message)) pass(message);
    else {
      waiting = [message];
      const go = () => {
        const all = waiting ?? [];
        waiting = null;
        for (const one of all) pass(one);
      };
      news.begin().then(
        () => {
          isBegun = true;
          go();
        },
        go, // it is answered all the same; the next look tries again
      );
    }
  };
}

/** Nobody is told of changes who has not looked at a resource. */
function isLook(message: object): boolean {
  return isMethod(message, /^(?:resources|subscriptions)\//);
}

function isMethod(message: object, pattern: RegExp): boolean {
  return 'method' in message && pattern.test(String(message.method));
}
