import type { SignalKind } from './agent-signal.ts';
import type { Detection } from './detection.ts';
import type { Delivery, DeliveryState } from './envelope.ts';
import type { RequestId } from './ids.ts';
import type { Mail, MailState, Message, MessageId } from './message.ts';
import type { ListedPane, PaneAddress, PaneIdentity, Snapshot } from './pane.ts';
import type { AgentState, DialogKind, Reading } from './reading.ts';
import type { Request, RequestState } from './request.ts';

/**
 * Everything that happens, in the past tense: the one union that all modules emit into. Who listens to what stands in one
 * list, in `app/bridge.ts`. What a state machine is given to step by is its own input, and no event.
 */
export type BridgeEvent = TmuxEvent | ScreenEvent | RequestEvent | DeliveryEvent | MailboxEvent | PublicEvent;

/** What a tmux server tells; `socketPath` is the way to it, and another server behind the same socket is another. */
export type TmuxEvent = { readonly socketPath: string } & (
  | /** a watched pane drew these bytes; none where drawing may have been missed (a new client, a pause): look */
  { readonly type: 'output'; readonly address: PaneAddress; readonly bytes: Buffer }
  /** what this pane draws from here on may go by unheard (its client has ended, tmux skips, it is not watched any more) */
  | { readonly type: 'missed'; readonly address: PaneAddress }
  /** every pane of the server, once each: every second or so, and at once when something was opened, closed or renamed */
  | { readonly type: 'panes'; readonly panes: readonly ListedPane[] }
  /** a control client of ours has come or gone: what it vouches for is to be claimed anew */
  | { readonly type: 'clients-changed' }
  | {
      readonly type: 'server-gone';
      readonly server: Omit<PaneAddress, 'paneId'> | null;
      readonly reason: string;
      /** its machine is not reached: the server may live, and its panes with it */
      readonly isAway?: true;
    }
  /** after `server-gone`; another process may have the socket now */
  | { readonly type: 'server-back'; readonly server: Omit<PaneAddress, 'paneId'> }
);

/** Which turn of a pane it was; `began` at the one look that commits it. */
export interface DetectedTurn {
  readonly number: number;
  readonly began: boolean;
  /** `lost`: after a restart nothing on the screen was known; what stands there may be old */
  readonly anchor: 'none' | 'kept' | 'lost';
}

/** What the screen of one watched pane shows, as its watcher tells it. */
export type ScreenEvent =
  | { readonly type: 'reading'; readonly reading: Reading; readonly snapshot: Snapshot }
  /** a look found no pane, or failed; the next output looks again */
  | { readonly type: 'unseen'; readonly reason: string }
  | DetectorEvent
  /** a reason to ask that is no block, told once */
  | { readonly type: 'detected'; readonly detection: Detection; readonly turn: DetectedTurn };

/** Blocks and turns, each told once. */
export type DetectorEvent =
  | {
      readonly type: 'request-seen' | 'request-confirmed';
      readonly key: string;
      readonly detection: Detection;
      readonly turn: DetectedTurn;
    }
  | {
      readonly type: 'response-seen' | 'response-confirmed';
      readonly key: string;
      readonly attributes: Readonly<Record<string, string>>;
      readonly text: string;
      readonly truncated: boolean;
      readonly turn: DetectedTurn;
    }
  | { readonly type: 'turn-began'; readonly turn: DetectedTurn };

export type RequestEvent =
  /** a request was opened, or moved on in its life; `what` is the journal's word */
  | { readonly type: 'request-changed'; readonly request: Request; readonly what: RequestKind }
  /** what a transition should have done failed; it is tried again */
  | { readonly type: 'effect-failed'; readonly request: Request; readonly what: string; readonly fault: unknown };

export type DeliveryEvent =
  | { readonly type: 'delivery-changed'; readonly delivery: Delivery }
  /** the courier threw, or the journal refused. The delivery is tried again, or read again if it was typed */
  | { readonly type: 'attempt-failed'; readonly delivery: Delivery; readonly fault: unknown };

/** What a person did in `inbox/` and `outbox/`. */
export type MailboxEvent =
  | {
      readonly type: 'answer-found';
      /** of a message to the person, too */
      readonly requestId: RequestId | MessageId;
      readonly instructions: string;
      readonly notes: string;
      readonly file: string;
    }
  /** a person says that the answer in doubt has arrived */
  | { readonly type: 'arrival-found'; readonly requestId: RequestId | MessageId; readonly file: string }
  /** it is complete once nobody has it open any more; said once */
  | { readonly type: 'answer-held'; readonly file: string; readonly reason: string }
  /** somebody went on writing into an answer that was taken */
  | { readonly type: 'answer-grew'; readonly file: string }
  /** a person wrote into a page, where nobody reads; said once for each page */
  | { readonly type: 'page-edited'; readonly requestId: RequestId | MessageId; readonly file: string }
  /** left where it is; said once for each state of the file, also across restarts */
  | { readonly type: 'answer-refused'; readonly file: string; readonly reason: string }
  /** the mailbox itself cannot be used for now; it is tried again */
  | { readonly type: 'mailbox-problem'; readonly file: string; readonly reason: string };

/** What is emitted to people and programs: the live log, `--json` and the demo only listen. */
export type PublicEvent =
  | { readonly type: 'said'; readonly level: 'info' | 'warning'; readonly text: string }
  | ({ readonly type: 'worker-found'; readonly worker: string; readonly agent: string } & PaneAddress)
  | ({ readonly type: 'worker-lost'; readonly worker: string; readonly reason: string } & PaneAddress)
  | ({
      readonly type: 'state-changed';
      readonly worker: string;
      readonly state: AgentState;
      readonly why: string;
    } & PaneAddress)
  | Extract<RequestEvent, { type: 'request-changed' }>
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
  | Extract<DeliveryEvent, { type: 'delivery-changed' }>
  /** dry run: everything up to here happened, nothing after will */
  | {
      readonly type: 'would-send';
      readonly request: Request;
      /** the answer, or the label of the option */
      readonly text: string;
      /** who: `chosen by policy rule 2`, `controller:codex` */
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
    } & PaneIdentity)
  /** that dialog is gone from its screen: decided there, or another one took its place */
  | ({ readonly type: 'controller-unblocked'; readonly worker: string } & PaneAddress)
  /** a turn began there with nothing of ours, after keys of a person; `keyAt`: when the last of them was seen */
  | ({ readonly type: 'person-typed'; readonly worker: string; readonly keyAt: number } & PaneAddress)
  /** a text that stays where it is, or in doubt, and whose sender does not come back for it */
  | { readonly type: 'letter-stranded'; readonly delivery: Delivery; readonly why: string }
  /** a member wrote to others; it is kept */
  | { readonly type: 'message-sent'; readonly message: Message }
  /** a message moved on for one of its recipients */
  | { readonly type: 'mail-changed'; readonly message: Message; readonly mail: Mail }
  /** a member wrote to the person: its page is in `inbox/` */
  | { readonly type: 'human-told'; readonly message: Message }
  | { readonly type: 'controller-replied'; readonly request: Request; readonly by: string; readonly text: string };

/** The journal's words for what becomes of a request. */
export type RequestKind =
  | `request-${RequestState['is']}`
  | 'request-opened'
  | 'request-answer-late'
  | 'request-answer-replaced'
  | 'request-turn-corrected'
  | 'request-asker-left'
  | 'request-deadline-moved';

/** The journal's words for what becomes of a delivery: its states, and acts that leave it in one. */
export type DeliveryKind =
  | `delivery-${DeliveryState['is']}`
  | 'delivery-body-replaced'
  | 'delivery-pressed'
  | 'delivery-interrupted'
  | 'delivery-draft-seen'
  | 'delivery-enter-repeated'
  | 'delivery-fell-back'
  | 'delivery-not-typed'
  | 'delivery-deadline-moved';

/** What is journaled, by its kind: of a request, of a delivery, and of little else. */
export type JournaledKind =
  | RequestKind
  | DeliveryKind
  | 'worker-paused'
  | 'worker-resumed'
  /** a person has the bridge start an agent: kept before it is done, and what it came to */
  | 'worker-starting'
  | 'worker-started'
  | 'worker-not-started'
  | 'agent-signalled'
  | 'agent-signal-dropped'
  | 'agent-signals-flooded'
  | 'clock-stepped'
  | MessageKind;

/** What becomes of a message between members, and of members. */
export type MessageKind =
  | 'message-sent'
  | `message-${MailState['is']}`
  | 'message-deadline-moved'
  | 'member-added'
  | 'member-seen'
  | 'member-changed'
  | 'member-removed';
