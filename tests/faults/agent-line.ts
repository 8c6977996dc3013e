import { connect, type Socket } from 'node:net';

export interface Called {
  readonly moment: string;
  readonly n: number;
  readonly number: number;
}

interface Reply {
  readonly id?: number;
  readonly ok?: boolean;
  readonly error?: string;
  readonly moment?: string;
}

/** The open line to one hostile agent's control socket. When the agent ends, what was asked is answered with false. */
export class AgentLine {
  readonly #socket: Socket;
  readonly #onCall: (called: Called) => void;
  readonly #waiting = new Map<number, (alive: boolean) => void>();
  #text = '';
  #ids = 0;
  isOpen = true;

  /** null while nobody listens there yet */
  static open(path: string, onCall: (called: Called) => void): Promise<AgentLine | null> {
    return new Promise((resolve) => {
      const socket = connect(path);
      socket.once('connect', () => resolve(new AgentLine(socket, onCall)));
      socket.once('error', () => resolve(null));
    });
  }

  private constructor(socket: Socket, onCall: (called: Called) => void) {
    this.#socket = socket;
    this.#onCall = onCall;
    socket.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.isOpen = false;
      for (const settle of this.#waiting.values()) settle(false);
      this.#waiting.clear();
    });
  }

  /** @returns false where the agent has ended. @throws where it does not know the order */
  tell(order: Readonly<Record<string, unknown>>): Promise<boolean> {
    if (!this.isOpen) return Promise.resolve(false);
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, resolve);
      this.#failing.set(id, reject);
      this.#socket.write(`${JSON.stringify({ id, ...order })}\n`);
    });
  }

  readonly #failing = new Map<number, (fault: Error) => void>();

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    this.#text += chunk;
    for (let end = this.#text.indexOf('\n'); end >= 0; end = this.#text.indexOf('\n')) {
      const reply = JSON.parse(this.#text.slice(0, end)) as Reply & Called;
      this.#text = this.#text.slice(end + 1);
      if (reply.moment !== undefined) this.#onCall(reply);
      else if (reply.id !== undefined) this.#settle(reply.id, reply);
    }
  }

  #settle(id: number, reply: Reply): void {
    if (reply.ok) this.#waiting.get(id)?.(true);
    else this.#failing.get(id)?.(new Error(`the hostile agent: ${reply.error}`));
    this.#waiting.delete(id);
    this.#failing.delete(id);
  }
}
