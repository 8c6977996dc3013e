import { isEnded, isTyped } from '../core/delivery-machine.ts';
import type { Delivery } from '../core/envelope.ts';
import { Attempt } from './attempt.ts';
import { choose, reconcileChoice } from './choose-option.ts';
import { actOnReadPane, reconcileOnReadPane } from './on-read-pane.ts';
import { takePane } from './own-pane.ts';
import type { CourierParts, TakenPane } from './pane-io.ts';
import { pressKeys, reconcileKeys } from './press-keys.ts';
import { reconcile } from './reconciliation.ts';
import { deliver } from './type-text.ts';

/**
 * The only one who types. Each delivery's attempt holds its pane's lock; every state is committed before the act that it
 * names, so that whoever finds the delivery later knows what may have happened.
 *
 * A hand that fails (tmux gone, a full disk) rejects: the stored state then says how far it came. `claimed` was not
 * typed and may be attempted again; `typed` and `submitted` are reconciled. Nothing of them is typed again, but for a text of which
 * its tmux server says that it was not.
 */
export class Courier {
  readonly #parts: CourierParts;

  constructor(parts: CourierParts) {
    this.#parts = parts;
  }

  /** Types and submits it once, or says why not. What was typed already is reconciled instead. */
  async attempt(delivery: Delivery): Promise<Delivery> {
    const { state } = delivery;
    if (isTyped(state)) return this.reconcile(delivery);
    if (isEnded(state)) return delivery;
    const pane = await takePane(this.#parts, delivery);
    if ('theirs' in pane) return new Attempt(this.#parts, delivery).hold('other-bridge', pane.theirs);
    try {
      return await this.#attempt(pane, delivery);
    } finally {
      await pane.release();
    }
  }

  async #attempt(pane: TakenPane, delivery: Delivery): Promise<Delivery> {
    const lock = await this.#parts.locks.tryAcquire(delivery.recipient);
    const attempt = new Attempt(this.#parts, delivery, pane, lock?.writer);
    if (lock === null) return attempt.hold('locked', 'somebody else is typing into that pane');
    try {
      if (delivery.envelope.kind === 'keys') return await pressKeys(attempt);
      if (delivery.mark !== undefined) return await actOnReadPane(attempt, delivery.mark);
      return await (delivery.dialog === undefined ? deliver(attempt) : choose(attempt, delivery.dialog));
    } finally {
      await lock.release({ isSettled: !isTyped(attempt.delivery.state) });
    }
  }

  /**
   * What its tmux server and the screen tell of a delivery that was under way when a bridge ended, or its link. Never types
   * its body; comes back unchanged while the screen does not tell, or the pane is locked or another bridge's: its Enter may be
   * pressed here. What the server says was not typed waits again.
   */
  async reconcile(delivery: Delivery): Promise<Delivery> {
    if (delivery.state.is === 'claimed') return new Attempt(this.#parts, delivery).release();
    if (!isTyped(delivery.state)) return delivery;
    const pane = await takePane(this.#parts, delivery);
    if ('theirs' in pane) return delivery;
    try {
      return await this.#reconcile(pane, delivery);
    } finally {
      await pane.release();
    }
  }

  async #reconcile(pane: TakenPane, delivery: Delivery): Promise<Delivery> {
    const lock = await this.#parts.locks.tryAcquire(delivery.recipient);
    if (lock === null) return delivery;
    const attempt = new Attempt(this.#parts, delivery, pane, lock.writer);
    try {
      if (delivery.state.is === 'typed' && attempt.wasDone === false) return await attempt.notTyped();
      if (delivery.envelope.kind === 'keys') return await reconcileKeys(attempt);
      if (delivery.mark !== undefined) return await reconcileOnReadPane(attempt);
      return await (delivery.dialog === undefined ? reconcile(attempt) : reconcileChoice(attempt, delivery.dialog));
    } finally {
      await lock.release({ isSettled: !isTyped(attempt.delivery.state) });
    }
  }
}
