import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { type Message, priorities } from '../core/message.ts';
import { messageView, viewOfMessage } from './inbox.ts';
import { outcome, outcomesOf, repliesTo } from './mail-outcomes.ts';

/** A message whole: what became of it for each recipient, since when, and what was answered. */
export const wholeMessageView = messageView.extend({
  group: z.string().nullable(),
  model: z.string().nullable(),
  priority: z.enum(priorities),
  /** nobody is told of it from this instant on; null: it waits for ever */
  expiresAt: z.number().nullable(),
  /** id of what it answers, or of what its sender had received last */
  causedBy: z.string().nullable(),
  outcomes: z.array(outcome).readonly(),
  replies: z.array(messageView).readonly(),
});
export type WholeMessageView = z.infer<typeof wholeMessageView>;

export function wholeMessage(
  bridge: Pick<Bridge, 'journal' | 'directory' | 'messages'>,
  message: Message,
): WholeMessageView {
  const { group = null, model = null, priority = 'normal', expiresAt = null, causedBy } = message;
  return {
    ...viewOfMessage(bridge, message),
    ...{ group, model, priority, expiresAt, causedBy },
    outcomes: outcomesOf(bridge, message).map(({ isMoving, ...one }) => one),
    replies: repliesTo(bridge, message).map((reply) => viewOfMessage(bridge, reply)),
  };
}
