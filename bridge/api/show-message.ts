import { join } from 'node:path';
import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { type MailState, type Message, priorities } from '../core/message.ts';
import { readArchivedMessage } from '../journal/mail-archive.ts';
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

type ForMessages = Pick<Bridge, 'journal' | 'directory' | 'messages'>;

/** @param states of one that was archived; else those that the journal has */
function wholeMessage(
  bridge: ForMessages,
  message: Message,
  states: ReadonlyMap<string, MailState> | null = null,
): WholeMessageView {
  const { group = null, model = null, priority = 'normal', expiresAt = null, causedBy } = message;
  return {
    ...viewOfMessage(bridge, message),
    ...{ group, model, priority, expiresAt, causedBy },
    outcomes: outcomesOf(bridge, message, states).map(({ isMoving, ...one }) => one),
    replies: repliesTo(bridge, message).map((reply) => viewOfMessage(bridge, reply)),
  };
}

/** By its id or the last characters of it, also where it has left the journal; null where there is none. */
export function messageShown(bridge: ForMessages & Pick<Bridge, 'config'>, id: string): WholeMessageView | null {
  const { mail } = bridge.journal;
  const isKept = mail.message(id) !== null || mail.messagesEnding(id).length > 0;
  return isKept ? wholeMessage(bridge, bridge.messages.named(id)) : archivedMessage(bridge, id);
}

function archivedMessage(bridge: ForMessages & Pick<Bridge, 'config'>, id: string): WholeMessageView | null {
  const place = bridge.journal.archived(id);
  const kept = place && readArchivedMessage(join(bridge.config.home, 'archive'), place);
  return kept ? wholeMessage(bridge, kept.message, kept.states) : null;
}
