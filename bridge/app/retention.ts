import { join } from 'node:path';
import { sortAway } from '../controllers/mailbox-folders.ts';
import { messageOf } from '../core/failure.ts';
import type { Journal } from '../journal/journal.ts';

const dayMs = 86_400_000;
/** A fault (a full disk) is met again after so long. */
const againAfterMs = 3_600_000;
/** A batch is two short transactions, for which whoever types has to wait: some milliseconds. */
const batchThreads = 20;
const batchMessages = 100;

export interface Moved {
  readonly threads: number;
  /** between members */
  readonly messages: number;
  readonly events: number;
  /** names of the files in `archive/` that hold them */
  readonly files: readonly string[];
  /** settled pairs of the mailbox that went into the month's folder */
  readonly pages: number;
}

/** What ended long ago leaves the journal for `archive/`: whole threads, nothing that is open. */
export class Retention {
  readonly #journal: Journal;
  readonly #archive: string;
  readonly #days: number;
  readonly #say: (text: string) => void;
  #dueAt = 0;
  #moved = { threads: 0, messages: 0 };
  #sorting: Promise<void> | null = null;

  /** @param parts.days 0: nothing is ever moved */
  constructor(parts: { journal: Journal; home: string; days: number; say: (text: string) => void }) {
    this.#journal = parts.journal;
    this.#archive = join(parts.home, 'archive');
    this.#days = parts.days;
    this.#say = parts.say;
  }

  /** Once a day, a batch at each tick until nothing is left to be moved. */
  tick(now: number): void {
    // further ahead than it is ever put: by a clock that has been set back since
    const isDue = now >= this.#dueAt || this.#dueAt - now > dayMs;
    if (this.#days <= 0 || !isDue || this.#sorting !== null) return;
    this.#dueAt = now + againAfterMs;
    const { threads, messages } = this.#batch(now - this.#days * dayMs, now);
    this.#moved.threads += threads;
    this.#moved.messages += messages;
    if (threads + messages > 0) {
      this.#dueAt = now;
      return;
    }
    this.#dueAt = now + dayMs;
    this.#sorting = this.#sort()
      .then(() => {
        const { threads, messages } = this.#moved;
        const what = [
          ...(threads > 0 ? [`${threads} threads`] : []),
          ...(messages > 0 ? [`${messages} messages`] : []),
        ].join(' and ');
        if (what !== '') this.#say(`${what} that ended ${this.#days} days ago moved to archive/`);
        this.#moved = { threads: 0, messages: 0 };
      })
      .catch((fault) => {
        this.#dueAt = now + againAfterMs;
        this.#say(messageOf(fault));
      })
      .finally(() => {
        this.#sorting = null;
      });
  }

  /** All of it now. */
  async run(endedBefore: number, now: number): Promise<Moved> {
    const files = new Set<string>();
    let [threads, messages, events] = [0, 0, 0];
    for (let batch = this.#batch(endedBefore, now); batch.file !== null; batch = this.#batch(endedBefore, now)) {
      files.add(batch.file);
      threads += batch.threads;
      messages += batch.messages;
      events += batch.events;
      // a bridge that does this goes on with its work meanwhile
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { threads, messages, events, files: [...files], pages: await this.#sort() };
  }

  /** Resolves when no file is being moved. */
  async close(): Promise<void> {
    await this.#sorting;
  }

  #batch(endedBefore: number, now: number): Omit<Moved, 'files' | 'pages'> & { readonly file: string | null } {
    const requests = this.#journal.archive(this.#archive, { endedBefore, now, limit: batchThreads });
    if (requests.file !== null) return { ...requests, threads: requests.threads.length, messages: 0 };
    return { threads: 0, ...this.#journal.archiveMail(this.#archive, { endedBefore, now, limit: batchMessages }) };
  }

  #sort(): Promise<number> {
    return sortAway(this.#archive, (id) => this.#journal.archived(id)?.file.slice(0, '2026-11'.length) ?? null);
  }
}
