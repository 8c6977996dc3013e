import type { PaneIdentity } from '../../core/pane.ts';
import type { Writer } from '../../core/typed-note.ts';
import type { Locks, PaneLock } from '../../delivery/pane-io.ts';
import { type Claim, claimIn } from '../../tmux/claim.ts';
import type { PaneClaims, Taken } from '../../tmux/pane-claims.ts';
import type { TmuxServers } from '../../tmux/servers.ts';
import { isNote, writerName } from '../../tmux/typed-notes.ts';
import { leftTyping, withClient } from '../pane-claims.ts';

interface ClaimedLock extends PaneLock {
  release(how: { isSettled: boolean }): Promise<void>;
}

/**
 * One writer per pane: the lock of a file among those that share our runtime folder, and a claim on the pane among all that
 * reach its server. One command of tmux before the delivery, and one after it.
 */
export class WriterLocks implements Locks {
  readonly #files: Locks;
  readonly #writers: PaneClaims;
  readonly #servers: Pick<TmuxServers, 'at' | 'notifyFor'>;

  readonly #leftBy: (pane: PaneIdentity, claim: Claim) => void;

  /** @param parts.leftBy a bridge elsewhere died here as the writer: it may have typed what nobody saw the end of */
  constructor(parts: {
    files: Locks;
    writers: PaneClaims;
    servers: Pick<TmuxServers, 'at' | 'notifyFor'>;
    leftBy: (pane: PaneIdentity, claim: Claim) => void;
  }) {
    this.#leftBy = parts.leftBy;
    this.#files = parts.files;
    this.#writers = parts.writers;
    this.#servers = parts.servers;
  }

  async tryAcquire(identity: PaneIdentity): Promise<ClaimedLock | null> {
    const file = await this.#files.tryAcquire(identity);
    if (file === null) return null;
    let claimed: ClaimedLock | null = null;
    try {
      claimed = await this.#claim(identity);
    } finally {
      if (claimed === null) await file.release({ isSettled: true });
    }
    if (claimed === null) return null;
    const { release } = claimed;
    return { ...claimed, release: (how) => release(how).finally(() => file.release(how)) };
  }

  /** null while another bridge types there. */
  async #claim(pane: PaneIdentity): Promise<ClaimedLock | null> {
    const reached = await withClient(this.#servers, pane);
    // whoever looks at the pane next says that it is gone
    if (reached === null) return { release: async () => {} };
    const { server, done } = reached;
    let taken: Taken | null = null;
    try {
      taken = await this.#writers.takeOne(server, pane.paneId);
    } finally {
      if (taken === null || taken.is === 'theirs') done();
    }
    if (taken.is === 'theirs') return null;
    const text = this.#writers.text(server, pane.paneId);
    const left = taken.is === 'ours' ? leftTyping(taken, text) : null;
    if (left !== null) this.#leftBy(pane, left);
    const writer = writerOf(text, taken);
    const release: ClaimedLock['release'] = ({ isSettled }) =>
      this.#writers.free(server, [pane.paneId], { keepsBeside: !isSettled }).finally(done);
    return { release, ...(writer && { writer }) };
  }
}

/** null where nothing could be claimed. */
function writerOf(text: string | null, taken: Taken): Writer | null {
  const claim = text === null ? null : claimIn(text);
  if (claim === null || taken.is !== 'ours') return null;
  const { beside = '' } = taken;
  return { claim: text!, name: writerName(claim), found: isNote(beside) ? beside : null };
}
