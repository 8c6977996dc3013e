import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/failure.ts';
import { entryOf, fileOfThread, mailLogName } from '../core/mail-lines.ts';
import { mailRecord, mailRecordLine } from '../core/mail-record.ts';
import type { Journal } from '../journal/journal.ts';
import { type Pages, removeDrafts, ViewFile } from './view-file.ts';

/** So many entries are read at once: whoever types waits for that. */
const pageEntries = 200;
/** So many threads are looked after in a second: whether somebody has touched their files. */
const threadsAtOnce = 20;
/** A file is not written again before so many times as long as the last time took: a long thread must not keep a disk busy. */
const restFactor = 20;
/** Whoever stops a bridge does not wait for the files of half a million messages: those took minutes. */
const lastLimitMs = 2_000;

/** The files that repeat what the journal has of mail: a page for each thread, and the log of who wrote to whom. */
export class MailViews {
  readonly #home: string;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #say: (text: string) => void;
  /** by name within the state directory: what is written now or soon */
  readonly #busy = new Map<string, Promise<void>>();
  readonly #changed = new Set<string>();
  /** what was said of a file that cannot be written, until it can */
  readonly #said = new Map<string, string>();
  #lookedAt = '';
  #isTidy = false;
  #closed = false;

  constructor(parts: { home: string; journal: Journal; clock: Clock; say: (text: string) => void }) {
    this.#home = parts.home;
    this.#journal = parts.journal;
    this.#clock = parts.clock;
    this.#say = parts.say;
  }

  /** Something was written in this thread. */
  written(thread: string): void {
    const name = fileOfThread(thread);
    if (name !== null) this.#write(name);
  }

  /** What became of a message is written down. */
  logged(): void {
    this.#write(mailLogName);
  }

  /** Whoever has edited or deleted a file finds it as it was, soon. */
  tick(): void {
    if (!this.#isTidy) this.#tidy();
    const names = this.#journal.mail.threadNamesAfter(this.#lookedAt, threadsAtOnce);
    this.#lookedAt = names.length < threadsAtOnce ? '' : names.at(-1)!;
    for (const name of [...names.flatMap((thread) => fileOfThread(thread) ?? []), mailLogName])
      if (this.#file(name)?.isCurrent() === false) this.#write(name);
  }

  #tidy(): void {
    this.#isTidy = true;
    removeDrafts(this.#home, false);
    removeDrafts(join(this.#home, 'threads'), true);
  }

  /** Resolves when all of it is written, as far as it can be. */
  async idle(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy.values());
  }

  /** The same, for the last time: nothing is said any more. What would take long is written by whoever comes next. */
  async close(): Promise<void> {
    this.#closed = true;
    let forget = () => {};
    const isLong = new Promise<void>((resolve) => {
      forget = this.#clock.after(lastLimitMs, resolve);
    });
    await Promise.race([this.idle(), isLong]);
    // a command that is over would wait for it
    forget();
  }

  /** One writer of a file at a time; what changes meanwhile is written afterwards. */
  #write(name: string): void {
    this.#changed.add(name);
    if (this.#busy.has(name)) return;
    const work = async () => {
      // not at once: whoever tells of a change may be in the transaction that makes it
      await new Promise((resolve) => setImmediate(resolve));
      while (this.#changed.delete(name)) {
        const began = this.#clock.now();
        await this.#writeOne(name);
        if (!this.#closed) await this.#rest((this.#clock.now() - began) * restFactor);
      }
      this.#busy.delete(name);
    };
    this.#busy.set(name, work());
  }

  async #writeOne(name: string): Promise<void> {
    try {
      await this.#file(name)?.write();
      this.#said.delete(name);
    } catch (fault) {
      // what the journal has is safe; the next tick tries again
      const text = `${join(this.#home, name)} cannot be written: ${messageOf(fault)}; nothing is lost, the journal has it`;
      if (this.#said.get(name) !== text && !this.#closed) this.#say(text);
      this.#said.set(name, text);
    }
  }

  #file(name: string): ViewFile | null {
    return mailFile(this.#home, this.#journal, name);
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(Math.max(0, ms), resolve));
  }
}

/** One of these files, by its path in the state directory; null where it is none of them. */
export function mailFile(root: string, journal: Journal, name: string): ViewFile | null {
  if (name === mailLogName)
    return new ViewFile({ root, name, pages: logPages(journal), memory: journal, isAppended: true });
  const thread = /^threads\/(.+)\.md$/.exec(name)?.[1];
  if (thread === undefined || fileOfThread(thread) !== name) return null;
  return new ViewFile({ root, name, pages: threadPages(journal, thread), memory: journal, isAppended: false });
}

function threadPages({ mail }: Journal, thread: string): Pages {
  return {
    after(seq) {
      const entries = mail.entriesAfter(thread, seq, pageEntries);
      if (entries.length === 0) return null;
      return { text: entries.map(({ message }) => entryOf(message)).join(''), seq: entries.at(-1)!.seq };
    },
  };
}

function logPages({ mail }: Journal): Pages {
  return {
    after(seq) {
      const events = mail.history.events({ after: seq, limit: pageEntries });
      if (events.length === 0) return null;
      const records = events.map((event) => mailRecordLine(mailRecord(event, (id) => mail.message(id))));
      return { text: records.join(''), seq: events.at(-1)!.seq };
    },
  };
}
