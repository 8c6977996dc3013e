import { type Delivery, type DeliveryState, receiptInWords } from './envelope.ts';
import { firstLine } from './first-line.ts';
import type { JournalEvent } from './journal-event.ts';
import { inputMethodInWords } from './native-input.ts';
import type { Answer, Request, RequestState } from './request.ts';

/** What an event is about, as far as the journal still has it. */
export interface About {
  readonly request: Request | null;
  readonly delivery: Delivery | null;
}

/** What events tell beside their kind. Those of older bridges may tell less. */
interface EventData {
  readonly state?: RequestState | DeliveryState;
  readonly answer?: Answer;
  readonly replaced?: { readonly body?: string };
  readonly keys?: readonly string[];
  readonly key?: string;
  readonly label?: string;
  readonly by?: string;
  readonly reason?: string;
  readonly byMs?: number;
  readonly kind?: string;
  readonly event?: string;
  readonly agent?: string;
  readonly pane?: string;
}

type Words = (fields: EventData, about: About) => string;

/** By what was detected: what a worker does that opens a request. */
const opened: Readonly<Record<Request['kind'], string>> = {
  request: 'asks',
  question: 'ends its turn with a question',
  approval: 'waits at a dialog',
  completion: 'says that it has finished',
  error: 'stands at an error',
  stuck: 'seems to be stuck',
};

/** Each kind of event, in words. */
const words: Readonly<Record<string, Words>> = {
  'request-opened': (_, { request }) => (request === null ? 'asks' : `${opened[request.kind]}: ${asked(request)}`),
  'request-asked': ({ state }) =>
    state?.is === 'asked' && state.of === 'human' ? `you are asked: ${state.why}` : 'the controller is asked',
  'request-answered': ({ state }) => `answered${answerIn(state)}`,
  'request-answer-replaced': ({ state }) => `answered anew${answerIn(state)}`,
  'request-answer-late': ({ answer }) => `an answer came too late and is kept${said(answer)}`,
  'request-delivered': () => 'the worker has the answer',
  'request-settled': ({ state }) =>
    state?.is === 'settled' && state.vouchedBy !== undefined ? `settled by ${state.vouchedBy}` : 'the worker went on',
  'request-withdrawn': ({ state }) => `withdrawn${because(state)}`,
  'request-expired': () => 'expired: its time is over',
  'request-failed': ({ state }) => `failed${because(state)}`,
  'request-dismissed': ({ state }) => `dismissed${state?.is === 'dismissed' ? ` by ${state.by}` : ''}`,
  'request-asker-left': () => 'who asked waits no more: the answer will be typed into its pane',
  'request-turn-corrected': () => 'belongs to another turn than was thought at first',
  'request-deadline-moved': () => 'its deadline moves with the clock',
  'delivery-queued': ({ state }, { request, delivery }) => {
    if (state !== undefined) return 'its pane is found: it waits to be typed';
    if (request !== null) return 'the answer waits to be typed';
    return delivery === null
      ? 'waits to be typed'
      : `${delivery.envelope.kind} of ${delivery.envelope.from}: ${body(delivery)}`;
  },
  'delivery-held': ({ state }) => (state?.is === 'held' ? `held (${state.reason}): ${state.detail}` : 'held'),
  'delivery-claimed': () => 'is on its way to the pane',
  'delivery-typed': ({ state }) => (isNative(state) ? `handed over${withInputMethod(state)}` : 'typed'),
  'delivery-fell-back': ({ state }) => inputMethodOf(state) || 'typed',
  'delivery-pressed': ({ keys, key, label }) =>
    `pressed ${keys?.join(' ') ?? key ?? 'a key'}${label === undefined ? '' : `: ${firstLine(label)}`}`,
  'delivery-draft-seen': () => 'its draft stands in the prompt',
  'delivery-not-typed': () => 'was not typed after all, as tmux there says: it waits to be typed',
  'delivery-submitted': ({ state }) => (isNative(state) ? 'taken' : 'submitted with Enter'),
  'delivery-enter-repeated': () => 'Enter pressed once more',
  'delivery-acknowledged': ({ state }) =>
    state?.is === 'acknowledged' ? `arrived (${receiptInWords(state.receipt)})` : 'arrived',
  'delivery-typed-not-submitted': ({ state }) => `typed, and not submitted${because(state)}`,
  'delivery-uncertain': ({ state }) => `nobody can tell whether it arrived${because(state)}`,
  'delivery-failed': ({ state }) => `not delivered${because(state)}`,
  'delivery-expired': () => 'not typed: its time is over',
  'delivery-cancelled': ({ state }) => `not typed${because(state)}`,
  'delivery-body-replaced': (_, { delivery }) => `its text is another now${delivery ? `: ${body(delivery)}` : ''}`,
  'delivery-deadline-moved': () => 'its deadline moves with the clock',
  'worker-paused': ({ by, reason }) => `paused by ${by}: ${reason}`,
  'worker-resumed': ({ by }) => `goes on: resumed by ${by}`,
  'worker-starting': ({ by, agent }) => `${by} has ${agent} started`,
  'worker-started': ({ by, agent, pane }) => `${agent} was started by ${by}, in pane ${pane}`,
  'worker-not-started': ({ reason }) => `was not started: ${reason}`,
  'clock-stepped': ({ byMs = 0 }) =>
    `the system's clock was set ${byMs < 0 ? 'back' : 'forward'} by ${Math.abs(byMs) / 1000} s`,
  'agent-signalled': ({ kind, event }) => `its agent says ${kind} (${event})`,
  'agent-signal-dropped': ({ kind, reason }) => `a hook said ${kind}, and is not believed: ${reason}`,
  'agent-signals-flooded': ({ reason }) => `hooks call too often: ${reason}`,
};

/** A kind that is not known here is another bridge's: its name says what happened. */
export function eventInWords({ kind, data }: JournalEvent, about: About): string {
  const fields = typeof data === 'object' && data !== null ? (data as EventData) : {};
  const known = Object.hasOwn(words, kind) ? words[kind] : undefined;
  return known === undefined ? kind.replaceAll('-', ' ') : known(fields, about);
}

function asked({ dialog, text }: Request): string {
  const { subject = null } = dialog ?? {};
  return firstLine(subject?.text ?? dialog?.question ?? text);
}

function answerIn(state: EventData['state']): string {
  return state !== undefined && 'answer' in state ? said(state.answer) : '';
}

function said(answer: Answer | undefined): string {
  if (answer === undefined) return '';
  const notes = firstLine(answer.notes);
  return ` by ${answer.by}: ${firstLine(answer.instructions)}${notes === '' ? '' : ` (${notes})`}`;
}

function body({ envelope }: Delivery): string {
  return firstLine(envelope.body);
}

function because(state: EventData['state']): string {
  return state !== undefined && 'reason' in state ? `: ${state.reason}` : '';
}

function inputMethodOf(state: EventData['state']): string {
  return state !== undefined && 'way' in state && state.way !== undefined ? inputMethodInWords(state.way) : '';
}

function withInputMethod(state: EventData['state']): string {
  const method = inputMethodOf(state);
  return method === '' ? '' : ` ${method}`;
}

function isNative(state: EventData['state']): boolean {
  return state !== undefined && 'way' in state && state.way?.via === 'native';
}
