import * as z from 'zod';
import { tool } from '../tool.ts';
import { limitInput, messageIn, messageInWords, messageOutput, nameInput, outcomeOutput, textInput } from '../views.ts';
import { onceOnly, sent } from './mail.ts';

export const postThread = tool({
  name: 'post_thread',
  title: 'Write in a thread',
  description:
    'Write in a thread, which keeps what belongs to one topic together. Those you name get it; without names, the group of that name, or all who have taken part.',
  input: z.object({
    thread: z.string().min(1).max(128).describe('the topic: api/errors'),
    content: textInput,
    to: z.array(nameInput).max(200).optional().describe('names of agents; @name for a group'),
  }),
  output: z.object({ id: z.string(), thread: z.string(), recipients: z.array(outcomeOutput) }),
  does: 'write',
  run: async ({ asking }, { thread, content, to = [] }, closed) =>
    sent(await asking.call('tell', { to, thread, body: content, ...onceOnly() }, closed)),
});

const messagesOutput = z.object({ messages: z.array(messageOutput) });

export const readThread = tool({
  name: 'read_thread',
  title: 'Read a thread',
  description: 'Read the last messages of a thread, oldest first. It marks nothing as read.',
  input: z.object({ thread: z.string().min(1).max(128), limit: limitInput.default(50) }),
  output: messagesOutput,
  does: 'read',
  async run({ asking }, { thread, limit }) {
    const messages = await asking.call('thread', { name: thread, last: limit });
    return { says: messages.map(messageInWords).join('\n'), data: { messages: messages.map(messageIn) } };
  },
});

export const searchMessages = tool({
  name: 'search_messages',
  title: 'Search messages',
  description: 'Find messages that hold all of these words, the newest first.',
  input: z.object({ query: z.string().min(1).max(1_000), limit: limitInput.default(20) }),
  output: messagesOutput,
  does: 'read',
  async run({ asking }, { query, limit }) {
    const messages = await asking.call('search', { words: query, last: limit });
    const says =
      messages.length === 0 ? 'No message holds all of these words.' : messages.map(messageInWords).join('\n');
    return { says, data: { messages: messages.map(messageIn) } };
  },
});
