import type { WebSocket } from 'ws';

/** A message as it is pushed, and in which order it was sent. */
export interface Push {
  readonly number: number;
  readonly text: string;
}

/** What a reader has not taken from the kernel yet is not written on top of without end. */
const mostUnreadBytes = 1_048_576;
const askRoomEveryMs = 10;
const pageMessages = 50;

/**
 * One WebSocket of an agent. A reader that pauses loses nothing and costs no memory: it gets the rest from the journal, once it reads on.
 * That it has read a push is known by its answer to a ping behind it.
 */
export class PushSocket {
  readonly #socket: WebSocket;
  readonly #after: (number: number, limit: number) => readonly Push[];
  readonly #heard: (number: number) => void;
  #pushed: number;
  /** it has read all up to this one */
  #read: number;
  #isBehind = true;
  #isUnasked = false;

  /**
   * @param parts.from the last message that it has heard of
   * @param parts.after what the agent has not read of what was sent after a message
   * @param parts.heard it has read all up to this message
   */
  constructor(parts: {
    socket: WebSocket;
    from: number;
    after: (number: number, limit: number) => readonly Push[];
    heard: (number: number) => void;
  }) {
    this.#socket = parts.socket;
    this.#pushed = parts.from;
    this.#read = parts.from;
    this.#after = parts.after;
    this.#heard = parts.heard;
    this.#socket.on('pong', (data) => {
      const number = Number(data.toString('latin1'));
      if (number <= this.#read || number > this.#pushed) return;
      this.#read = number;
      this.#heard(number);
    });
    this.#socket.on('error', () => this.#socket.terminate());
    void this.#catchUp();
  }

  /** @returns whether it is to be asked what it has read */
  push({ number, text }: Push): boolean {
    // what is behind comes from the journal, in order
    if (this.#isBehind || number <= this.#pushed || !this.#isOpen()) return false;
    if (this.#socket.bufferedAmount > mostUnreadBytes) {
      this.#isBehind = true;
      void this.#catchUp();
      return false;
    }
    this.#socket.send(text);
    this.#pushed = number;
    this.#isUnasked = true;
    return true;
  }

  /** What is of the moment, and is not kept for whoever does not read. */
  tell(text: string): void {
    if (this.#isOpen() && this.#socket.bufferedAmount <= mostUnreadBytes) this.#socket.send(text);
  }

  /** Its answer says what it has read. */
  ask(): void {
    if (!this.#isUnasked || !this.#isOpen()) return;
    this.#isUnasked = false;
    this.#socket.ping(String(this.#pushed));
  }

  /** Resolves once it has read all that was pushed until now, or is closed. */
  settled(): Promise<void> {
    const last = this.#pushed;
    if (!this.#isOpen() || this.#read >= last) return Promise.resolve();
    this.#socket.ping(String(last));
    return new Promise((resolve) => {
      this.#socket.on('pong', () => this.#read >= last && resolve());
      this.#socket.once('close', () => resolve());
    });
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  async #catchUp(): Promise<void> {
    while (this.#isOpen()) {
      if (this.#socket.bufferedAmount > mostUnreadBytes / 2) {
        await new Promise((resolve) => setTimeout(resolve, askRoomEveryMs));
        continue;
      }
      const page = this.#after(this.#pushed, pageMessages);
      if (page.length === 0) {
        this.#isBehind = false;
        return;
      }
      for (const { number, text } of page) {
        if (!this.#isOpen()) return;
        // until the kernel has it: a page is never more than a reader takes
        await new Promise<void>((resolve) => this.#socket.send(text, () => resolve()));
        this.#pushed = number;
      }
      this.#isUnasked = true;
      this.ask();
    }
  }

  #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }
}
