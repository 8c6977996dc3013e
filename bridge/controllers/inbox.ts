import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Documents } from '../core/documents.ts';
import type { RequestId } from '../core/ids.ts';
import type { MessageId } from '../core/message.ts';
import { factsOf, identityOf, readAnswerFile } from './answer-file.ts';
import { ensureFolder, isThere, moveAside, writeWhole } from './mailbox-folders.ts';

/** What a page shows: a request, or a message to the person. */
export type PageId = RequestId | MessageId;

interface Page {
  readonly name: string;
  readonly text: string;
  /** the state of the file that was seen last to hold this text */
  identity: string;
  isEdited: boolean;
}

/** digests of the pages that stand there, by request */
const pagesKey = 'inbox-pages';

/** The pages in `inbox/`: written whole, written again if the folder is lost, and nothing that a person wrote there is lost. */
export class Inbox {
  readonly folder: string;
  readonly #archive: string;
  readonly #onEdited: (id: PageId, file: string) => void;
  readonly #memory: Documents | null;
  readonly #pages = new Map<PageId, Page>();

  /** @param parts.onEdited a person wrote into a page: once for each page */
  constructor(parts: {
    folder: string;
    archive: string;
    memory: Documents | undefined;
    onEdited: (id: PageId, file: string) => void;
  }) {
    this.folder = parts.folder;
    this.#archive = parts.archive;
    this.#memory = parts.memory ?? null;
    this.#onEdited = parts.onEdited;
  }

  /** @param name of its file */
  async publish(id: PageId, name: string, text: string): Promise<void> {
    const file = join(this.folder, name);
    const before = this.#pages.get(id);
    if (before?.text === text && (await factsOf(file)) !== null) return;
    ensureFolder(this.folder);
    const standing = isThere(file) ? await readAnswerFile(file) : null;
    const isOurs =
      standing?.is !== 'text' || standing.text === before?.text || this.#isAsWritten(id, standing.text, text);
    if (!isOurs) await this.#keepEdit(id, name);
    await this.#write(id, name, text, before?.isEdited === true || !isOurs);
  }

  forget(id: PageId): void {
    this.#pages.delete(id);
    this.#remember(id, null);
  }

  /** An earlier bridge wrote it: why it was asked, and what more there is to say of it, may be otherwise now. */
  #isAsWritten(id: PageId, standing: string, text: string): boolean {
    const known = this.#memory?.memory<Record<string, string>>(pagesKey)?.[id];
    return known === digestOf(standing) || bodyOf(standing) === bodyOf(text);
  }

  #remember(id: PageId, text: string | null): void {
    const { [id]: before, ...others } = this.#memory?.memory<Record<string, string>>(pagesKey) ?? {};
    const now = text === null ? undefined : digestOf(text);
    if (before !== now) this.#memory?.saveMemory(pagesKey, { ...others, ...(now && { [id]: now }) });
  }

  ids(): PageId[] {
    return [...this.#pages.keys()];
  }

  async writeAgain(id: PageId): Promise<void> {
    const page = this.#pages.get(id);
    if (page !== undefined) await this.#write(id, page.name, page.text, page.isEdited);
  }

  /** Notices that a page is not any more what was written. */
  async lookAt(id: PageId): Promise<void> {
    const page = this.#pages.get(id);
    if (page === undefined || page.isEdited) return;
    const file = join(this.folder, page.name);
    const facts = await factsOf(file);
    if (facts === null || identityOf(facts) === page.identity) return;
    const standing = await readAnswerFile(file);
    if (standing.is !== 'text') return;
    page.identity = identityOf(facts);
    if (standing.text === page.text) return;
    page.isEdited = true;
    this.#onEdited(id, file);
  }

  /** What is written over is put away: the words may be an answer in the wrong place. */
  async #keepEdit(id: PageId, name: string): Promise<void> {
    ensureFolder(this.#archive);
    const kept = await moveAside(join(this.folder, name), this.#archive, name);
    if (kept !== null) this.#onEdited(id, kept);
  }

  async #write(id: PageId, name: string, text: string, isEdited: boolean): Promise<void> {
    await writeWhole(this.folder, name, text);
    this.#remember(id, text);
    const facts = await factsOf(join(this.folder, name));
    this.#pages.set(id, { name, text, identity: facts === null ? '' : identityOf(facts), isEdited });
  }
}

function digestOf(page: string): string {
  return createHash('sha256').update(page).digest('hex').slice(0, 16);
}

/** Without the front matter, which says why it is asked now. */
function bodyOf(page: string): string {
  return page.replace(/^---\n[\s\S]*?\n---\n/, '').trim();
}
