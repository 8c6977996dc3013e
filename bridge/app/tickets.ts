import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Documents } from '../core/documents.ts';
import { usageError } from '../core/failure.ts';

const keyName = 'ticket-key';

/**
 * What stands for a question whose answer somebody fetches later: `ID.SIGNATURE`, which counts only for who asked it. It is signed
 * with a key of the state directory, and nothing of it is kept.
 */
export class Tickets {
  readonly #memory: Documents;

  constructor(parts: { memory: Documents }) {
    this.#memory = parts.memory;
  }

  /** @param holder who asked, by the name under which it is kept */
  give(id: string, holder: string): string {
    return `${id}.${this.#sign(id, holder).toString('base64url')}`;
  }

  /** The id for which it stands. @throws BridgeError where it was not given to this holder, or by nobody */
  idIn(ticket: string, holder: string): string {
    // an id has a dot of its own
    const at = ticket.lastIndexOf('.');
    const [id, signature] = [ticket.slice(0, Math.max(at, 0)), ticket.slice(at + 1)];
    const given = Buffer.from(signature, 'base64url');
    const wanted = this.#sign(id, holder);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
      throw usageError('ticket', 'this one', 'is none of yours', 'it counts only for who asked, as it was given');
    return id;
  }

  #sign(id: string, holder: string): Buffer {
    return createHmac('sha256', this.#key())
      .update(JSON.stringify([id, holder]))
      .digest();
  }

  #key(): string {
    const kept = this.#memory.memory<string>(keyName);
    if (kept !== null) return kept;
    const key = randomBytes(32).toString('base64url');
    this.#memory.saveMemory(keyName, key);
    return key;
  }
}
