import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { ResultOf } from '../../../api/index.ts';
import { BridgeError, usageError } from '../../../core/failure.ts';
import type { Seat } from '../seat.ts';
import { tool } from '../tool.ts';
import {
  idInput,
  limitInput,
  messageIn,
  messageInWords,
  messageOutput,
  nameInput,
  outcomeIn,
  outcomeOutput,
  textInput,
} from '../views.ts';

/** So long a call stays to see whether the message goes out at once. */
const momentMs = 1_000;

/** With a mark of its own: where the call has to be made anew, the message is the same. */
export const onceOnly = () => ({ waitMs: momentMs, idempotencyKey: `mcp-${randomUUID()}` });

const sentOutput = z.object({
  id: z.string(),
  thread: z.string(),
  recipients: z.array(outcomeOutput),
});

const noWaiting = 'Do not wait for an answer and do not ask again: it comes to you as input.';

export const sendMessage = tool({
  name: 'send_message',
  title: 'Send a message',
  description: `Write to another agent. One message that says all, with what the reader needs to act. It is kept until the agent has it. ${noWaiting} With reply_to it is an answer to that message, which is then read, and demands no answer itself.`,
  input: z.object({
    to: nameInput.describe('name of the agent, as list_agents shows it'),
    content: textInput,
    reply_to: idInput.optional().describe('id of the message that this answers'),
  }),
  output: sentOutput,
  does: 'write',
  async run(seat, { to, content, reply_to: answers }, closed) {
    if (answers === undefined)
      return sent(await seat.asking.call('tell', { to: [to], body: content, ...onceOnly() }, closed));
    const from = await senderOf(seat, answers);
    if (from !== to && !from.endsWith(`/${to}`) && !to.endsWith(`/${from}`))
      throw usageError('reply_to', answers, `is a message of ${from}`, `write to ${from}, or leave reply_to out`);
    return answered(seat, answers, content, closed);
  },
});

export const reply = tool({
  name: 'reply',
  title: 'Answer a message',
  description:
    'Answer a message by its id, in its thread and to its sender. It is then read. The answer demands none itself.',
  input: z.object({ message_id: idInput, content: textInput }),
  output: sentOutput,
  does: 'write',
  run: (seat, { message_id: answers, content }, closed) => answered(seat, answers, content, closed),
});

export const sendGroupMessage = tool({
  name: 'send_group_message',
  title: 'Write to a group',
  description: `Write to all members of a group but yourself. ${noWaiting}`,
  input: z.object({ group: nameInput.describe('name of the group, as list_groups shows it'), content: textInput }),
  output: sentOutput,
  does: 'write',
  run: async ({ asking }, { group, content }, closed) =>
    sent(await asking.call('tell', { to: [`@${group.replace(/^@/, '')}`], body: content, ...onceOnly() }, closed)),
});

export const checkMessages = tool({
  name: 'check_messages',
  title: 'Read new messages',
  description:
    'Read what other agents wrote to you and you have not read, oldest first. Call it when a line in your input says that there is mail, and at the start of a task. Do not poll. They stay unread until you call read_messages, or answer.',
  input: z.object({ limit: limitInput.default(20) }),
  output: z.object({
    messages: z.array(messageOutput),
    more: z.number().describe('how many are left beyond the limit'),
    note: z.string(),
  }),
  does: 'read',
  async run({ asking }, { limit }) {
    const { messages, isRung } = await asking.call('inbox', { peek: true });
    const shown = messages.slice(0, limit);
    const more = messages.length - shown.length;
    const note = shown.length === 0 ? nothingNew(isRung) : readNote(more);
    const says = shown.length === 0 ? note : [...shown.map(messageInWords), note].join('\n');
    return { says, data: { messages: shown.map(messageIn), more, note } };
  },
});

export const readMessages = tool({
  name: 'read_messages',
  title: 'Mark messages as read',
  description:
    'Mark messages as read once you have dealt with them. Nobody is told of it. Messages that you answered are read already.',
  input: z.object({ message_ids: z.array(idInput).min(1).max(500) }),
  output: z.object({
    read: z.array(z.string()),
    unchanged: z.array(z.string()).describe('read before, or taken back'),
  }),
  does: 'write-once',
  async run({ asking }, { message_ids: ids }) {
    const { read, unchanged } = await asking.call('ack', { ids });
    return { says: `${read.length} marked as read.`, data: { read: [...read], unchanged: [...unchanged] } };
  },
});

export const messageState = tool({
  name: 'message_state',
  title: 'What became of a message',
  description:
    'Show what became of a message that you wrote: for each recipient whether it has arrived, was read or answered, or what it waits for.',
  input: z.object({ message_id: idInput }),
  output: z.object({ message: messageOutput, recipients: z.array(outcomeOutput), replies: z.array(messageOutput) }),
  does: 'read',
  async run({ asking }, { message_id: id }) {
    const found = await messageNamed(asking, id);
    const recipients = found.outcomes.map(outcomeIn);
    const says = recipients.map(({ agent, state, why }) => `${agent}: ${state}: ${why}`).join('\n');
    return {
      says: says || 'It was written to nobody.',
      data: { message: messageIn(found), recipients, replies: found.replies.map(messageIn) },
    };
  },
});

/** An answer is the best sign that a message was read. */
async function answered(seat: Seat, answers: string, body: string, closed: AbortSignal) {
  const result = await seat.asking.call('tell', { to: [], answers, body, noReply: true, ...onceOnly() }, closed);
  await seat.asking.call('ack', { ids: [answers] }).catch((fault: unknown) => {
    // it may be its own message, to which it adds something
    if (!(fault instanceof BridgeError)) throw fault;
  });
  return sent(result);
}

export function sent({ id, thread, outcomes }: ResultOf<'tell'>) {
  const recipients = outcomes.map(outcomeIn);
  const lines = recipients.map(({ agent, state, why }) => `${agent}: ${state}: ${why}`);
  const says = [
    `Sent, id ${id}.`,
    ...(lines.length === 0 ? ['It is kept in the thread; nobody is told of it.'] : lines),
  ];
  return { says: says.join('\n'), data: { id, thread, recipients } };
}

async function senderOf({ asking }: Seat, id: string): Promise<string> {
  return (await messageNamed(asking, id)).from;
}

async function messageNamed(asking: Seat['asking'], id: string) {
  const found = await asking.call('show', { id: `#${id.replace(/^#/, '')}` });
  if ('message' in found) return found.message;
  throw usageError('message', id, 'is none', 'check_messages and read_thread show their ids');
}

function nothingNew(isRung: boolean): string {
  return isRung
    ? 'No new messages. Do not check again: when one comes, a line in your input says so.'
    : 'No new messages. Nothing can be typed into your pane now, so no line will say that one has come: check again when you begin your next task, not before.';
}

function readNote(more: number): string {
  const rest = more === 0 ? '' : ` ${more} more are waiting: call check_messages again after that.`;
  return `Call read_messages with the ids that you have dealt with.${rest}`;
}
