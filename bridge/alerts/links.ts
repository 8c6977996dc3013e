import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { Documents } from '../core/documents.ts';
import type { RequestId } from '../core/ids.ts';
import { doubtOf, type Request } from '../core/request.ts';

/** A link as it is kept: its code cannot be told from the hash. */
interface KeptLink {
  readonly hash: string;
  readonly request: RequestId;
  /** `digestOf` the request when the link was made */
  readonly digest: string;
  readonly madeAt: number;
  readonly expiresAt: number;
}

/** Where a restored journal has them ended. */
export const linksKey = 'alert-links';
const mostLinks = 200;
/** Random bits of a code: with 200 that count, and a million guesses in each second, one is found in some 10^42 years. */
const codeBits = 192;

/**
 * Codes that open one request each, to see it and to answer it once. A code counts while its request waits for the person, as it
 * stood when the code was made; whatever ends that ends the code, and so does its time. Nobody finds one by guessing (`codeBits`), so
 * whoever has one that counts need not wait for those who guess.
 */
export class ActionLinks {
  readonly #memory: Documents;
  readonly #clock: Clock;
  readonly #requestOf: (id: RequestId) => Request | null;
  readonly #lastsMs: number;

  constructor(parts: {
    memory: Documents;
    clock: Clock;
    requestOf: (id: RequestId) => Request | null;
    /** how long a link counts */
    lastsMs: number;
  }) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#requestOf = parts.requestOf;
    this.#lastsMs = parts.lastsMs;
  }

  /** @returns the code, which is told this once; null where the request waits for no answer of the person's */
  mint(id: RequestId): string | null {
    const request = this.#requestOf(id);
    if (request === null || !isDecidable(request)) return null;
    const code = randomBytes(codeBits / 8).toString('base64url');
    const madeAt = this.#clock.now();
    const digest = digestOf(request);
    const link = { hash: hashOf(code), request: id, digest, madeAt, expiresAt: madeAt + this.#lastsMs };
    this.#save([...this.#kept().filter((one) => this.#isInTime(one)), link].slice(-mostLinks));
    return code;
  }

  /** The request that it opens; null where it is unknown, used or too old, or its request has changed or been settled. */
  requestOf(code: string): Request | null {
    const link = this.#linkOf(code);
    if (link === null || !this.#isInTime(link)) return null;
    const request = this.#requestOf(link.request);
    return request !== null && isDecidable(request) && digestOf(request) === link.digest ? request : null;
  }

  /** Looked up in the same time, whatever the code has of a kept one. */
  #linkOf(code: string): KeptLink | null {
    const hash = Buffer.from(hashOf(code));
    let found: KeptLink | null = null;
    for (const link of this.#kept()) if (timingSafeEqual(Buffer.from(link.hash), hash)) found = link;
    return found;
  }

  /** No link to this request opens it any more. */
  end(id: string): void {
    const kept = this.#kept();
    const left = kept.filter(({ request }) => request !== id);
    if (left.length < kept.length) this.#save(left);
  }

  /** One that is still to come was made by a clock that has been set back since. */
  #isInTime({ madeAt, expiresAt }: KeptLink): boolean {
    const now = this.#clock.now();
    return madeAt <= now && now < expiresAt;
  }

  #kept(): readonly KeptLink[] {
    return this.#memory.memory<readonly KeptLink[]>(linksKey) ?? [];
  }

  #save(links: readonly KeptLink[]): void {
    this.#memory.saveMemory(linksKey, links);
  }
}

/** An answer in doubt is decided by who looks at the pane. */
function isDecidable(request: Request): boolean {
  const { state } = request;
  return state.is === 'asked' && state.of === 'human' && doubtOf(request) === null;
}

/** What a person decides about, to the letter: another question or dialog has another. */
function digestOf({ id, kind, text, dialog, openedAt }: Request): string {
  const shown = dialog && {
    ...{ kind: dialog.kind, question: dialog.question, subject: dialog.subject, fingerprint: dialog.fingerprint },
    options: dialog.options.map(({ label, key }) => [label, key]),
  };
  return hashOf(JSON.stringify([id, kind, text, openedAt, shown ?? null]));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
