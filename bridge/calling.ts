import type { RequestId } from './core/ids.ts';
import type { Request } from './core/request.ts';

/** When each request last called the human; only those that still wait for him are kept. */
type Calls = Readonly<Record<string, number>>;

const callsKey = 'calls';

interface Memory {
  memory<T>(key: string): T | null;
  saveMemory(key: string, value: unknown): void;
  request(id: RequestId | string): Request | null;
}

/**
 * Calls the human once for each question that waits for him, and again only after a set time while it still does. A
 * request may come to him twice: to be answered, and when nobody can tell whether the answer arrived. What was called
 * for is in the journal, so that a restart calls nobody twice.
 */
export class Calling {
  readonly #memory: Memory;
  readonly #againAfterMs: number;
  readonly #call: (request: Request, why: string) => void;
  #isAttended = false;

  /** @param parts.againAfterMs 0: never again */
  constructor(parts: { memory: Memory; againAfterMs: number; call: (request: Request, why: string) => void }) {
    this.#memory = parts.memory;
    this.#againAfterMs = parts.againAfterMs;
    this.#call = parts.call;
  }

  /** Only the bridge itself calls: a command that ends at once would count as a call that nobody heard. */
  attend(): void {
    this.#isAttended = true;
  }

  needed(request: Request, why: string, now: number): void {
    const calledAt = this.#calls[request.id];
    const isNew = calledAt === undefined || (request.state.is === 'asked' && calledAt < request.state.at);
    if (this.#isAttended && isNew) this.#callFor(request, why, now);
  }

  tick(now: number): void {
    if (!this.#isAttended || this.#againAfterMs <= 0) return;
    for (const [id, at] of Object.entries(this.#calls)) {
      if (now - at < this.#againAfterMs) continue;
      const request = this.#memory.request(id);
      const why = request && waitingWhy(request);
      if (request && why !== null) this.#callFor(request, why, now);
    }
  }

  #callFor(request: Request, why: string, now: number): void {
    const waiting = Object.entries(this.#calls).filter(([id]) => {
      const other = this.#memory.request(id);
      return other !== null && waitingWhy(other) !== null;
    });
    this.#memory.saveMemory(callsKey, { ...Object.fromEntries(waiting), [request.id]: now });
    this.#call(request, why);
  }

  get #calls(): Calls {
    return this.#memory.memory<Calls>(callsKey) ?? {};
  }
}

/** Why it waits for the human; null when it does not. */
function waitingWhy({ state }: Request): string | null {
  return state.is === 'asked' && state.of === 'human' ? state.why : null;
}
