import { type DetectionKind, type ErrorReason, normaliseWords } from './detection.ts';
import type { LastSeen } from './envelope.ts';
import { type DeliveryId, type RequestId, serverPidOf, type TurnId } from './ids.ts';
import { identityKey, type PaneIdentity } from './pane.ts';
import type { Dialog } from './reading.ts';
import type { TurnMark } from './turn-mark.ts';

/** Who gave an answer: `rules`, `controller:codex`, `member:shop/lead`, `human:outbox`, `human:cli`, … */
export type AnsweredBy = string;

export interface Answer {
  readonly by: AnsweredBy;
  /** what is typed into the worker's pane; of a dialog, the label of the option that is chosen in it */
  readonly instructions: string;
  /** shown to the human only */
  readonly notes: string;
  readonly at: number;
}

/** Why a controller gave no answer. Three different failures, and never the empty string for all of them. */
export type ControllerFailure =
  | { readonly is: 'exit'; readonly code: number | null; readonly signal: string | null; readonly stderr: string }
  | { readonly is: 'empty' }
  | { readonly is: 'timeout'; readonly afterMs: number }
  | { readonly is: 'unavailable'; readonly reason: string }
  | { readonly is: 'escalated'; readonly reason: string };

export function describeFailure(failure: ControllerFailure): string {
  switch (failure.is) {
    case 'exit':
      return failure.code === null
        ? `the controller was ended by ${failure.signal ?? 'a signal'}`
        : `the controller exited with ${failure.code}${failure.stderr ? `: ${failure.stderr.trim().split('\n').at(-1)}` : ''}`;
    case 'empty':
      return 'the controller gave an empty answer';
    case 'timeout':
      return `the controller gave no answer within ${Math.round(failure.afterMs / 1000)} s`;
    case 'unavailable':
      return failure.reason;
    case 'escalated':
      return `the controller passed it to the human: ${failure.reason}`;
  }
}

export type Asked = 'controller' | 'human';

/**
 * An answer of which only a person can say whether it is to be typed: its delivery ended typed, and without a receipt; or it
 * was taken back untyped, since another bridge may have answered.
 */
export interface Doubt {
  readonly answer: Answer;
  readonly deliveryId: DeliveryId;
  /** how the delivery ended: nobody can tell; or the text is in the worker's input line, not submitted; or it was not typed */
  readonly delivery: 'uncertain' | 'typed-not-submitted' | 'not-typed';
  /** what the screen showed of it last */
  readonly seen?: LastSeen;
}

/**
 * open ─► asked ─► answered ─► delivered ─► settled
 *           ▲         │
 *           └─────────┘ of the human: its delivery failed, or its fate is in doubt
 *
 * from any but the last two: withdrawn, expired, failed, dismissed; once an answer may have been typed, only a person's word
 * or the end of its delivery leads on
 */
export type RequestState =
  /** journaled at the first sight of END; asked after two equal captures */
  | { readonly is: 'open' }
  | { readonly is: 'asked'; readonly of: Asked; readonly why: string; readonly at: number; readonly doubt?: Doubt }
  /** `askedAt`: when whoever answered was asked. Absent in older journals */
  | { readonly is: 'answered'; readonly answer: Answer; readonly deliveryId: DeliveryId; readonly askedAt?: number }
  | { readonly is: 'delivered'; readonly answer: Answer; readonly deliveryId: DeliveryId; readonly at: number }
  /** the worker's next turn began, or, of an answer that was typed and is in doubt, a person says that it arrived */
  | { readonly is: 'settled'; readonly answer: Answer; readonly at: number; readonly vouchedBy?: string }
  /** the worker moved on; `notTyped` is the answer that came too late for its turn, and the delivery that was cancelled */
  | {
      readonly is: 'withdrawn';
      readonly reason: string;
      readonly at: number;
      readonly notTyped?: { readonly answer: Answer; readonly deliveryId: DeliveryId };
    }
  | { readonly is: 'expired'; readonly at: number }
  | { readonly is: 'failed'; readonly reason: string; readonly at: number }
  | { readonly is: 'dismissed'; readonly by: string; readonly at: number };

export interface Request {
  readonly id: RequestId;
  /** the worker's full name: its project's name, and its pane's label or id (`core/names.ts`); of older bridges the latter alone */
  readonly worker: string;
  /** absolute path of the worker's project; left out where none is known */
  readonly project?: string;
  /** of `bridge ask`: who it says it is, where its processes do not show that; absent otherwise */
  readonly claimed?: string;
  readonly pane: PaneIdentity;
  readonly agent: string;
  readonly turn: TurnId;
  /** tells the turn or dialog that asked from every other one, on the screen: the answer is typed for no other. Absent in older journals */
  readonly turnMark?: TurnMark;
  readonly kind: DetectionKind;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** of an `approval`: the dialog as it was read. It is answered by an option, never by a text */
  readonly dialog?: Dialog;
  /** of an `error`: which */
  readonly reason?: ErrorReason;
  /** absolute path of the project's repository, where it is one */
  readonly repository?: string;
  /** the worker's recent screen text, for whoever answers */
  readonly context: string;
  /** `screen`, or `ask` for `bridge ask`, whose answer is printed by the asking command and not typed */
  readonly via: 'screen' | 'ask';
  /** of `ask`: whoever asked waits no more, and its answer is typed into its pane. Absent where it waits, or has no pane */
  readonly isTyped?: true;
  /** of `ask`: the member that asked, by the name under which it is kept. Absent where nothing shows that */
  readonly member?: string;
  /** why nobody but the human may answer: part of it was never seen, the agent program is unknown, …; absent otherwise */
  readonly humanOnly?: string;
  /** why nobody but the human may choose in its dialog: whether that shows the command whole is not known; absent otherwise */
  readonly noChoice?: string;
  readonly openedAt: number;
  readonly deadlineAt: number | null;
  readonly state: RequestState;
  /** answers that came after the first: kept, and marked late */
  readonly late: readonly Answer[];
}

/** The states of a request that has not ended: never archived, and taken up again after a start. */
export const openRequests: readonly RequestState['is'][] = ['open', 'asked', 'answered'];

export function isOpen(request: Request): boolean {
  return openRequests.includes(request.state.is);
}

/** Whether its answer goes into the pane that asked; else whoever asked takes it. */
export function isAnswerTyped({ via, isTyped }: Pick<Request, 'via' | 'isTyped'>): boolean {
  return via === 'screen' || isTyped === true;
}

/** The lifecycle above, as a table: which state may be written after which. The audit holds every recorded step to it. */
const successors: Readonly<Record<RequestState['is'], readonly RequestState['is'][]>> = {
  open: ['asked', 'answered', 'settled', 'withdrawn', 'expired', 'dismissed'],
  asked: ['asked', 'answered', 'settled', 'withdrawn', 'expired', 'dismissed'],
  answered: ['answered', 'asked', 'delivered', 'withdrawn', 'expired', 'failed', 'dismissed'],
  delivered: ['settled'],
  settled: [],
  withdrawn: [],
  expired: [],
  failed: [],
  dismissed: [],
};

export function mayBecome(from: RequestState, to: RequestState): boolean {
  return successors[from.is].includes(to.is);
}

/** The answer of which a person is asked what became of it; null where there is none. */
export function doubtOf({ state }: Pick<Request, 'state'>): Doubt | null {
  return state.is === 'asked' ? (state.doubt ?? null) : null;
}

/** The answer that was given and never typed, since its turn had passed; null where there is none. */
export function notTypedOf({ state }: Pick<Request, 'state'>): Answer | null {
  return state.is === 'withdrawn' ? (state.notTyped?.answer ?? null) : null;
}

/**
 * What makes two sightings the same request: the pane, the turn and the words, however they were wrapped; of a dialog,
 * its fingerprint. `via` belongs to it because an answer that a command prints is not an answer that is typed.
 */
export function originOf(origin: Origin): string {
  return originIn(identityKey(origin.pane), origin);
}

/** The same as bridges before schema 3 wrote it: what they archived is known by that. */
export function earlierOriginOf(origin: Origin): string {
  const { socketPath, server, paneId, panePid } = origin.pane;
  return originIn([socketPath, serverPidOf(server), paneId, panePid].join('|'), origin);
}

type Origin = Pick<Request, 'via' | 'pane' | 'turn' | 'text' | 'dialog'>;

function originIn(pane: string, { via, turn, text, dialog }: Origin): string {
  const words = [via, pane, turn, normaliseWords(text)].join('|');
  return dialog === undefined ? words : `${words}|${dialog.fingerprint}`;
}

/** Which requests of the journal. */
export interface RequestFilter {
  /** only `open`, `asked` and `answered` */
  readonly open?: boolean;
  readonly states?: readonly RequestState['is'][];
  /** `identityKey` of the worker's pane */
  readonly pane?: string;
  /** `originOf` the request */
  readonly origin?: string;
  /** the newest so many */
  readonly limit?: number;
  /** the newest by their last change, and not by when they were opened */
  readonly byChange?: boolean;
}
