import * as z from 'zod';
import { type Choice, choicesFor } from '../core/choices.ts';
import { type Delivery, type DeliveryState, type Receipt, receiptInWords, whyTurnPassed } from '../core/envelope.ts';
import { ExitCode } from '../core/failure.ts';
import type { Dialog } from '../core/reading.ts';
import { type Answer, type Doubt, doubtOf, notTypedOf, type Request } from '../core/request.ts';
import type { Pause } from '../requests/budget.ts';

/** A document of the journal, as it is kept there: its type stands in core/. */
export const document = <T extends object>() =>
  z.custom<T>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'is not a document');

const exitCode = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(64)]);

/** A request as people and machines see it: its state, and why its answer still waits. */
export const requestView = z.object({
  id: z.string(),
  worker: z.string(),
  /** of `bridge ask`: the pane that it says it is, where its processes do not show that; null where they do */
  claimed: z.string().nullable(),
  pane: z.string(),
  /** which host and tmux server the pane is on: its id alone names none */
  host: z.string(),
  server: z.string(),
  /** absolute path of the worker's project; null where none is known */
  project: z.string().nullable(),
  agent: z.string(),
  kind: z.string(),
  text: z.string(),
  attributes: z.record(z.string(), z.string()).readonly(),
  /** the dialog it is about: one of its options answers it */
  dialog: document<Dialog>().nullable(),
  /** what stood there, where the dialog does not say in so many words of what it is: the folder that is to be trusted, … */
  screen: z.string().nullable(),
  state: z.custom<Request['state']['is']>((value) => typeof value === 'string', 'is no state'),
  status: z.string(),
  openedAt: z.number(),
  answer: document<Answer>().nullable(),
  late: z.array(document<Answer>()).readonly(),
  delivery: document<Delivery>().nullable(),
  /** an answer of which only a person can say whether it arrived */
  doubt: document<Doubt>().nullable(),
  /** an answer that was given, and never typed because the turn that asked had passed */
  notTyped: document<Answer>().nullable(),
  /** what a person can do about it now, one command each; empty when it waits for nobody */
  choices: z.array(document<Choice>()).readonly(),
});
export type RequestView = z.infer<typeof requestView>;

/** One text on its way to a pane, or at its end, as `send` returned it. */
export const textView = z.object({ sent: document<Delivery>() });
export type TextView = z.infer<typeof textView>;

export const answerView = z.object({
  id: z.string(),
  accepted: z.enum(['first', 'replaced', 'late', 'refused']),
  message: z.string(),
  delivery: document<Delivery>().nullable(),
  exitCode,
});
export type AnswerView = z.infer<typeof answerView>;

/** What a decision without an answer came to. */
export const decisionView = z.object({ id: z.string(), message: z.string() });

export const sendView = z.object({ delivery: document<Delivery>(), message: z.string(), exitCode });
export type SendView = z.infer<typeof sendView>;

export const askView = z.object({
  id: z.string(),
  state: z.string(),
  status: z.string(),
  answer: z.string().nullable(),
  notes: z.string().nullable(),
  claimed: z.string().nullable(),
  /** with which who asked has the answer later; null where none was wanted */
  ticket: z.string().nullable(),
});

const pause = z.object({
  at: z.number(),
  by: z.string(),
  reason: z.string(),
  limit: z.custom<Pause['limit']>((value) => value === undefined || typeof value === 'string').optional(),
});

export const pauseView = z.object({
  message: z.string(),
  /** the workers whose pause began or ended; `*` is all of them */
  changed: z.array(z.string()).readonly(),
  pauses: z.record(z.string(), pause),
});

/** Pauses by full name, each with the name that is shown. */
export const seenPauses = z.record(z.string(), pause.extend({ shown: z.string() }));

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
    screen: request.dialog && !request.dialog.subject?.isWhole ? request.context : null,
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
  if (receipt.evidence === 'in-composer') return 'typed, and not submitted: it stands in the prompt';
  return `submitted (${receiptInWords(receipt)})`;
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
