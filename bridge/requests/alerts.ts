import type { Documents } from '../core/documents.ts';
import type { RequestId } from '../core/ids.ts';
import type { Request } from '../core/request.ts';

/** A request called the human; `askedAt` is its state's instant, which tells one asking from the next whatever the clock does. */
interface Call {
  readonly at: number;
  readonly askedAt: number;
}

/** The last call of each request that still waits for the human; journals of older bridges keep its instant alone. */
export type Calls = Readonly<Record<string, Call | number>>;

export const callsKey = 'calls';

/** The same by a clock that tells so much more, or less. */
export function movedCalls(calls: Calls, byMs: number): Calls {
  const moved = (call: Call | number) => (typeof call === 'number' ? call + byMs : { ...call, at: call.at + byMs });
  return Object.fromEntries(Object.entries(calls).map(([id, call]) => [id, moved(call)]));
}

interface Memory extends Documents {
  request(id: RequestId | string): Request | null;
}

/**
 * Calls the human once for each question that waits for him, and again only after a set time while it still does. A
 * request may come to him twice: to be answered, and when nobody can tell whether the answer arrived. What was called
 * for is in the journal, so that a restart calls nobody twice.
 */
export class Alerts {
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
  enable(): void {
    this.#isAttended = true;
  }

  needed(request: Request, why: string, now: number): void {
    const call = this.#calls[request.id];
    if (this.#isAttended && (call === undefined || !isFor(call, request))) this.#callFor(request, why, now);
  }

  tick(now: number): void {
    if (!this.#isAttended || this.#againAfterMs <= 0) return;
    for (const [id, call] of Object.entries(this.#calls)) {
      const at = typeof call === 'number' ? call : call.at;
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
    const call: Call = { at: now, askedAt: request.state.is === 'asked' ? request.state.at : now };
    this.#memory.saveMemory(callsKey, { ...Object.fromEntries(waiting), [request.id]: call });
    this.#call(request, why);
  }

  get #calls(): Calls {
    return this.#memory.memory<Calls>(callsKey) ?? {};
  }
}

/** The human was called for what is asked of him now, and not only for what was before. */
function isFor(call: Call | number, { state }: Request): boolean {
  if (state.is !== 'asked') return true;
  return typeof call === 'number' ? call >= state.at : call.askedAt === state.at;
}

/** Why it waits for the human; null when it does not. */
function waitingWhy({ state }: Request): string | null {
  return state.is === 'asked' && state.of === 'human' ? state.why : null;
}
