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
/** Nor is any other before so many: while messages come in many threads, they take the time, and not the files. */
const turnFactor = 9;
const longestTurnMs = 250;
/** Whoever stops a bridge does not wait for the files of half a million messages: those took minutes. */
const lastLimitMs = 2_000;

/** A time in which something waits; `end` has it over at once. */
interface Rest {
  readonly over: Promise<void>;
  end(): void;
}

/** The files that repeat what the journal has of mail: a page for each thread, and the log of who wrote to whom. */
export class MailViews {
  readonly #home: string;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #say: (text: string) => void;
  /** by name within the state directory: what is to be written, in the order in which it changed */
  readonly #due = new Set<string>();
  /** what was written so recently that it waits */
  readonly #resting = new Map<string, Rest>();
  #turn: Rest | null = null;
  /** writes what is due, one after the other; null while nothing is that may be written */
  #writer: Promise<void> | null = null;
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
    for (let next = this.#unfinished(); next !== null; next = this.#unfinished()) await next;
  }

  #unfinished(): Promise<unknown> | null {
    this.#goOn();
    return (
      this.#writer ?? (this.#due.size > 0 ? Promise.race([...this.#resting.values()].map(({ over }) => over)) : null)
    );
  }

  /** The same, for the last time: nothing is said any more. What would take long is written by whoever comes next. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const rest of [...this.#resting.values(), this.#turn]) rest?.end();
    let forget = () => {};
    const isLong = new Promise<void>((resolve) => {
      forget = this.#clock.after(lastLimitMs, resolve);
    });
    await Promise.race([this.idle(), isLong]);
    // a command that is over would wait for it
    forget();
  }

  /** What changes while it is written is written once more. */
  #write(name: string): void {
    this.#due.add(name);
    this.#goOn();
  }

  #goOn(): void {
    if (this.#writer === null && this.#next() !== null) this.#writer = this.#writeAll();
  }

  #next(): string | null {
    for (const name of this.#due) if (this.#closed || !this.#resting.has(name)) return name;
    return null;
  }

  async #writeAll(): Promise<void> {
    // not at once: whoever tells of a change may be in the transaction that makes it
    await new Promise((resolve) => setImmediate(resolve));
    for (let name = this.#next(); name !== null; name = this.#next()) {
      this.#due.delete(name);
      const began = this.#clock.now();
      await this.#writeOne(name);
      if (this.#closed) continue;
      const tookMs = this.#clock.now() - began;
      const rest = this.#rest(tookMs * restFactor);
      this.#resting.set(name, rest);
      void rest.over.then(() => {
        this.#resting.delete(name);
        this.#goOn();
      });
      this.#turn = this.#rest(Math.min(tookMs * turnFactor, longestTurnMs));
      await this.#turn.over;
    }
    this.#writer = null;
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

  #rest(ms: number): Rest {
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      const cancel = this.#clock.after(Math.max(0, ms), resolve);
      end = () => {
        cancel();
        resolve();
      };
    });
    return { over, end };
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
