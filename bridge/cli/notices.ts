import type { PublicEvent } from '../core/events.ts';
import { senderIn, shortId } from '../core/mail-lines.ts';
import type { Notice } from '../host/notify.ts';
import type { Context } from './context.ts';
import { short } from './live-log.ts';

/** What calls the human, in the words of the notification; null for what does not. */
export function noticeOf(event: PublicEvent): Notice | null {
  if (event.type === 'human-needed') {
    const { worker, id } = event.request;
    return { title: `${worker} needs you`, text: `${event.why}\nbridge show ${short(id)}` };
  }
  if (event.type === 'answer-not-typed' && !event.isAwaited && event.by.startsWith('human')) {
    const { worker, id } = event.request;
    return { title: `your answer to ${worker} was not typed`, text: `${event.why}\nbridge show ${short(id)}` };
  }
  if (event.type === 'controller-blocked') {
    return { title: `${event.worker} waits at a dialog`, text: `${event.question}\n${event.attach}` };
  }
  if (event.type === 'letter-stranded') {
    const { envelope, id } = event.delivery;
    return { title: `a text to ${envelope.to} needs you`, text: `${event.why}\nbridge show ${short(id)}` };
  }
  if (event.type === 'human-told') {
    const { message } = event;
    return {
      title: `${senderIn(message)} writes to you`,
      text: `${message.body}\nbridge reply ${shortId(message.id)} "…"`,
    };
  }
  return null;
}

/** A notification that fails is said and never stops the bridge. How often is decided where the event comes from. */
export async function callHuman(
  notice: Notice,
  ways: Context['config']['notify'],
  terminals: () => Promise<readonly string[]>,
  on: (event: PublicEvent) => void,
): Promise<void> {
  const { notifyHuman } = await import('../host/notify.ts');
  const wanted = { bell: ways.bell ?? false, desktop: ways.desktop ?? false, command: ways.command ?? null };
  const report = await notifyHuman(notice, wanted, { terminals });
  for (const { way, reason } of report.failed)
    on({ type: 'said', level: 'warning', text: `notify: ${way}: ${reason}` });
}
