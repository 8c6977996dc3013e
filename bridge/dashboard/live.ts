import type { JournalEvent } from '../core/journal-event.ts';

/** `first`: not yet; `lost`: it is tried again. */
export type Connection = 'first' | 'live' | 'lost';

interface Listener {
  /** something was journaled */
  heard?(event: JournalEvent): void;
  /** the connection is another one now */
  turned?(connection: Connection): void;
}

const firstWaitMs = 200;
const longestWaitMs = 2_000;
/** The server greets at once; one that does not is gone, whatever the network says. */
const greetingLimitMs = 5_000;

/** What is journaled, as it happens. After a cut it goes on behind the last event that was heard: nothing is missed, nothing comes twice. */
class Live {
  #cursor: number | null = null;
  #connection: Connection = 'first';
  #waitMs = firstWaitMs;
  readonly #listeners = new Set<Listener>();

  get connection(): Connection {
    return this.#connection;
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  open(): void {
    const after = this.#cursor === null ? '' : `?after=${this.#cursor}`;
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/events${after}`);
    const cut = setTimeout(() => socket.close(), greetingLimitMs);
    const leave = () => socket.close();
    socket.addEventListener('message', ({ data }) => {
      const told = JSON.parse(String(data)) as { hello?: { cursor: number }; cursor?: number; event?: JournalEvent };
      if (told.hello !== undefined) {
        clearTimeout(cut);
        // another journal stands there now, as after a backup was restored
        if (this.#cursor === null || told.hello.cursor < this.#cursor) this.#cursor = told.hello.cursor;
        this.#waitMs = firstWaitMs;
        this.#turn('live');
      } else if (told.event !== undefined) {
        this.#cursor = told.cursor!;
        for (const { heard } of this.#listeners) heard?.(told.event);
      }
    });
    socket.addEventListener('close', () => {
      clearTimeout(cut);
      removeEventListener('offline', leave);
      this.#turn('lost');
      setTimeout(() => this.#again(), this.#waitMs);
      this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2);
    });
    addEventListener('offline', leave);
  }

  /** A browser does not say why a socket was refused: a plain question does. */
  #again(): void {
    fetch('/api/v1/whoami').then(
      ({ status }) => (status === 401 ? location.assign('/login') : this.open()),
      () => setTimeout(() => this.#again(), this.#waitMs),
    );
  }

  #turn(connection: Connection): void {
    if (connection === this.#connection) return;
    this.#connection = connection;
    for (const { turned } of this.#listeners) turned?.(connection);
  }
}

export const live = new Live();
