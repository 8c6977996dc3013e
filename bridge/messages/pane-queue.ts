import type { Delivery } from '../core/envelope.ts';
import type { DeliveryId } from '../core/ids.ts';
import { addressKey, identityKey, type PaneAddress } from '../core/pane.ts';

/** The pauses between two tries of a held delivery: soon, then never more than a second. */
const firstPauseMs = 50;
const longestPauseMs = 1_000;

export interface Waiting {
  readonly id: DeliveryId;
  /**
   * the agent it is for: deliveries to one agent keep their order, those to its successor in the pane do not wait for
   * it, nor does a choice in a dialog, on which texts wait, nor what is done on a screen that was just read
   */
  readonly agentKey: string;
  deadlineAt: number | null;
  /** when it was first found typed with its fate unread; null while nothing is in doubt */
  doubtSince: number | null;
}

/** What waits for one pane, in order of posting. At most one of them is being tried at any time. */
export class PaneQueue {
  /** `addressKey` of the pane */
  readonly address: string;
  readonly waiting: Waiting[] = [];
  /** a round is under way; `again` asks for another one after it */
  busy: Promise<void> | null = null;
  again = false;
  retryAt = 0;
  #pauseMs = firstPauseMs;

  constructor(pane: PaneAddress) {
    this.address = addressKey(pane);
  }

  add(delivery: Delivery): void {
    if (this.waiting.some((entry) => entry.id === delivery.id)) return;
    const { id, recipient, deadlineAt, dialog = '', mark } = delivery;
    const agentKey = [recipient.agentPid ?? '', recipient.agentStartedAt ?? '', dialog, mark?.at ?? ''].join('|');
    this.waiting.push({ id, agentKey, deadlineAt, doubtSince: null });
    this.#pauseMs = firstPauseMs;
  }

  remove(id: DeliveryId): void {
    const index = this.waiting.findIndex((entry) => entry.id === id);
    if (index >= 0) this.waiting.splice(index, 1);
  }

  /**
   * The first that waits for an agent none of whose deliveries was tried in this round without ending. What was typed goes
   * before what was not: an older text may be held for long, and one that is typed meanwhile hides what became of it.
   */
  next(stuck: ReadonlySet<string>, typed: ReadonlySet<DeliveryId>): Waiting | undefined {
    const free = this.waiting.filter((entry) => !stuck.has(entry.agentKey));
    return free.find(({ id }) => typed.has(id)) ?? free[0];
  }

  pause(now: number): void {
    this.retryAt = now + this.#pauseMs;
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
  }

  /** Instants of a clock that was set. */
  move(byMs: number): void {
    this.retryAt += byMs;
    for (const entry of this.waiting) {
      if (entry.deadlineAt !== null) entry.deadlineAt += byMs;
      if (entry.doubtSince !== null) entry.doubtSince += byMs;
    }
  }

  /** Something about the pane changed: what waits is tried again soon. */
  hasten(): void {
    this.#pauseMs = firstPauseMs;
  }
}

export function paneQueueKey(delivery: Delivery): string {
  return identityKey(delivery.recipient);
}
