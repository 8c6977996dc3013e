import type { MailboxEvent } from '../core/events.ts';
import type { Requests } from '../requests/requests.ts';

/** What a person put into `outbox/`, brought to its request. What cannot be used is said, and left where it is. */
export function acceptAnswerFile(event: MailboxEvent, requests: Requests, warn: (text: string) => void): void {
  switch (event.type) {
    case 'answer-found': {
      const { requestId, instructions, notes, file } = event;
      const { accepted, reason } = requests.answer(requestId, { by: 'human:outbox', instructions, notes });
      if (accepted === 'refused') warn(`${file} cannot be an answer: ${reason}`);
      if (accepted === 'late') warn(`${file} came too late, and is not typed: ${reason}`);
      return;
    }
    case 'arrival-found': {
      const { accepted, reason } = requests.confirmDelivered(event.requestId, 'human:outbox');
      if (!accepted) warn(`${event.file}: ${reason}`);
      return;
    }
    case 'answer-refused':
      warn(`${event.file} cannot be an answer: ${event.reason}; it is left where it is`);
      return;
    case 'answer-held':
      warn(`${event.file} is not taken yet: ${event.reason}; it is waited for`);
      return;
    case 'answer-grew':
      warn(`${event.file} grew after it was taken as an answer: what was added is not typed`);
      return;
    case 'page-edited': {
      const { file, requestId } = event;
      warn(
        `${file} was edited, and no answer is read from there: write outbox/${requestId}.response.md, or run: bridge answer ${requestId} 'TEXT'`,
      );
      return;
    }
    case 'mailbox-problem':
      warn(`${event.file}: ${event.reason}; it is tried again`);
  }
}
