import type { WebSocket } from 'ws';
import { safeJson } from '../../core/visible.ts';
import { steadyClock } from '../../host/clock.ts';
import type { HubOptions } from './hub-options.ts';

const askRoomEveryMs = 20;
/** So long what is on its way to it may still be read, and behind that why it is ended. */
export const goodbyeLimitMs = 30_000;
/** A socket that does not answer a ping within this time is gone. */
export const pingEveryMs = 30_000;

/** Of RFC 6455 and its registry: try again later; the server goes away. */
const tryAgainLater = 1013;
export const goingAway = 1001;

/** What a reader may leave unread, and for how long. */
export type Bound = Pick<HubOptions, 'queueBytes' | 'slowAfterMs'>;

/** The writing side of a WebSocket, with a bound on what its reader leaves unread. */
export class SocketReader {
  readonly #socket: WebSocket;
  readonly #bound: Bound;
  readonly #goodbye: () => string;

  /** @param goodbye what a reader is told that is too slow: where it goes on */
  constructor(socket: WebSocket, bound: Bound, goodbye: () => string) {
    this.#socket = socket;
    this.#bound = bound;
    this.#goodbye = goodbye;
  }

  isFull(): boolean {
    return this.#socket.bufferedAmount > this.#bound.queueBytes;
  }

  /** One that does not keep up with what is sent so is ended. */
  send(value: unknown): void {
    this.sendText(safeJson(value));
  }

  sendText(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.isFull()) this.#endSlow();
    else this.#socket.send(text);
  }

  async hasRoom(): Promise<boolean> {
    const isHalf = () => this.#socket.bufferedAmount <= this.#bound.queueBytes / 2;
    for (const giveUpAt = steadyClock.now() + this.#bound.slowAfterMs; !isHalf(); ) {
      if (this.#socket.readyState !== this.#socket.OPEN) return false;
      if (steadyClock.now() >= giveUpAt) {
        this.#endSlow();
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, askRoomEveryMs));
    }
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #endSlow(): void {
    this.#socket.close(tryAgainLater, this.#goodbye());
    // what it has not read is not kept for it
    setTimeout(() => this.#socket.terminate(), goodbyeLimitMs).unref();
  }
}

/** Ends sockets whose other side is gone without a word. @returns stops it */
export function pinging(sockets: () => Iterable<WebSocket>): () => void {
  const silent = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const socket of sockets()) {
      if (silent.has(socket)) socket.terminate();
      else {
        silent.add(socket);
        socket.once('pong', () => silent.delete(socket));
        socket.ping();
      }
    }
  }, pingEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
