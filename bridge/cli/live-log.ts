import { inWords } from '../core/duration.ts';
import { type Delivery, type Receipt, receiptInWords } from '../core/envelope.ts';
import type { PublicEvent } from '../core/events.ts';
import { firstLine } from '../core/first-line.ts';
import { isAboutMail, senderIn, shortId } from '../core/mail-lines.ts';
import { questionOf } from '../core/question-line.ts';
import { isAnswerTyped, type Request } from '../core/request.ts';
import { levelOf } from './live-record.ts';
import { paint } from './output.ts';
import { repeats } from './repeats.ts';

/** A screen that cannot be judged, and a text that is held, are told once that lasts: between two states it is so for a moment. */
const lastsMs = 2_000;

/** How much is told. `quiet`: what needs a person; `verbose`: each change of a reading, with its reason, and every step on the way. */
export interface Detail {
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** The live log of a person's terminal: of all that happens, the lines that change what a person knows. */
export class LiveLog {
  readonly #detail: Detail;
  readonly #tell: (line: string) => void;
  readonly #after: (ms: number, work: () => void) => () => void;
  readonly #isRepeated = repeats();
  /** the state that was told last, by pane */
  readonly #states = new Map<string, string>();
  /** what is told once it lasts, by pane or delivery: takes it back */
  readonly #pending = new Map<string, () => void>();
  /** of answers that have arrived, by request: told with the request's own line, which follows */
  readonly #receipts = new Map<string, Receipt>();

  /** @param tell takes what is to be shown, one or several lines */
  constructor(detail: Detail, tell: (line: string) => void, after: (ms: number, work: () => void) => () => void) {
    this.#detail = detail;
    this.#tell = tell;
    this.#after = after;
  }

  take(event: PublicEvent): void {
    if (this.#isRepeated(event)) return;
    const { quiet, verbose } = this.#detail;
    if (quiet ? levelOf(event) !== 'warning' : !verbose && this.#isPassedOver(event)) return;
    const receipt = event.type === 'request-changed' ? this.#receiptOf(event.request) : undefined;
    const line = renderLive(event, { verbose, ...(receipt === undefined ? {} : { receipt }) });
    if (line !== null) this.#tell(line);
  }

  /** What a person need not see; what of it matters is told with another event, or once it lasts. */
  #isPassedOver(event: PublicEvent): boolean {
    switch (event.type) {
      case 'state-changed':
        return !this.#isNewState(event);
      case 'request-changed':
        // whom it went to is told with why, and what follows its delivery is the worker's own work
        return (
          ['asked', 'settled'].includes(event.request.state.is) &&
          isAnswerTyped(event.request) &&
          !isForController(event.request)
        );
      case 'delivery-changed':
        return this.#isHeldForAMoment(event) || this.#isAnswerThatArrived(event.delivery);
      case 'agent-signalled':
        return true;
      default:
        return false;
    }
  }

  #isNewState(event: Extract<PublicEvent, { type: 'state-changed' }>): boolean {
    const pane = `${event.host} ${event.server} ${event.paneId}`;
    this.#takeBack(pane);
    if (event.state === this.#states.get(pane)) return false;
    if (event.state !== 'unknown') {
      this.#states.set(pane, event.state);
      return true;
    }
    this.#tellIfItLasts(pane, event, () => this.#states.set(pane, event.state));
    return false;
  }

  #isHeldForAMoment(event: Extract<PublicEvent, { type: 'delivery-changed' }>): boolean {
    const { id, state } = event.delivery;
    this.#takeBack(id);
    if (state.is !== 'held') return false;
    this.#tellIfItLasts(id, event);
    return true;
  }

  #tellIfItLasts(subject: string, event: PublicEvent, told: () => void = () => {}): void {
    const tell = () => {
      this.#pending.delete(subject);
      told();
      this.#tell(renderLive(event, { verbose: true })!);
    };
    this.#pending.set(subject, this.#after(lastsMs, tell));
  }

  #takeBack(subject: string): void {
    this.#pending.get(subject)?.();
    this.#pending.delete(subject);
  }

  #isAnswerThatArrived({ envelope, state }: Delivery): boolean {
    if (isAboutMail(envelope)) return state.is === 'acknowledged';
    if (state.is !== 'acknowledged' || envelope.inReplyTo === null) return false;
    this.#receipts.set(envelope.thread, state.receipt);
    return true;
  }

  #receiptOf({ id, state }: Request): Receipt | undefined {
    const receipt = this.#receipts.get(id);
    if (state.is === 'delivered') this.#receipts.delete(id);
    return receipt;
  }
}

function isForController({ state }: Request): boolean {
  return state.is === 'asked' && state.of === 'controller';
}

/** One event for a person; null for what nobody need see. Bodies stay in the journal: first lines only. */
export function renderLive(
  event: PublicEvent,
  { verbose, receipt }: { readonly verbose: boolean; readonly receipt?: Receipt },
): string | null {
  switch (event.type) {
    case 'said':
      return event.level === 'warning' ? paint('yellow', `! ${event.text}`) : event.text;
    case 'worker-found':
      return `${verb('worker', 'bold')} ${event.worker} ${event.paneId} is watched (${event.agent})${event.agent === 'unknown' ? ': its requests are seen, answers to it are held until --agent names its agent program' : ''}`;
    case 'worker-lost':
      return `${verb('worker', 'bold')} ${event.worker} ${event.paneId} is not watched any more: ${event.reason}`;
    case 'state-changed':
      return paint('dim', `${event.state.padEnd(verbWidth)} ${event.worker}${verbose ? `: ${event.why}` : ''}`);
    case 'request-changed':
      return renderRequest(event.request, receipt);
    case 'delivery-changed': {
      const { state, envelope, id } = event.delivery;
      const head = `${short(id)} to ${envelope.to}`;
      if (state.is === 'held') return `${verb('held', 'yellow')} ${head}: ${state.reason}: ${state.detail}`;
      if (state.is === 'acknowledged') return paint('dim', `receipt   ${head}: ${receiptInWords(state.receipt)}`);
      if (state.is === 'uncertain' || state.is === 'typed-not-submitted' || state.is === 'failed') {
        return `${paint('red', state.is)} ${head}: ${state.reason}`;
      }
      return null;
    }
    case 'would-send':
      return `${paint('cyan', event.press === undefined ? 'would send' : `would press ${event.press}`)} ${short(event.request.id)} to ${event.request.worker}: ${firstLine(event.text)} (${event.by})`;
    case 'would-ask':
      return `${paint('cyan', `would ask ${event.controller}`)} ${headOf(event.request)}: ${questionIn(event.request)}`;
    case 'would-notify':
      return `${paint('cyan', 'would notify you')} ${headOf(event.request)}: ${event.why}; ${shownBy(event.request.id)}`;
    case 'human-needed':
      return paint('yellow', `needs you: ${headOf(event.request)}: ${event.why}; ${shownBy(event.request.id)}`);
    case 'answer-not-typed': {
      const why = `the answer of ${event.by} came too late: ${event.why}`;
      return paint('yellow', `! not typed ${headOf(event.request)}: ${why}; ${shownBy(event.request.id)}`);
    }
    case 'letter-stranded': {
      const { id, envelope } = event.delivery;
      return paint('yellow', `needs you: text to ${envelope.to}: ${event.why}; ${shownBy(id)}`);
    }
    case 'controller-blocked': {
      const choices = event.options === '' ? '' : ` (${event.options})`;
      return paint(
        'yellow',
        `needs you: ${event.worker} ${event.paneId} waits at a dialog: ${firstLine(event.question)}${choices}; answer it there: \`${event.attach}\``,
      );
    }
    case 'message-sent': {
      const { message } = event;
      return `${verb('message', 'cyan')} ${senderIn(message)} → ${message.to.join(', ')} #${shortId(message.id)}: ${firstLine(message.body)}`;
    }
    case 'mail-changed':
      return renderMail(event);
    case 'human-told': {
      const { id, body } = event.message;
      const show = `\`bridge inbox\`, \`bridge reply ${shortId(id)} "…"\``;
      return paint('yellow', `for you: ${senderIn(event.message)} writes: ${firstLine(body)}; ${show}`);
    }
    case 'agent-signalled':
      return paint('dim', `signal    ${event.agent} ${event.paneId} says ${event.kind} (${event.event})`);
    case 'controller-unblocked':
      return paint('dim', `dialog    ${event.worker} ${event.paneId} waits at no dialog any more`);
    case 'signal-dropped':
    case 'person-typed':
    case 'controller-replied':
      return null;
  }
}

/** What a worker did that opened a request. */
const opens: Readonly<Record<Request['kind'], string>> = {
  request: 'request',
  question: 'question',
  approval: 'approval',
  completion: 'finished',
  error: 'error',
  stuck: 'stuck',
};

function renderMail({ message, mail }: Extract<PublicEvent, { type: 'mail-changed' }>): string | null {
  const { state, member } = mail;
  const head = `${senderIn(message)} → ${member} #${shortId(message.id)}`;
  switch (state.is) {
    case 'submitted': {
      const what = { text: '', doorbell: ', a doorbell', page: ', its page is in inbox/' }[state.as];
      return `${verb('delivered', 'green')} ${head}${what}, ${inWords(state.at - message.sentAt)} after it was sent (${receiptInWords(state.receipt)})`;
    }
    case 'read':
      return paint('dim', `read      ${head}`);
    case 'uncertain':
      return `${paint('red', 'uncertain')} ${head}: ${state.reason}`;
    case 'withdrawn':
      return `${verb('withdrawn')} ${head}`;
    case 'expired':
      return `${verb('expired', 'yellow')} ${head}: nobody was told of it in time`;
    case 'waiting':
    case 'held':
    case 'offered':
      return null;
  }
}

function renderRequest(request: Request, receipt?: Receipt): string {
  const { state } = request;
  const head = headOf(request);
  switch (state.is) {
    case 'open':
      return `${verb(opens[request.kind], 'cyan')} ${head}: ${questionIn(request)}`;
    case 'asked':
      return `${verb('asked')} ${head}: ${state.of === 'controller' ? 'the controller' : 'you'}`;
    case 'answered': {
      const notes = state.answer.notes ? `\nnotes: ${state.answer.notes}` : '';
      return `${verb('answer', 'cyan')} ${head} by ${state.answer.by}: ${firstLine(state.answer.instructions)}${notes}`;
    }
    case 'delivered': {
      const took = `${inWords(state.at - request.openedAt)} after it asked`;
      const evidence = receipt === undefined ? '' : ` (${receiptInWords(receipt)})`;
      return `${verb('delivered', 'green')} ${head}, ${took}: ${questionIn(request)} → ${firstLine(state.answer.instructions)}${evidence}`;
    }
    case 'settled':
      // who asked from a shell reads the answer there: nothing else tells of it
      if (!isAnswerTyped(request))
        return `${verb('answer', 'cyan')} ${head} by ${state.answer.by}: ${firstLine(state.answer.instructions)}`;
      return paint('dim', `${verb('settled')} ${head}: the worker went on`);
    case 'withdrawn':
      return `${verb('withdrawn')} ${head}: ${state.reason}`;
    case 'failed':
      return `${verb('failed', 'red')} ${head}: ${state.reason}`;
    case 'dismissed':
      return `${verb('dismissed')} ${head} by ${state.by}`;
    case 'expired':
      return `${verb('expired', 'yellow')} ${head}`;
  }
}

/** The widest of the words that lines begin with, `withdrawn`. */
const verbWidth = 9;

function verb(word: string, style?: Parameters<typeof paint>[0]): string {
  const padding = ' '.repeat(Math.max(0, verbWidth - word.length));
  return `${style === undefined ? word : paint(style, word)}${padding}`;
}

function headOf({ id, worker }: Request): string {
  return `${short(id)} ${worker}`;
}

function questionIn(request: Request): string {
  return firstLine(questionOf(request));
}

function shownBy(id: string): string {
  return `\`bridge show ${short(id)}\``;
}

/** The characters of an id that people type. */
export function short(id: string): string {
  return id.slice(-6);
}
