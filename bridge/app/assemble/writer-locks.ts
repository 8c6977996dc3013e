import type { PaneIdentity } from '../../core/pane.ts';
import type { Locks } from '../../delivery/pane-io.ts';
import type { PaneClaims } from '../../tmux/pane-claims.ts';
import type { TmuxServers } from '../../tmux/servers.ts';
import { withClient } from '../pane-claims.ts';

/**
 * One writer per pane: the lock of a file among those that share our runtime folder, and a claim on the pane among all that
 * reach its server. One command of tmux before the delivery, and one after it.
 */
export class WriterLocks implements Locks {
  readonly #files: Locks;
  readonly #writers: PaneClaims;
  readonly #servers: Pick<TmuxServers, 'at' | 'notifyFor'>;

  constructor(parts: { files: Locks; writers: PaneClaims; servers: Pick<TmuxServers, 'at' | 'notifyFor'> }) {
    this.#files = parts.files;
    this.#writers = parts.writers;
    this.#servers = parts.servers;
  }

  async tryAcquire(identity: PaneIdentity): Promise<{ release(): Promise<void> } | null> {
    const file = await this.#files.tryAcquire(identity);
    if (file === null) return null;
    let release: (() => Promise<void>) | null = null;
    try {
      release = await this.#claim(identity);
    } finally {
      if (release === null) await file.release();
    }
    if (release === null) return null;
    const free = release;
    return { release: () => free().finally(() => file.release()) };
  }

  /** null while another bridge types there. */
  async #claim(pane: PaneIdentity): Promise<(() => Promise<void>) | null> {
    const reached = await withClient(this.#servers, pane);
    // whoever looks at the pane next says that it is gone
    if (reached === null) return async () => {};
    const { server, done } = reached;
    let isOurs = false;
    try {
      isOurs = (await this.#writers.takeOne(server, pane.paneId)).is !== 'theirs';
    } finally {
      if (!isOurs) done();
    }
    return isOurs ? () => this.#writers.free(server, [pane.paneId]).finally(done) : null;
  }
}
