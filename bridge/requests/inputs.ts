import type { DeliveryState } from '../core/envelope.ts';
import type { DeliveryId } from '../core/ids.ts';
import type { Answer, ControllerFailure } from '../core/request.ts';
import type { TurnMark } from '../core/turn-mark.ts';
import type { PolicyDecision } from './policy.ts';

export type RequestInput =
  /**
   * two equal captures, or `bridge ask`; `deliveryId` is for the answer a rule may give, or the option it may choose;
   * `turnMark` marks the turn that was believed then
   */
  | {
      readonly type: 'confirmed';
      readonly at: number;
      readonly decision: PolicyDecision;
      readonly deliveryId: DeliveryId;
      readonly turnMark?: TurnMark;
    }
  /** seen once and never again within the time allowed */
  | { readonly type: 'unconfirmed'; readonly at: number }
  | { readonly type: 'answer-arrived'; readonly answer: Answer; readonly deliveryId: DeliveryId }
  /** a human's answer for a delivery that can be replaced no more */
  | { readonly type: 'answer-missed'; readonly answer: Answer }
  /** a person has looked: the answer in doubt has arrived, was put right in the pane, or is not wanted any more */
  | { readonly type: 'confirmed-delivered'; readonly by: string; readonly at: number }
  /** a person has looked: the answer in doubt did not arrive, and is to be typed */
  | { readonly type: 'asked-again'; readonly by: string; readonly at: number; readonly deliveryId: DeliveryId }
  | { readonly type: 'controller-failed'; readonly failure: ControllerFailure; readonly at: number }
  | { readonly type: 'delivery-changed'; readonly state: DeliveryState; readonly at: number }
  /** the dialog it is about is not on the screen any more */
  | { readonly type: 'dialog-closed'; readonly at: number }
  /** nothing automatic may be typed for this worker any more: what a machine was asked, or has said, is the human's now */
  | { readonly type: 'recalled'; readonly why: string; readonly at: number }
  /** another bridge typed into the worker's pane at `typedAt`: that may have answered what had been asked by then */
  | { readonly type: 'typed-elsewhere'; readonly typedAt: number; readonly why: string; readonly at: number }
  /** of `bridge ask`: whoever asked waits no more, and its answer goes into its pane */
  | { readonly type: 'asker-left'; readonly at: number }
  /** the worker's next turn */
  | { readonly type: 'turn-began'; readonly at: number }
  | { readonly type: 'dismissed'; readonly by: string; readonly at: number }
  | { readonly type: 'ticked'; readonly at: number };

/** What is to be done once a transition is committed. */
export type Effect =
  | { readonly do: 'ask'; readonly of: 'controller' }
  | { readonly do: 'cancel-ask' }
  /** write it to the human's inbox, which also tells the human */
  | { readonly do: 'publish'; readonly why: string }
  /** post the answer to the worker's pane, under the id that the request's state names */
  | { readonly do: 'deliver'; readonly answer: Answer }
  /** choose the option that the answer names in the request's dialog, likewise */
  | { readonly do: 'choose'; readonly answer: Answer }
  /** let the delivery carry this text instead; where that comes too late the transition does not happen */
  | { readonly do: 'replace-delivery'; readonly answer: Answer }
  /** take the delivery back; where that comes too late the transition does not happen */
  | { readonly do: 'cancel-delivery'; readonly deliveryId: DeliveryId; readonly reason: string }
  /** the answer came too late for its turn, and was never typed: whoever gave it is told */
  | { readonly do: 'tell-not-typed'; readonly answer: Answer; readonly why: string }
  /** the human has nothing more to do: inbox and outbox files move away, if there are any */
  | { readonly do: 'archive' }
  /** something went wrong that only the human can put right; it is not in the inbox */
  | { readonly do: 'notify-human'; readonly why: string };
