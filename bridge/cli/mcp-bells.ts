import { setTimeout as delay } from 'node:timers/promises';
import type { ResultOf } from '../api/index.ts';
import { ExitCode } from '../core/failure.ts';
import { shortId } from '../core/mail-lines.ts';
import type { Seat } from '../server/mcp/seat.ts';
import type { Upstream } from '../server/mcp/upstream.ts';

type Due = ResultOf<'bells'>['due'];

/** So long a bell waits for its pane before the server is asked again what is due. */
const bellLimitMs = 60_000;
/** Where the server tells of nothing: it may have been away. */
const askEveryMs = 15_000;

/**
 * Doorbells for mail that waits at a server elsewhere, typed by this host's own bridge into the agent's pane here, one at a time; the
 * receipts go back. What ended in doubt is not typed again.
 */
export class Bells {
  readonly #upstream: Upstream;
  readonly #seat: Seat;
  readonly #stop = new AbortController();
  readonly #inDoubt = new Set<string>();
  #wake = () => {};

  /** @param seat the agent at the bridge of this host */
  constructor(upstream: Upstream, seat: Seat) {
    this.#upstream = upstream;
    this.#seat = seat;
  }

  begin(): void {
    void this.#listen();
    void this.#ring();
  }

  end(): void {
    this.#stop.abort();
    this.#wake();
  }

  /** The server says when the inbox has changed. */
  async #listen(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const client = await this.#upstream.client();
        client.setNotificationHandler('notifications/resources/updated', () => this.#wake());
        const subscription = await client.listen({ resourceSubscriptions: ['bridge://inbox'] }, { signal });
        this.#wake();
        await subscription.closed;
      } catch {
        // it is away, or speaks an older protocol: it is asked by and by
      }
      await delay(2_000, undefined, { signal }).catch(() => {});
    }
  }

  async #ring(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const isMore = await this.#once().catch(() => false);
      if (!isMore)
        await Promise.race([woken, delay(askEveryMs, undefined, { signal: this.#stop.signal }).catch(() => {})]);
    }
  }

  /** @returns whether there may be something to tell at once */
  async #once(): Promise<boolean> {
    const { due } = await this.#upstream.post<ResultOf<'bells'>>('/messages/bells', {});
    const untold = due.filter(({ id }) => !this.#inDoubt.has(id));
    if (untold.length === 0) return false;
    const pane = await this.#pane();
    if (pane === null) return false;
    const sent = await this.#seat.asking.call(
      'send',
      { pane, text: bellText(untold, this.#upstream.url), from: 'bridge', waitMs: bellLimitMs },
      this.#stop.signal,
    );
    const { state } = sent.delivery;
    if (state.is === 'acknowledged') {
      const { evidence, typedAt, at } = state.receipt;
      const ids = untold.map(({ id }) => id);
      await this.#upstream.post('/messages/bells', { rung: { ids, evidence, typedAt, at } });
      return true;
    }
    if (sent.exitCode === ExitCode.undecided) for (const { id } of untold) this.#inDoubt.add(id);
    return sent.exitCode === ExitCode.held;
  }

  /** Where the agent is now, as the bridge of this host has it; null where nothing shows that. */
  async #pane() {
    const own = await this.#seat.member();
    const found = (await this.#seat.asking.call('members', {})).find(({ name }) => name === own);
    if (found === undefined || found.pane === null || found.address === null) return null;
    const { host, server, paneId, socketPath } = found.address;
    return { host, server, paneId, socketPath };
  }
}

/** It names the last message: a bell that said the same as the one before could not be told from it on the screen. */
function bellText(due: Due, url: string): string {
  const last = `#${shortId(due.at(-1)!.id)}`;
  const count = due.length === 1 ? `1 message ${last}` : `${due.length} messages up to ${last}`;
  const senders = [...new Set(due.map(({ from }) => from))];
  const named = senders.length > 3 ? `${senders.length} agents` : senders.join(', ');
  return `${count} from ${named} at ${url}; read with the tool check_messages`;
}
