import type { Receipt } from '../core/envelope.ts';
import type { PublicEvent } from '../core/events.ts';

/** `warning`: somebody has to know it. */
export function levelOf(event: PublicEvent): 'info' | 'warning' {
  if (event.type === 'said') return event.level;
  const calls = ['human-needed', 'letter-stranded', 'answer-not-typed', 'controller-blocked', 'human-told'];
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
    case 'message-sent':
    case 'mail-changed':
    case 'human-told': {
      const { id, thread, from, to, body, hops } = event.message;
      const mail = 'mail' in event ? { member: event.mail.member, state: event.mail.state.is } : {};
      const { name, standing } = from;
      return { type: event.type, id, thread, from: name, standing, to, hops, bodyLength: body.length, ...mail };
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
