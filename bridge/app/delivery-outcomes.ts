import { isEnded } from '../core/delivery-machine.ts';
import { type Delivery, sawDialogEnd, whyTurnPassed } from '../core/envelope.ts';
import type { DeliveryId, RequestId } from '../core/ids.ts';
import type { Requests } from '../requests/requests.ts';

/** A change that is told again comes long before this many others. */
const rememberedReceipts = 1_000;

/** What the state of a delivery means to the request that it answers, or is. */
export class DeliveryOutcomes {
  readonly #requests: Requests;
  readonly #arrived: (delivery: Delivery) => void;
  /** a change is told at least once, again soon after where at all; an input is noted exactly once */
  readonly #acknowledged = new Set<DeliveryId>();

  /** @param parts.arrived is told once of each input that is known to have arrived, and of each choice whose dialog had gone */
  constructor(parts: { requests: Requests; arrived: (delivery: Delivery) => void }) {
    this.#requests = parts.requests;
    this.#arrived = parts.arrived;
  }

  changed(delivery: Delivery): void {
    if (delivery.state.is === 'acknowledged' && !this.#acknowledged.has(delivery.id)) this.#acknowledge(delivery);
    this.#requests.deliveryChanged(delivery);
    if (delivery.dialog !== undefined && whyTurnPassed(delivery.state) !== null) this.#arrived(delivery);
  }

  /** A request that a live controller's pane did not get for certain is answered by somebody else. */
  askFailed({ envelope, state }: Delivery): void {
    if (envelope.kind !== 'request' || !isEnded(state) || !('reason' in state)) return;
    const reason = `the request did not reach the controller pane for certain: ${state.reason}`;
    this.#requests.controllerFailed(envelope.thread as RequestId, { is: 'unavailable', reason });
  }

  #acknowledge(delivery: Delivery): void {
    this.#acknowledged.add(delivery.id);
    // a choice ends its request itself; keys belong to none, and the one about their dialog is over
    if (delivery.envelope.kind === 'keys' && sawDialogEnd(delivery)) {
      this.#requests.dialogEnded(delivery.recipient, delivery.dialog!);
    }
    const [oldest] = this.#acknowledged;
    if (this.#acknowledged.size > rememberedReceipts) this.#acknowledged.delete(oldest!);
    this.#arrived(delivery);
  }
}
