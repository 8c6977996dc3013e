import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ensureFolder } from '../controllers/mailbox-folders.ts';
import type { Documents } from '../core/documents.ts';

/** What a view is written from: its text from one entry of the journal on. */
export interface Pages {
  /** the text of the next entries after the one of this number, and the number of the last of them; null: there are none */
  after(seq: number): { readonly text: string; readonly seq: number } | null;
}

const draft = /^\..+\.(\d+)-[0-9a-f]{8}\.tmp$/;

/** Takes away what processes that were killed have left of views in this folder and those below. */
export function removeDrafts(folder: string, isDeep: boolean): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const pid = entry.isFile() ? draft.exec(entry.name)?.[1] : undefined;
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, entry.name), { force: true });
    else if (isDeep && entry.isDirectory()) removeDrafts(join(folder, entry.name), true);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** How far the file was written, and what it looked like then: one that looks otherwise was touched by somebody. */
interface Mark {
  readonly seq: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

type Memory = Documents & { transact<T>(work: () => T): T };

/**
 * A file that repeats what the journal has, for people and their tools. It only grows; one that was edited, cut or deleted is
 * written anew. It is 0600, and nothing is written through a link. Several processes may write it: the lock of the journal
 * puts them in an order.
 */
export class ViewFile {
  readonly #root: string;
  readonly #name: string;
  readonly #pages: Pages;
  readonly #memory: Memory;
  readonly #isAppended: boolean;

  /**
   * @param parts.root the state directory; `name`: the path in it, of plain names
   * @param parts.isAppended its readers bear to see an entry being written; else it is replaced as a whole
   */
  constructor(parts: { root: string; name: string; pages: Pages; memory: Memory; isAppended: boolean }) {
    this.#root = parts.root;
    this.#name = parts.name;
    this.#pages = parts.pages;
    this.#memory = parts.memory;
    this.#isAppended = parts.isAppended;
  }

  get path(): string {
    return join(this.#root, this.#name);
  }

  /** Nobody has touched it, and it has all that there is. */
  isCurrent(): boolean {
    const mark = this.#mark();
    return mark === null ? this.#pages.after(0) === null : this.#pages.after(mark.seq) === null;
  }

  /** @throws BridgeError or a system error where it cannot be written; what is there stays as it is */
  async write(): Promise<void> {
    while (!this.isCurrent()) {
      const mark = this.#mark();
      if (mark !== null && this.#isAppended) this.#append();
      else await this.#replace(mark);
    }
  }

  #append(): void {
    this.#memory.transact(() => {
      // another process may have come first
      const mark = this.#mark();
      if (mark === null) return;
      const file = openSync(this.path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
      try {
        this.#remember(this.#writeAfter(mark.seq, file), fstatSync(file));
      } finally {
        closeSync(file);
      }
    });
  }

  async #replace(before: Mark | null): Promise<void> {
    this.#makeFolders();
    const temporary = join(
      dirname(this.path),
      `.${basename(this.path)}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`,
    );
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW | constants.O_APPEND;
    const file = openSync(temporary, flags, 0o600);
    try {
      let seq = 0;
      if (before !== null) {
        await copyFile(this.path, temporary);
        fchmodSync(file, 0o600);
        // another process may have gone on with it meanwhile
        if (fstatSync(file).size !== before.size) return;
        ({ seq } = before);
      }
      for (let page = this.#pages.after(seq); page !== null; page = this.#pages.after(seq)) {
        writeFileSync(file, page.text);
        ({ seq } = page);
        await new Promise((resolve) => setImmediate(resolve));
      }
      this.#memory.transact(() => {
        const last = this.#writeAfter(seq, file);
        renameSync(temporary, this.path);
        this.#remember(last, fstatSync(file));
      });
    } finally {
      closeSync(file);
      rmSync(temporary, { force: true });
    }
  }

  /** @returns the number of the last entry that it holds then */
  #writeAfter(from: number, file: number): number {
    let seq = from;
    for (let page = this.#pages.after(seq); page !== null; page = this.#pages.after(seq)) {
      writeFileSync(file, page.text);
      ({ seq } = page);
    }
    return seq;
  }

  #makeFolders(): void {
    let folder = this.#root;
    for (const part of dirname(this.#name)
      .split('/')
      .filter((part) => part !== '.')) {
      folder = join(folder, part);
      ensureFolder(folder);
    }
  }

  /** Null where the file is not as it was left. */
  #mark(): Mark | null {
    const mark = this.#memory.memory<Mark>(this.#key);
    const facts = mark === null ? undefined : lstatSync(this.path, { throwIfNoEntry: false });
    const isSame =
      facts?.isFile() &&
      (facts.mode & 0o077) === 0 &&
      facts.size === mark?.size &&
      facts.mtimeMs === mark.mtimeMs &&
      facts.ino === mark.inode;
    return isSame === true ? mark : null;
  }

  #remember(seq: number, { size, mtimeMs, ino }: Stats): void {
    this.#memory.saveMemory(this.#key, { seq, size, mtimeMs, inode: ino } satisfies Mark);
  }

  get #key(): string {
    return `view|${this.#name}`;
  }
}
