import { type Receipt, receiptInWords } from '../core/envelope.ts';
import type { PublicEvent } from '../core/events.ts';
import { firstLine, paint } from './output.ts';

/** One line of the live log for a person; null for what a person need not see. Bodies stay in the journal: first lines only. */
export function renderLive(event: PublicEvent, quiet: boolean): string | null {
  if (quiet && levelOf(event) !== 'warning') return null;
  switch (event.type) {
    case 'said':
      return event.level === 'warning' ? paint('yellow', `! ${event.text}`) : event.text;
    case 'worker-found':
      return `${paint('bold', event.worker)} ${event.paneId} is watched (${event.agent})${event.agent === 'unknown' ? ': its requests are seen, answers to it are held until --agent names its agent program' : ''}`;
    case 'worker-lost':
      return `${event.worker} ${event.paneId} is not watched any more: ${event.reason}`;
    case 'state-changed':
      return paint('dim', `${event.worker} ${event.paneId} ${event.state}: ${event.why}`);
    case 'request-changed': {
      const { request } = event;
      const { state } = request;
      const head = `${short(request.id)} ${request.worker}`;
      switch (state.is) {
        case 'open':
          return `${paint('cyan', 'request')}   ${head}: ${firstLine(request.text)}`;
        case 'asked':
          return `asked     ${head}: ${state.of === 'controller' ? 'the controller' : 'you'}`;
        case 'answered':
          return `${paint('cyan', 'answer')}    ${head} by ${state.answer.by}: ${firstLine(state.answer.instructions)}${state.answer.notes ? `\nnotes: ${state.answer.notes}` : ''}`;
        case 'delivered':
          return `${paint('green', 'delivered')} ${head}`;
        case 'settled':
          // who asked from a shell reads the answer there: nothing else tells of it
          if (request.via === 'ask')
            return `${paint('cyan', 'answer')}    ${head} by ${state.answer.by}: ${firstLine(state.answer.instructions)}`;
          return paint('dim', `settled   ${head}: the worker went on`);
        case 'withdrawn':
          return `withdrawn ${head}: ${state.reason}`;
        case 'failed':
          return `${paint('red', 'failed')}    ${head}: ${state.reason}`;
        case 'dismissed':
          return `dismissed ${head} by ${state.by}`;
        case 'expired':
          return `${paint('yellow', 'expired')}   ${head}`;
      }
      return null;
    }
    case 'delivery-changed': {
      const { delivery } = event;
      const { state } = delivery;
      const head = `${short(delivery.id)} to ${delivery.envelope.to}`;
      if (state.is === 'held') return `${paint('yellow', 'held')}      ${head}: ${state.reason}: ${state.detail}`;
      if (state.is === 'acknowledged') {
        return paint('dim', `receipt   ${head}: ${receiptInWords(state.receipt)}`);
      }
      if (state.is === 'uncertain' || state.is === 'typed-not-submitted' || state.is === 'failed') {
        return `${paint('red', state.is)} ${head}: ${state.reason}`;
      }
      return null;
    }
    case 'would-send':
      return `${paint('cyan', event.press === undefined ? 'would send' : `would press ${event.press}`)} ${short(event.request.id)} to ${event.request.worker}: ${firstLine(event.text)} (${event.by})`;
    case 'would-ask':
      return `${paint('cyan', `would ask ${event.controller}`)} ${short(event.request.id)} ${event.request.worker}: ${firstLine(event.request.text)}`;
    case 'would-notify':
      return `${paint('cyan', 'would notify you')} ${short(event.request.id)} ${event.request.worker}: ${event.why}; \`bridge show ${short(event.request.id)}\``;
    case 'human-needed':
      return paint(
        'yellow',
        `needs you: ${short(event.request.id)} ${event.request.worker}: ${event.why}; \`bridge show ${short(event.request.id)}\``,
      );
    case 'answer-not-typed': {
      const { id, worker } = event.request;
      return paint(
        'yellow',
        `! not typed ${short(id)} ${worker}: the answer of ${event.by} came too late: ${event.why}; \`bridge show ${short(id)}\``,
      );
    }
    case 'letter-stranded': {
      const { id, envelope } = event.delivery;
      return paint('yellow', `needs you: text to ${envelope.to}: ${event.why}; \`bridge show ${short(id)}\``);
    }
    case 'controller-blocked': {
      const choices = event.options === '' ? '' : ` (${event.options})`;
      return paint(
        'yellow',
        `needs you: ${event.worker} ${event.paneId} waits at a dialog: ${firstLine(event.question)}${choices}; answer it there: \`${event.attach}\``,
      );
    }
    case 'agent-signalled':
      return paint('dim', `${event.agent} ${event.paneId} says ${event.kind} (${event.event})`);
    case 'signal-dropped':
    case 'controller-replied':
      return null;
  }
}

/** Of so many requests, deliveries and panes it is remembered what was said last. */
const rememberedSubjects = 1_000;

/**
 * Whether an event says the same as the one before about its request, delivery or pane. Changes are told at least once, and a
 * reader sees each once; a call for a person may come again.
 */
export function repeats(): (event: PublicEvent) => boolean {
  const last = new Map<string, string>();
  return (event) => {
    const subject = subjectOf(event);
    if (subject === null) return false;
    const said = JSON.stringify([event.type, recordOf(event)]);
    const isSame = last.get(subject) === said;
    last.delete(subject);
    last.set(subject, said);
    if (last.size > rememberedSubjects) last.delete(last.keys().next().value!);
    return isSame;
  };
}

function subjectOf(event: PublicEvent): string | null {
  switch (event.type) {
    case 'request-changed':
    case 'would-send':
    case 'would-ask':
    case 'would-notify':
      return event.request.id;
    case 'delivery-changed':
      return event.delivery.id;
    case 'state-changed':
      return `${event.host} ${event.server} ${event.paneId}`;
    default:
      return null;
  }
}

/** `warning`: somebody has to know it. */
export function levelOf(event: PublicEvent): 'info' | 'warning' {
  if (event.type === 'said') return event.level;
  const calls = ['human-needed', 'letter-stranded', 'answer-not-typed', 'controller-blocked'];
  return calls.includes(event.type) ? 'warning' : 'info';
}

/** The same for machines: ids, sizes and reasons; bodies stay in the journal. */
export function recordOf(event: PublicEvent): Record<string, unknown> {
  switch (event.type) {
    case 'request-changed':
    case 'human-needed':
    case 'answer-not-typed':
    case 'would-send':
    case 'would-ask':
    case 'would-notify':
    case 'controller-replied': {
      const { request } = event;
      return {
        type: event.type,
        id: request.id,
        worker: request.worker,
        pane: request.pane.paneId,
        host: request.pane.host,
        server: request.pane.server,
        agent: request.agent,
        kind: request.kind,
        state: request.state.is,
        requestLength: request.text.length,
        ...('answer' in request.state
          ? { answeredBy: request.state.answer.by, answerLength: request.state.answer.instructions.length }
          : {}),
        ...('why' in event ? { why: event.why } : {}),
        ...('reason' in request.state ? { reason: request.state.reason } : {}),
        ...(event.type === 'answer-not-typed' ? { by: event.by } : {}),
        ...('text' in event ? { length: event.text.length } : {}),
        ...(event.type === 'would-ask' ? { controller: event.controller } : {}),
        ...(event.type === 'would-send' ? { by: event.by, press: event.press ?? null } : {}),
      };
    }
    case 'letter-stranded':
    case 'delivery-changed': {
      const { delivery } = event;
      const { state } = delivery;
      return {
        type: event.type,
        ...('why' in event ? { why: event.why } : {}),
        id: delivery.id,
        thread: delivery.envelope.thread,
        to: delivery.envelope.to,
        pane: delivery.recipient.paneId,
        host: delivery.recipient.host,
        server: delivery.recipient.server,
        state: state.is,
        bodyLength: delivery.envelope.body.length,
        ...('reason' in state ? { reason: state.reason } : {}),
        ...('detail' in state ? { detail: state.detail } : {}),
        ...('receipt' in state ? receiptRecord(state.receipt) : {}),
      };
    }
    case 'said':
      return { type: event.type, text: event.text };
    default:
      return { ...event };
  }
}

function receiptRecord({ evidence, via = 'keyboard', door, because }: Receipt): Record<string, unknown> {
  return { evidence, via, ...(door === undefined ? {} : { door }), ...(because === undefined ? {} : { because }) };
}

/** The characters of an id that people type. */
export function short(id: string): string {
  return id.slice(-6);
}
