import type { MailboxEvent } from '../core/events.ts';
import { messageOf } from '../core/failure.ts';
import type { RequestId } from '../core/ids.ts';
import type { Message } from '../core/message.ts';
import type { Messages } from '../messages/messages.ts';
import type { Requests } from '../requests/requests.ts';

/** What a person put into `outbox/`, brought to where it belongs. What cannot be used is said, and left where it is. */
export function acceptAnswerFile(
  event: MailboxEvent,
  requests: Requests,
  messages: Messages,
  warn: (text: string) => void,
): void {
  switch (event.type) {
    case 'answer-found': {
      const { requestId, instructions, notes, file } = event;
      const message = messages.toHuman(requestId);
      if (message !== null) {
        replied(messages, message, event, warn);
        return;
      }
      const { accepted, reason } = requests.answer(requestId as RequestId, { by: 'human:outbox', instructions, notes });
      if (accepted === 'refused') warn(`${file} cannot be an answer: ${reason}`);
      if (accepted === 'late') warn(`${file} came too late, and is not typed: ${reason}`);
      return;
    }
    case 'arrival-found': {
      if (messages.toHuman(event.requestId) !== null) {
        warn(`${event.file}: \`arrived\` is for a request; a message is answered by words`);
        return;
      }
      const { accepted, reason } = requests.confirmDelivered(event.requestId as RequestId, 'human:outbox');
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
      const command = messages.toHuman(requestId) === null ? 'answer' : 'reply';
      warn(
        `${file} was edited, and no answer is read from there: write outbox/${requestId}.response.md, or run: bridge ${command} ${requestId} 'TEXT'`,
      );
      return;
    }
    case 'mailbox-problem':
      warn(`${event.file}: ${event.reason}; it is tried again`);
  }
}

function replied(
  messages: Messages,
  message: Message,
  { instructions, file }: { readonly instructions: string; readonly file: string },
  warn: (text: string) => void,
): void {
  try {
    messages.replyOfHuman(message, instructions);
  } catch (fault) {
    warn(`${file} is not sent: ${messageOf(fault)}`);
  }
}
