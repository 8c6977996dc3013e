import type { DeliveryId, EnvelopeId, RequestId } from './ids.ts';
import { type InputMethod, inputMethodInWords, type Via } from './native-input.ts';
import type { PaneAddress, PaneIdentity } from './pane.ts';
import type { ReadMark } from './read-mark.ts';
import type { TurnMark } from './turn-mark.ts';
import type { TypedNote } from './typed-note.ts';

/** One message. Request, response and direct message are all envelopes. */
export interface Envelope {
  readonly id: EnvelopeId;
  /** a request's id names its thread */
  readonly thread: string;
  readonly from: string;
  readonly to: string;
  readonly inReplyTo: EnvelopeId | RequestId | null;
  /**
   * `keys`: the body names keys, and they are pressed; `command`: it is a slash command of the agent, which runs it; `draft`: it
   * is typed and left in the composer; `submit`: it stands there, and Enter is pressed
   */
  readonly kind: 'request' | 'response' | 'message' | 'keys' | 'command' | 'draft' | 'submit';
  readonly body: string;
  /** private to the human: never typed into a pane */
  readonly notes: string;
  readonly expectsReply: boolean;
  readonly createdAt: number;
}

/** Why a delivery waits. Each but `other-bridge` and `locked` is a fact about the pane that a person could see there. */
export type HoldReason =
  | 'busy'
  | 'starting'
  | 'dialog'
  | 'draft'
  | 'unknown'
  | 'copy-mode'
  | 'shell'
  | 'gone'
  | 'replaced'
  | 'human-active'
  | 'locked'
  | 'input-off'
  | 'synchronized'
  /** another bridge owns the pane, and answers there; or has done so since this was asked */
  | 'other-bridge'
  /** the pane is on another machine, which is not reached */
  | 'host-away';

/** The evidence with which a delivery ended, and how it went; receipts of older bridges are all of the keyboard. */
export interface Receipt extends Partial<InputMethod> {
  /** where it was typed; receipts of older bridges do not say */
  readonly pane?: PaneAddress;
  readonly at: number;
  /** when the text was typed: an input that the screen showed before is not this one */
  readonly typedAt: number;
  /** `composer-emptied-and-echoed`, `busy-began`, … : the transition that was seen */
  readonly evidence: string;
  /** the screen lines that show it */
  readonly lines: readonly string[];
}

/** The evidence as people read it; journals and JSON keep its own name. */
export function evidenceInWords({ evidence }: Receipt): string {
  return evidence === 'composer-emptied-and-echoed' ? 'confirmed on screen' : evidence;
}

/** A receipt in one line: its evidence, and how the text went where that was not by typing, as asked. */
export function receiptInWords(receipt: Receipt): string {
  return [evidenceInWords(receipt), inputMethodInWords(receipt)].filter(Boolean).join('; ');
}

/** What the screen showed of a text when its delivery ended without a receipt. */
export interface LastSeen {
  readonly at: number;
  readonly lines: readonly string[];
}

/** What becomes of it in which order is the delivery machine's. */
export type DeliveryState =
  | { readonly is: 'queued' }
  | { readonly is: 'held'; readonly reason: HoldReason; readonly detail: string; readonly since: number }
  | { readonly is: 'claimed'; readonly at: number }
  /** it was sent or handed over, or was about to be: paste, key, or text at a native input. From here on none is repeated on a guess */
  | {
      readonly is: 'typed';
      readonly at: number;
      readonly turnBefore?: string;
      readonly way?: InputMethod;
      /** what its tmux server says of the paste, or of the keys; left out where it cannot */
      readonly note?: TypedNote;
    }
  /**
   * `turnBefore` marks the turn that was on the screen before: it tells an echo of this text from an older, equal one. `note` is of
   * the first Enter
   */
  | {
      readonly is: 'submitted';
      readonly at: number;
      readonly turnBefore?: string;
      readonly typedAt?: number;
      readonly way?: InputMethod;
      readonly note?: TypedNote;
    }
  | { readonly is: 'acknowledged'; readonly receipt: Receipt }
  | { readonly is: 'typed-not-submitted'; readonly reason: string; readonly seen?: LastSeen }
  | { readonly is: 'uncertain'; readonly reason: string; readonly seen?: LastSeen }
  | { readonly is: 'failed'; readonly reason: string }
  | { readonly is: 'expired' }
  | { readonly is: 'cancelled'; readonly reason: string };

export interface Delivery {
  readonly id: DeliveryId;
  readonly envelope: Envelope;
  /** the agent this was meant for; another agent in the same pane is not it */
  readonly recipient: PaneIdentity;
  /** name of the agent program, and how the human released what it would otherwise hold */
  readonly agent: string;
  readonly options: DeliveryOptions;
  /**
   * fingerprint of the dialog in which this chooses: its body is an option's label then, or names the keys that are
   * pressed there, and no text is ever typed
   */
  readonly dialog?: string;
  /** of an answer, or of keys for a dialog: where that turn or dialog has passed, nothing is typed. Absent in older journals */
  readonly turnMark?: TurnMark;
  /** of an answer: when whoever gave it was asked. Absent in older journals */
  readonly askedAt?: number;
  /** of one who has read the pane: where it is not as it was read, nothing is typed */
  readonly mark?: ReadMark;
  /** with a mark: the text of the reader's own that stands in the composer, typed there before and not submitted */
  readonly draft?: string;
  readonly state: DeliveryState;
  /** how often it was claimed */
  readonly attempts: number;
  readonly createdAt: number;
  /** held no longer than this instant; null waits for ever */
  readonly deadlineAt: number | null;
  /** when the running turn was broken off for it: once at most */
  readonly interruptedAt?: number;
}

export interface DeliveryOptions {
  /** overrides busy and unknown; never a dialog, a draft or a dead pane */
  readonly force: boolean;
  /** does not wait for the running turn: it is broken off first, where the program has a key for that */
  readonly urgent?: true;
  /** permits typing at a bare shell, ssh, docker or REPL */
  readonly allowShell: boolean;
  /** left out: keyboard */
  readonly via?: Via;
  /** a program that nobody knows takes a paste of several lines as one input: its sender says so */
  readonly takesLines?: boolean;
}

/** Begins the reason of a delivery that was cancelled because what it answers has passed. */
const turnPassed = 'turn-passed: ';

export function becausePassed(why: string): string {
  return turnPassed + why;
}

/** Why its turn had passed; null where the delivery did not end by that. */
export function whyTurnPassed(state: DeliveryState): string | null {
  return state.is === 'cancelled' && state.reason.startsWith(turnPassed) ? state.reason.slice(turnPassed.length) : null;
}

/** How a dialog ended under the keys of a delivery, as its receipt has it. */
export type DialogEnd = 'another-dialog-opened' | 'dialog-closed';

/** Whether the courier saw the dialog close that this delivery was meant for. */
export function sawDialogEnd({ dialog, state }: Pick<Delivery, 'dialog' | 'state'>): boolean {
  if (dialog === undefined || state.is !== 'acknowledged') return false;
  return (['another-dialog-opened', 'dialog-closed'] satisfies DialogEnd[] as string[]).includes(
    state.receipt.evidence,
  );
}
