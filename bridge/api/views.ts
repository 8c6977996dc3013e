import { type Choice, choicesFor } from '../core/choices.ts';
import { type Delivery, type DeliveryState, type Receipt, whyTurnPassed } from '../core/envelope.ts';
import { ExitCode } from '../core/failure.ts';
import { inputMethodInWords } from '../core/native-input.ts';
import type { Dialog } from '../core/reading.ts';
import { type Answer, type Doubt, doubtOf, notTypedOf, type Request } from '../core/request.ts';
import type { Pauses } from '../requests/budget.ts';

/** A request as people and machines see it: its state, and why its answer still waits. */
export interface RequestView {
  readonly id: string;
  readonly worker: string;
  /** of `bridge ask`: the pane that it says it is, where its processes do not show that; null where they do */
  readonly claimed: string | null;
  readonly pane: string;
  /** which host and tmux server the pane is on: its id alone names none */
  readonly host: string;
  readonly server: string;
  /** absolute path of the worker's project; null where none is known */
  readonly project: string | null;
  readonly agent: string;
  readonly kind: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** the dialog it is about: one of its options answers it */
  readonly dialog: Dialog | null;
  readonly state: Request['state']['is'];
  readonly status: string;
  readonly openedAt: number;
  readonly answer: Answer | null;
  readonly late: readonly Answer[];
  readonly delivery: Delivery | null;
  /** an answer of which only a person can say whether it arrived */
  readonly doubt: Doubt | null;
  /** an answer that was given, and never typed because the turn that asked had passed */
  readonly notTyped: Answer | null;
  /** what a person can do about it now, one command each; empty when it waits for nobody */
  readonly choices: readonly Choice[];
}

/** One text on its way to a pane, or at its end, as `send` returned it. */
export interface TextView {
  readonly sent: Delivery;
}

export interface AnswerView {
  readonly id: string;
  readonly accepted: 'first' | 'replaced' | 'late' | 'refused';
  readonly message: string;
  readonly delivery: Delivery | null;
  readonly exitCode: ExitCode;
}

export interface SendView {
  readonly delivery: Delivery;
  readonly message: string;
  readonly exitCode: ExitCode;
}

export interface AskView {
  readonly id: string;
  readonly state: string;
  readonly status: string;
  readonly answer: string | null;
  readonly notes: string | null;
  readonly claimed: string | null;
}

export interface PauseView {
  readonly message: string;
  /** the workers whose pause began or ended; `*` is all of them */
  readonly changed: readonly string[];
  readonly pauses: Pauses;
}

/** @param delivery of the request's answer, where there is one */
export function viewOf(request: Request, delivery: Delivery | null): RequestView {
  const { state } = request;
  return {
    id: request.id,
    worker: request.worker,
    claimed: request.claimed ?? null,
    pane: request.pane.paneId,
    host: request.pane.host,
    server: request.pane.server,
    project: request.project ?? null,
    agent: request.agent,
    kind: request.kind,
    text: request.text,
    attributes: request.attributes,
    dialog: request.dialog ?? null,
    state: state.is,
    status: statusOf(request, delivery),
    openedAt: request.openedAt,
    answer: 'answer' in state ? state.answer : null,
    late: request.late,
    delivery: delivery && withoutMark(delivery),
    doubt: doubtOf(request),
    notTyped: notTypedOf(request),
    choices: choicesFor(request),
  };
}

/** The mark is for machines that look at screens. */
function withoutMark({ turnMark, ...delivery }: Delivery): Delivery {
  return delivery;
}

function statusOf(request: Request, delivery: Delivery | null): string {
  const { state } = request;
  switch (state.is) {
    case 'open':
      return 'seen; waiting for a second look';
    case 'asked':
      return state.of === 'controller' ? 'asking the controller' : `waits for you: ${state.why}`;
    case 'answered':
      return delivery?.state.is === 'held'
        ? `answered by ${state.answer.by}, held: ${delivery.state.detail}`
        : `answered by ${state.answer.by}, ${delivery?.state.is ?? 'to be delivered'}`;
    case 'delivered':
    case 'settled':
      return `${state.is}, answered by ${state.answer.by}`;
    case 'withdrawn':
    case 'failed':
      return `${state.is}: ${state.reason}`;
    case 'dismissed':
      return `dismissed by ${state.by}`;
    case 'expired':
      return 'expired';
  }
}

function submittedAs(receipt: Receipt): string {
  // keys have no other receipt
  if (receipt.evidence === 'screen-changed') return 'pressed (screen-changed)';
  return `submitted (${[receipt.evidence, inputMethodInWords(receipt)].filter(Boolean).join('; ')})`;
}

/** What became of a delivery, in words and as the exit code that all commands share. */
export function outcomeOf(state: DeliveryState): { message: string; exitCode: ExitCode } {
  switch (state.is) {
    case 'acknowledged':
      return { message: submittedAs(state.receipt), exitCode: ExitCode.done };
    case 'held':
      return { message: `held: ${state.reason}: ${state.detail}`, exitCode: ExitCode.held };
    case 'queued':
    case 'claimed':
      return { message: 'queued', exitCode: ExitCode.held };
    case 'expired':
      return { message: 'held until its deadline; nothing was typed', exitCode: ExitCode.held };
    case 'typed':
    case 'submitted':
      return { message: `${state.is}, not yet confirmed`, exitCode: ExitCode.undecided };
    case 'typed-not-submitted':
      return { message: `typed, not submitted: ${state.reason}`, exitCode: ExitCode.undecided };
    case 'uncertain':
      return { message: `uncertain: ${state.reason}`, exitCode: ExitCode.undecided };
    case 'failed':
      return { message: `failed: ${state.reason}`, exitCode: ExitCode.failed };
    case 'cancelled': {
      const passed = whyTurnPassed(state);
      if (passed !== null) {
        const message = passed.startsWith('nothing was')
          ? passed
          : `not typed, the turn that asked has passed: ${passed}`;
        return { message, exitCode: ExitCode.failed };
      }
      return { message: state.reason, exitCode: state.reason.startsWith('held') ? ExitCode.held : ExitCode.failed };
    }
  }
}
