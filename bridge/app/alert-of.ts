import type { Alert } from '../core/alert.ts';
import { isEnded } from '../core/delivery-machine.ts';
import type { Delivery } from '../core/envelope.ts';
import type { PublicEvent } from '../core/events.ts';
import { senderIn, shortId } from '../core/mail-lines.ts';
import { humanName } from '../core/member.ts';
import { isUnread, type MailState } from '../core/message.ts';
import { addressKey, type PaneAddress, type PaneIdentity, sameAgent } from '../core/pane.ts';
import type { Request } from '../core/request.ts';

/** An alert, before it has an id and an instant. */
export type ToTell = Omit<Alert, 'id' | 'raisedAt'>;

/*
 * What a person is called for, and what settles it. An alert with an `agent` is settled by the end of that agent, too.
 *
 *   matter            called for                                    settled by
 *   request:ID        a request waits for the person                whatever else becomes of the request
 *   request:ID        … and has ended (expired, failed), `agent`    words of the person that reach that agent, or a late answer of his
 *   answer:ID         an answer of his was not typed, `agent`       the same
 *   delivery:ID       an answer that has nobody to go to            its end: a request that is still open then calls by itself
 *   delivery:ID       a text that ended in doubt, `agent`           words of the person that reach that agent
 *   controller:PANE   a controller waits at a dialog, `agent`       that dialog is gone from its screen
 *   mail:ID           a member wrote to the person                  he has read it, or it was withdrawn
 */

/** What calls the person, in the words of the notification; null for what does not. */
export function alertOf(event: PublicEvent): ToTell | null {
  switch (event.type) {
    case 'human-needed': {
      const { request, why } = event;
      const { worker, id, dialog, pane } = request;
      const kind = dialog === undefined ? 'request' : 'dialog';
      const text = `${why}\nbridge show ${id.slice(-6)}`;
      const ended = isYours(request) ? {} : { agent: pane };
      return { ...told(`request:${id}`, kind, worker, `${worker} needs you`, text), request: id, ...ended };
    }
    case 'answer-not-typed': {
      if (event.isAwaited || !isPerson(event.by)) return null;
      const { worker, id, pane } = event.request;
      const title = `your answer to ${worker} was not typed`;
      const text = `${event.why}\nbridge show ${id.slice(-6)}`;
      return { ...told(`answer:${id}`, 'undelivered', worker, title, text), agent: pane };
    }
    case 'controller-blocked': {
      const { worker, question, attach } = event;
      const title = `${worker} waits at a dialog`;
      return { ...told(controllerAt(event), 'dialog', worker, title, `${question}\n${attach}`), agent: agentIn(event) };
    }
    case 'letter-stranded': {
      const { envelope, id, state, recipient } = event.delivery;
      const text = `${event.why}\nbridge show ${id.slice(-6)}`;
      const inDoubt = isEnded(state) ? { agent: recipient } : {};
      return {
        ...told(`delivery:${id}`, 'undelivered', envelope.to, `a text to ${envelope.to} needs you`, text),
        ...inDoubt,
      };
    }
    case 'human-told': {
      const { message } = event;
      const sender = senderIn(message);
      const text = `${message.body}\nbridge reply ${shortId(message.id)} "…"`;
      const isUrgent = message.urgent === true || message.priority === 'high';
      return {
        ...told(`mail:${message.id}`, 'mail', sender, `${sender} writes to you`, text),
        ...(isUrgent && urgent),
      };
    }
    default:
      return null;
  }
}

const urgent = { urgency: 'urgent' } as const;

function told(matter: string, kind: Alert['kind'], member: string, title: string, text: string): ToTell {
  return { matter, kind, member, urgency: 'normal', title, text };
}

/** Which alerts are settled with this; null for an event that settles none. */
export function settledBy(event: PublicEvent): ((alert: Alert) => boolean) | null {
  switch (event.type) {
    case 'request-changed': {
      const { request, what } = event;
      if (isYours(request)) return null;
      const last = request.late.at(-1);
      const isLateWord = what === 'request-answer-late' && last !== undefined && isPerson(last.by);
      return ({ matter, agent }) =>
        (matter === `request:${request.id}` && (agent === undefined || isLateWord)) ||
        (matter === `answer:${request.id}` && isLateWord);
    }
    case 'delivery-changed': {
      const { delivery } = event;
      if (!isEnded(delivery.state)) return null;
      const isOver = isDelivered(delivery);
      return (alert) => (isOver && alert.matter === `delivery:${delivery.id}`) || isWordFor(alert, delivery);
    }
    case 'person-typed':
      return ({ matter, agent, raisedAt }) =>
        awaitsWords(matter) && agent !== undefined && isAt(agent, event) && raisedAt <= event.keyAt;
    case 'controller-unblocked':
      return ({ matter }) => matter === controllerAt(event);
    case 'mail-changed': {
      const { member, message, state } = event.mail;
      return isSeen(member, state) ? ({ matter }) => matter === `mail:${message}` : null;
    }
    default:
      return null;
  }
}

/** What tells how the matter of an alert stands, without an event. */
export interface Known {
  request(id: string): Request | null;
  delivery(id: string): Delivery | null;
  /** what became of a message to the person; null where it is kept no more */
  mail(id: string): MailState | null;
  /** it is certain that this agent is there no more */
  hasEnded(agent: PaneIdentity): boolean;
}

/** Whether its matter is settled: what happened while nobody listened, or was written by another process. What is kept no more had ended. */
export function isSettled({ matter, agent }: Alert, known: Known): boolean {
  if (agent !== undefined) return known.hasEnded(agent);
  const [, what, id = ''] = /^(\w+):(.*)$/su.exec(matter) ?? [];
  switch (what) {
    case 'request': {
      const request = known.request(id);
      return request === null || !isYours(request);
    }
    case 'delivery': {
      const delivery = known.delivery(id);
      return delivery === null || isDelivered(delivery);
    }
    case 'mail': {
      const state = known.mail(id);
      return state === null || isSeen(humanName, state);
    }
    default:
      return false;
  }
}

/** An answer has its end in that of its delivery; of a text in doubt its end says nothing. */
function isDelivered({ state, envelope }: Delivery): boolean {
  if (envelope.kind === 'response') return isEnded(state);
  return state.is === 'acknowledged' || state.is === 'cancelled';
}

/** A text of the person has reached that agent since: he knows how it stands. A draft has not. */
function isWordFor({ matter, agent, raisedAt }: Alert, { state, envelope, recipient }: Delivery): boolean {
  if (state.is !== 'acknowledged' || !isPerson(envelope.from) || envelope.kind === 'draft') return false;
  return awaitsWords(matter) && agent !== undefined && sameAgent(agent, recipient) && raisedAt <= state.receipt.typedAt;
}

function isYours({ state }: Request): boolean {
  return state.is === 'asked' && state.of === 'human';
}

function isSeen(member: string, state: MailState): boolean {
  return member === humanName && !isUnread(state);
}

function isPerson(by: string): boolean {
  return by === humanName || by.startsWith(`${humanName}:`);
}

function controllerAt(pane: PaneAddress): string {
  return `controller:${addressKey(pane)}`;
}

/** To a dialog of a controller nothing is typed: it ends on the screen. */
function awaitsWords(matter: string): boolean {
  return !matter.startsWith('controller:');
}

function isAt(agent: PaneAddress, pane: PaneAddress): boolean {
  return addressKey(agent) === addressKey(pane);
}

function agentIn({ host, server, paneId, socketPath, panePid, agentPid, agentStartedAt }: PaneIdentity): PaneIdentity {
  return { host, server, paneId, socketPath, panePid, agentPid, agentStartedAt };
}
