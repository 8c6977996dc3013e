import type { Clock } from '../../../core/clock.ts';
import type { ChatStatus } from './shapes.ts';

/** Who says nothing for so long, and has no socket open, is offline. */
const offlineAfterMs = 120_000;
const lookEveryMs = 30_000;

interface Seen {
  readonly said: 'idle' | 'working' | null;
  readonly at: number;
}

/** Which of agent-chat's agents are there: kept as long as the server is open. A status that has changed is told. */
export class Presence {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #isConnected: (name: string) => boolean;
  readonly #changed: (name: string, status: ChatStatus) => void;
  readonly #seen = new Map<string, Seen>();
  readonly #told = new Map<string, ChatStatus>();
  readonly #timer: NodeJS.Timeout;

  constructor(parts: {
    clock: Pick<Clock, 'now'>;
    isConnected: (name: string) => boolean;
    changed: (name: string, status: ChatStatus) => void;
  }) {
    this.#clock = parts.clock;
    this.#isConnected = parts.isConnected;
    this.#changed = parts.changed;
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
    this.#timer.unref();
  }

  statusOf(name: string): ChatStatus {
    const seen = this.#seen.get(name);
    if (seen === undefined) return 'offline';
    const isThere = this.#clock.now() - seen.at < offlineAfterMs || this.#isConnected(name);
    return isThere ? (seen.said ?? 'online') : 'offline';
  }

  /** Null where nothing was heard of it since the server was opened. */
  seenAt(name: string): number | null {
    return this.#seen.get(name)?.at ?? null;
  }

  /** It has called. */
  seen(name: string): void {
    const isBack = this.statusOf(name) === 'offline';
    this.#put(name, isBack ? null : this.#seen.get(name)!.said);
  }

  says(name: string, said: 'idle' | 'working'): void {
    this.#put(name, said);
  }

  /** The name is nobody's any more. */
  gone(name: string): void {
    this.#seen.delete(name);
    this.#tell(name);
    this.#told.delete(name);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #put(name: string, said: Seen['said']): void {
    this.#seen.set(name, { said, at: this.#clock.now() });
    this.#tell(name);
  }

  #look(): void {
    for (const name of this.#seen.keys()) this.#tell(name);
  }

  #tell(name: string): void {
    const status = this.statusOf(name);
    if ((this.#told.get(name) ?? 'offline') === status) return;
    this.#told.set(name, status);
    this.#changed(name, status);
  }
}
