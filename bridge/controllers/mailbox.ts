import type { Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import type { Clock } from '../core/clock.ts';
import type { Documents } from '../core/documents.ts';
import type { MailboxEvent } from '../core/events.ts';
import { messageOf } from '../core/failure.ts';
import { isMintedId } from '../core/ids.ts';
import type { Message, MessageId } from '../core/message.ts';
import type { Request } from '../core/request.ts';
import { factsOf, identityOf, readAnswerFile } from './answer-file.ts';
import { holderOf } from './file-holders.ts';
import { Inbox, type PageId } from './inbox.ts';
import { ensureFolder, moveAside, reapHalfWritten } from './mailbox-folders.ts';
import { messagePage, readAnswer, renderMessage, renderRequest, requestPage } from './mailbox-page.ts';
import { PutAway } from './put-away.ts';

/** A file is complete once its size and time have not changed for this long. */
const stillMs = 300;
/** The watcher answers at once; this finds what a watcher misses (network folders, a folder that was replaced). */
const rescanMs = 3_000;
/** After a restart settled pairs are put away; only what it leaves is worth a word. */
const endedGraceMs = 2_000;
const namesLimit = 2_000;
/** Whoever has a file open that long is named; the file is waited for all the same. */
const heldLongMs = 10_000;
const refusedKey = 'mailbox-refused';

export interface MailboxSetting {
  readonly home: string;
  readonly clock: Clock;
  /** what the clock tells that dates files, in milliseconds since the epoch; left out: `clock` */
  fileTime?(): number;
  state(id: PageId): 'open' | 'ended' | 'unknown';
  /** the one request that the end of an id names */
  resolve?(end: string): PageId | 'several' | null;
  /** what has been said of files that stay where they are, and which pages were written */
  readonly memory?: Documents;
  on(event: MailboxEvent): void;
  /** false sends a person's answer whole, headers and notes too */
  readonly split?: boolean;
}

/**
 * The human's mailbox: requests as files in `inbox/`, answers as files in `outbox/`, settled pairs in `archive/`.
 *
 *   file in outbox/ ─► seen ─► still for 300 ms ─► read ─► answer-found ─► (request ends) ─► archive/
 *                              └─► held          └─► answer-refused, left where it is
 */
export class Mailbox {
  readonly #setting: MailboxSetting;
  readonly #inbox: Inbox;
  readonly #outbox: string;
  readonly #archive: string;
  /** what is being done with a request's page */
  readonly #turns = new Map<PageId, Promise<void>>();
  /** name → the file state seen last and since when, and whether it has been judged */
  readonly #seen = new Map<string, { readonly identity: string; readonly sinceMs: number; judged: boolean }>();
  /** name → the content that was told as an answer */
  readonly #reported = new Map<string, string>();
  /** name → since when somebody has it open, and whether that was said */
  readonly #held = new Map<string, { readonly sinceMs: number; isSaid: boolean }>();
  readonly #archived = new PutAway();
  readonly #problems = new Map<string, string>();
  #watcher: { readonly watcher: FSWatcher; readonly inode: number } | null = null;
  #looking: Promise<void> | null = null;
  #lookAgain = false;
  #cancelNextLook: () => void = () => {};
  #open = false;

  constructor(setting: MailboxSetting) {
    this.#setting = setting;
    this.#outbox = join(setting.home, 'outbox');
    this.#archive = join(setting.home, 'archive');
    this.#inbox = new Inbox({
      folder: join(setting.home, 'inbox'),
      archive: this.#archive,
      memory: setting.memory,
      onEdited: (requestId, file) => setting.on({ type: 'page-edited', requestId, file }),
    });
  }

  /** Why the mailbox cannot be used just now; empty when all is well. */
  get problems(): readonly string[] {
    return [...this.#problems].map(([folder, reason]) => `${folder}: ${reason}`);
  }

  /** Begins to watch, after one whole look at what is there already. */
  async start(): Promise<void> {
    this.#open = true;
    if (await this.#usable(this.#inbox.folder)) await reapHalfWritten(this.#inbox.folder);
    await this.#look();
  }

  async close(): Promise<void> {
    this.#open = false;
    this.#cancelNextLook();
    await this.#looking;
    // a command ends as soon as its request has: the page would stay in the inbox
    await Promise.allSettled(this.#turns.values());
    await this.#watcher?.watcher.close();
    this.#watcher = null;
  }

  /** Shows a request to the human. Throws a BridgeError when it cannot be written; nothing half-written stays. */
  async publish(request: Request, why: string): Promise<void> {
    const text = renderRequest(request, why);
    return this.#inTurn(request.id, () => this.#inbox.publish(request.id, requestPage(request.id), text));
  }

  /** Shows a message to the human; written again, it is the same page. @returns its file */
  async publishMessage(message: Message): Promise<string> {
    const name = messagePage(message.id);
    await this.#inTurn(message.id, () => this.#inbox.publish(message.id, name, renderMessage(message)));
    return join(this.#inbox.folder, name);
  }

  /** Puts a message away that the human has read, with his answer. */
  async archiveMessage(id: MessageId): Promise<void> {
    return this.#inTurn(id, () => this.#putAway(id, messagePage(id)));
  }

  /** Puts an ended request's files away. A file that came after the answer was taken stays, and is reported. */
  async archive(request: Request): Promise<void> {
    return this.#inTurn(request.id, () => this.#putAway(request.id, requestPage(request.id)));
  }

  /** One thing at a time is done with a request's page: a page that is still being written would stay in the inbox. */
  #inTurn(id: PageId, work: () => Promise<void>): Promise<void> {
    // begun at once where nothing is being done with it: whoever waits for the page does not wait for anything else first
    const turn = this.#turns.get(id)?.then(work, work) ?? work();
    this.#turns.set(id, turn);
    const leave = () => {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    };
    turn.then(leave, leave);
    return turn;
  }

  async #putAway(id: PageId, page: string): Promise<void> {
    this.#inbox.forget(id);
    if (!isMintedId(id)) return;
    ensureFolder(this.#archive);
    await moveAside(join(this.#inbox.folder, page), this.#archive, page);
    for (const name of await this.#answersTo(id)) {
      const facts = await factsOf(join(this.#outbox, name));
      const seen = this.#seen.get(name);
      const changed = facts !== null && seen?.judged === true && seen.identity !== identityOf(facts);
      const isUnread = facts !== null && seen?.judged !== true;
      if (changed || (isUnread && !(await this.#takeLate(name, id)))) continue;
      const place = await moveAside(join(this.#outbox, name), this.#archive, `${id}.response${extname(name)}`);
      if (place !== null && facts !== null) this.#archived.note(place, facts.size, this.#setting.clock.now());
    }
  }

  /** The files in outbox/ that are named for this request, by its whole id or the end of it. */
  async #answersTo(id: PageId): Promise<string[]> {
    const names = await readdir(this.#outbox).catch(() => [] as string[]);
    return names.filter((name) => !isIgnored(name) && id.endsWith(idPart(name) ?? ' ') && this.#idIn(name) === id);
  }

  /**
   * An answer that lay there while its request ended, and that nobody has read: it is told like any other, so that it is
   * kept, and whoever wrote it hears that it came too late. @returns false for a file that stays where it is
   */
  async #takeLate(name: string, requestId: PageId): Promise<boolean> {
    const file = join(this.#outbox, name);
    const facts = await this.#whole(file);
    if (facts === null) return false;
    const read = await readAnswerFile(file);
    const page = read.is === 'text' ? readAnswer(read.text, requestId, this.#setting.split ?? true) : null;
    if (page === null || page.is === 'refused') return false;
    if (page.is === 'answer') this.#report(name, contentOf(facts), { requestId, file, ...page });
    return true;
  }

  /** Once for each state of a file: a look and the end of its request may both have read it just then. */
  #report(
    name: string,
    content: string,
    { requestId, file, instructions, notes }: Omit<Extract<MailboxEvent, { type: 'answer-found' }>, 'type'>,
  ): void {
    if (this.#reported.get(name) === content) return;
    this.#reported.set(name, content);
    this.#setting.on({ type: 'answer-found', requestId, instructions, notes, file });
  }

  /** The facts of a file that is complete; a moment is waited for it, unless this mailbox is closed. Null where it is not. */
  async #whole(file: string): Promise<Stats | null> {
    let before = '';
    for (let waitedMs = 0; waitedMs <= endedGraceMs; waitedMs += stillMs) {
      const facts = await factsOf(file);
      if (facts === null) return null;
      const identity = identityOf(facts);
      const isStill = this.#ageMs(facts) >= stillMs || identity === before;
      if (isStill && (await this.#holder(basename(file))) === null) return facts;
      if (!this.#open) return null;
      before = identity;
      await new Promise<void>((resolve) => void this.#setting.clock.after(stillMs, resolve));
    }
    return null;
  }

  #ageMs({ mtimeMs }: Stats): number {
    const { clock, fileTime } = this.#setting;
    return (fileTime?.() ?? clock.now()) - mtimeMs;
  }

  async #holder(name: string, beside?: readonly string[]): Promise<string | null> {
    return holderOf(join(this.#outbox, name), beside ?? (await readdir(this.#outbox).catch(() => [])));
  }

  /** One check at a time; a notification during a check causes one more. */
  async #look(): Promise<void> {
    if (this.#looking !== null) {
      this.#lookAgain = true;
      return this.#looking;
    }
    this.#cancelNextLook();
    this.#looking = this.#lookOnce().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    let nextMs = rescanMs;
    do {
      this.#lookAgain = false;
      await this.#keepInbox();
      nextMs = (await this.#usable(this.#outbox)) ? await this.#readOutbox() : rescanMs;
    } while (this.#lookAgain && this.#open);
    if (!this.#open) return;
    this.#cancelNextLook = this.#setting.clock.after(nextMs, () => void this.#look());
  }

  async #keepInbox(): Promise<void> {
    const inbox = this.#inbox;
    await this.#attempt(inbox.folder, async () => {
      const isNew = ensureFolder(inbox.folder);
      for (const id of inbox.ids()) await this.#inTurn(id, () => (isNew ? inbox.writeAgain(id) : inbox.lookAt(id)));
    });
    await this.#usable(this.#archive);
    const grown = await this.#archived.grown(this.#setting.clock.now());
    for (const file of grown) this.#setting.on({ type: 'answer-grew', file });
  }

  /** @returns when to look again */
  async #readOutbox(): Promise<number> {
    let nextMs = rescanMs;
    await this.#attempt(this.#outbox, async () => {
      await this.#keepWatching();
      const all = await readdir(this.#outbox);
      const names = all.filter((name) => !isIgnored(name)).slice(0, namesLimit);
      for (const name of [...this.#seen.keys()]) {
        if (names.includes(name)) continue;
        for (const known of [this.#seen, this.#reported, this.#held]) known.delete(name);
      }
      for (const name of names) nextMs = Math.min(nextMs, await this.#consider(name, all));
    });
    return nextMs;
  }

  /** Judges a file once it is complete. @returns when to look at it again */
  async #consider(name: string, beside: readonly string[]): Promise<number> {
    const facts = await factsOf(join(this.#outbox, name));
    if (facts === null) return rescanMs;
    const nowMs = this.#setting.clock.now();
    const identity = identityOf(facts);
    const before = this.#seen.get(name);
    const seen = before?.identity === identity ? before : { identity, sinceMs: nowMs, judged: false };
    this.#seen.set(name, seen);
    if (seen.judged) return rescanMs;
    // its own time tells as well: a file written a while ago and renamed in is complete at once
    const stillForMs = Math.max(nowMs - seen.sinceMs, this.#ageMs(facts));
    if (stillForMs < stillMs) return stillMs - Math.max(0, stillForMs) + 5;
    if (nowMs - seen.sinceMs < endedGraceMs && this.#stateOf(name) === 'ended') return stillMs;
    if (await this.#isHeld(name, beside, nowMs)) return stillMs;
    // its request may have ended since: what puts that away takes this with it
    const isNew = nowMs - seen.sinceMs < endedGraceMs;
    seen.judged = !(isNew && this.#stateOf(name) === 'ended') && (await this.#judge(name, contentOf(facts)));
    return seen.judged ? rescanMs : stillMs;
  }

  /** Whoever has it open may go on writing: it is not complete, however still it lies. */
  async #isHeld(name: string, beside: readonly string[], nowMs: number): Promise<boolean> {
    const holder = await this.#holder(name, beside);
    if (holder === null) {
      this.#held.delete(name);
      return false;
    }
    const held = this.#held.get(name) ?? { sinceMs: nowMs, isSaid: false };
    this.#held.set(name, held);
    if (nowMs - held.sinceMs >= heldLongMs && !held.isSaid) {
      held.isSaid = true;
      this.#setting.on({ type: 'answer-held', file: join(this.#outbox, name), reason: holder });
    }
    return true;
  }

  #stateOf(name: string): 'open' | 'ended' | 'unknown' {
    const id = this.#idIn(name);
    return id === null || id === 'several' ? 'unknown' : this.#setting.state(id);
  }

  /** The request that a file's name is for: by its id, or by the end of it as people type it. */
  #idIn(name: string): PageId | 'several' | null {
    const given = idPart(name);
    if (given === null) return null;
    if (isMintedId(given)) return given as PageId;
    return /^[0-9A-Za-z.-]{4,}$/.test(given) ? (this.#setting.resolve?.(given) ?? null) : null;
  }

  /** @returns false when the file changed meanwhile and has to be looked at again */
  async #judge(name: string, content: string): Promise<boolean> {
    const file = join(this.#outbox, name);
    const refuse = (reason: string) => {
      this.#refuse(name, content, reason);
      return true;
    };
    const requestId = this.#idIn(name);
    if (requestId === 'several') return refuse('its name fits several requests: use more of the id');
    if (requestId === null) {
      const named = name.match(/\.response\.(?:md|txt)$/);
      return refuse(
        named ? 'its name holds no request id' : 'it is not named <request id>.response.md or .response.txt',
      );
    }
    const state = this.#stateOf(name);
    if (state === 'unknown') return refuse('no request has this id');
    if (state === 'ended') return refuse('its request has ended already');
    const read = await readAnswerFile(file);
    if (read.is === 'moving') return false;
    if (read.is === 'refused') return refuse(read.reason);
    const page = readAnswer(read.text, requestId, this.#setting.split ?? true);
    if (page.is === 'refused') return refuse(page.reason);
    if (page.is === 'arrived') {
      this.#setting.on({ type: 'arrival-found', requestId, file });
      return true;
    }
    this.#report(name, content, { requestId, file, ...page });
    return true;
  }

  /** Once for each state of a file, which a restart does not change. */
  #refuse(name: string, content: string, reason: string): void {
    const said = this.#setting.memory?.memory<Record<string, string>>(refusedKey) ?? {};
    const word = `${content} ${reason}`;
    if (said[name] === word) return;
    const kept = Object.entries(said).filter(([other]) => this.#seen.has(other));
    this.#setting.memory?.saveMemory(refusedKey, { ...Object.fromEntries(kept), [name]: word });
    this.#setting.on({ type: 'answer-refused', file: join(this.#outbox, name), reason });
  }

  /** A folder that was removed and made again is another folder to the system, and has to be watched anew. */
  async #keepWatching(): Promise<void> {
    const facts = await factsOf(this.#outbox);
    if (facts === null || !this.#open || this.#watcher?.inode === facts.ino) return;
    await this.#watcher?.watcher.close();
    const watcher = watch(this.#outbox, { depth: 0, ignoreInitial: true, followSymlinks: false });
    watcher.on('all', () => void this.#look());
    watcher.on('ready', () => void this.#look()); // what came before is not rung for
    watcher.on('error', (fault) =>
      this.#problem(this.#outbox, `cannot be watched (${messageOf(fault)}); looked at every 3 s`),
    );
    this.#watcher = { watcher, inode: facts.ino };
  }

  async #usable(folder: string): Promise<boolean> {
    return this.#attempt(folder, async () => {
      ensureFolder(folder);
    });
  }

  /** A fault of a folder is said once, and its end is noticed. */
  async #attempt(folder: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.#problems.delete(folder);
      return true;
    } catch (fault) {
      this.#problem(folder, messageOf(fault));
      return false;
    }
  }

  #problem(folder: string, reason: string): void {
    if (this.#problems.get(folder) === reason) return;
    this.#problems.set(folder, reason);
    this.#setting.on({ type: 'mailbox-problem', file: folder, reason });
  }
}

/** What tells one answer from another in the same place; not its mode, which is closed just before it is put away. */
function contentOf({ dev, ino, size, mtimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs].join(':');
}

/** What stands in a name where a request's id belongs. */
function idPart(name: string): string | null {
  return /^(.+)\.response\.(?:md|txt)$/.exec(name)?.[1] ?? null;
}

/** Hidden files, backups, swap and part files of editors and copying programs: never answers, never worth a word. */
function isIgnored(name: string): boolean {
  return /^[.#~]|~$|^4913$|\.(?:sw[a-z]|tmp|temp|part|partial|crdownload|bak|orig|lock)$/i.test(name);
}
