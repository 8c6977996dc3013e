import { identityKey, type PaneIdentity } from '../core/pane.ts';
import { Locks } from './locks.ts';

/** One writer per pane, whatever number of bridges, homes and commands there are. */
export class PaneLocks {
  readonly #locks: Locks;

  constructor(folder?: string) {
    this.#locks = new Locks(folder);
  }

  /** null while somebody else holds it. @throws BridgeError where the folder cannot be trusted or used */
  async tryAcquire(identity: PaneIdentity): Promise<{ release(): void } | null> {
    return this.#locks.tryAcquire(identityKey(identity));
  }
}
