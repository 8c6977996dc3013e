import type { Alert } from '../core/alert.ts';
import type { PublicEvent } from '../core/events.ts';
import { senderIn, shortId } from '../core/mail-lines.ts';
import { humanName } from '../core/member.ts';
import { isUnread } from '../core/message.ts';

/** An alert, before it has an id and an instant. */
export type ToTell = Omit<Alert, 'id' | 'raisedAt'>;

/** What calls the person, in the words of the notification; null for what does not. */
export function alertOf(event: PublicEvent): ToTell | null {
  switch (event.type) {
    case 'human-needed': {
      const { worker, id, dialog } = event.request;
      const kind = dialog === undefined ? 'request' : 'dialog';
      const text = `${event.why}\nbridge show ${id.slice(-6)}`;
      return { ...told(`request:${id}`, kind, worker, `${worker} needs you`, text), request: id };
    }
    case 'answer-not-typed': {
      if (event.isAwaited || !event.by.startsWith('human')) return null;
      const { worker, id } = event.request;
      const title = `your answer to ${worker} was not typed`;
      return told(`answer:${id}`, 'undelivered', worker, title, `${event.why}\nbridge show ${id.slice(-6)}`);
    }
    case 'controller-blocked': {
      const { worker, question, attach, host, server, paneId } = event;
      const matter = `controller:${host}:${server}:${paneId}:${question}`;
      return told(matter, 'dialog', worker, `${worker} waits at a dialog`, `${question}\n${attach}`);
    }
    case 'letter-stranded': {
      const { envelope, id } = event.delivery;
      const text = `${event.why}\nbridge show ${id.slice(-6)}`;
      return told(`delivery:${id}`, 'undelivered', envelope.to, `a text to ${envelope.to} needs you`, text);
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

/** The matter that is settled with this; null where none is. */
export function settledBy(event: PublicEvent): string | null {
  if (event.type === 'request-changed') {
    const { id, state } = event.request;
    const isStillYours = state.is === 'asked' && state.of === 'human';
    return isStillYours ? null : `request:${id}`;
  }
  if (event.type === 'delivery-changed') {
    const { id, state } = event.delivery;
    return state.is === 'acknowledged' || state.is === 'cancelled' ? `delivery:${id}` : null;
  }
  if (event.type !== 'mail-changed') return null;
  const { member, message, state } = event.mail;
  return member === humanName && !isUnread(state) ? `mail:${message}` : null;
}
