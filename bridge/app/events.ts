import type { SignalKind } from '../core/agent-signal.ts';
import type { Delivery } from '../core/envelope.ts';
import type { PaneAddress } from '../core/pane.ts';
import type { AgentState, DialogKind } from '../core/reading.ts';
import type { Request } from '../core/request.ts';

/** What happens, as the live log, `--json` and the demo tell it. Past tense; user interfaces only listen. */
export type BridgeEvent =
  | { readonly type: 'said'; readonly level: 'info' | 'warning'; readonly text: string }
  | ({ readonly type: 'worker-found'; readonly worker: string; readonly agent: string } & PaneAddress)
  | ({ readonly type: 'worker-lost'; readonly worker: string; readonly reason: string } & PaneAddress)
  | ({
      readonly type: 'state-changed';
      readonly worker: string;
      readonly state: AgentState;
      readonly why: string;
    } & PaneAddress)
  /** a request was opened, or moved on in its life */
  | { readonly type: 'request-changed'; readonly request: Request; readonly what: string }
  /** an agent's own hook called, and it is certain which agent it was */
  | ({
      readonly type: 'agent-signalled';
      readonly agent: string;
      readonly kind: SignalKind;
      readonly event: string;
    } & PaneAddress)
  | {
      readonly type: 'signal-dropped';
      readonly agent: string;
      readonly kind: SignalKind;
      readonly event: string;
      readonly reason: string;
    }
  | { readonly type: 'delivery-changed'; readonly delivery: Delivery }
  /** dry run: everything up to here happened, nothing after will */
  | {
      readonly type: 'would-send';
      readonly request: Request;
      /** the answer, or the label of the option */
      readonly text: string;
      /** who: `chosen by policy row 2`, `controller:codex` */
      readonly by: string;
      /** in a dialog: the key */
      readonly press?: string;
    }
  /** dry run: a controller that may do more than answer is not asked */
  | { readonly type: 'would-ask'; readonly request: Request; readonly controller: string }
  /** dry run: the human is neither written to nor called */
  | { readonly type: 'would-notify'; readonly request: Request; readonly why: string }
  | { readonly type: 'human-needed'; readonly request: Request; readonly why: string }
  /** an answer came too late for the turn that asked, and was never typed; `isAwaited`: a command waits, and tells its user */
  | {
      readonly type: 'answer-not-typed';
      readonly request: Request;
      readonly by: string;
      readonly why: string;
      readonly isAwaited: boolean;
    }
  /** a controller waits at a dialog, which only a person answers */
  | ({
      readonly type: 'controller-blocked';
      readonly worker: string;
      readonly dialog: DialogKind;
      readonly question: string;
      /** `1. Yes (y) · 2. No`; empty where none can be read */
      readonly options: string;
      /** the command that shows its window */
      readonly attach: string;
    } & PaneAddress)
  /** a text that stays where it is, or in doubt, and whose sender does not come back for it */
  | { readonly type: 'letter-stranded'; readonly delivery: Delivery; readonly why: string }
  | { readonly type: 'controller-replied'; readonly request: Request; readonly by: string; readonly text: string };

/** The same event with the names of workers as people see them. */
export function withShownNames(event: BridgeEvent, shown: (name: string) => string): BridgeEvent {
  if ('worker' in event) return { ...event, worker: shown(event.worker) };
  if ('request' in event) return { ...event, request: { ...event.request, worker: shown(event.request.worker) } };
  if (!('delivery' in event)) return event;
  const { delivery } = event;
  return { ...event, delivery: { ...delivery, envelope: { ...delivery.envelope, to: shown(delivery.envelope.to) } } };
}
