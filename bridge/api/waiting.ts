import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { messageView, viewOfMessage } from './inbox.ts';
import { outcome, outcomesOf } from './mail-outcomes.ts';
import { method } from './method.ts';

const mostMessages = 500;

/** The messages of which somebody has not been told, the last ones, oldest first: for whom each waits, and why. */
export const waiting = method({
  name: 'waiting',
  args: z.object({}),
  result: z.array(messageView.extend({ outcomes: z.array(outcome).readonly() })),
  async run(bridge: Pick<Bridge, 'journal' | 'directory' | 'messages'>) {
    const mail = bridge.journal.mail.mailOf(null, ['waiting', 'offered', 'held']);
    const messages = [...new Map(mail.map(({ sent }) => [sent.id, sent])).values()].slice(-mostMessages);
    return messages.map((message) => ({
      ...viewOfMessage(bridge, message),
      outcomes: outcomesOf(bridge, message)
        .filter(({ is }) => is === 'waiting' || is === 'held')
        .map(({ isMoving, ...one }) => one),
    }));
  },
});
