import type { Message } from '../../../core/message.ts';

/** A message as agent-chat's clients know it. Where there is nothing to say, a field is empty. */
export interface ChatMessage {
  readonly id: string;
  readonly from_agent: string;
  readonly to_agent: string;
  readonly group: string;
  readonly content: string;
  readonly in_reply_to: string;
  /** ISO 8601 in UTC */
  readonly created_at: string;
}

export type ChatStatus = 'online' | 'idle' | 'working' | 'offline';

export interface ChatAgent {
  readonly name: string;
  readonly groups: readonly string[];
  readonly status: ChatStatus;
  readonly registered_at: string;
  readonly last_seen_at: string;
}

const idPrefix = 'msg-';

export function chatId(id: string): string {
  return `${idPrefix}${id}`;
}

/** Our id of a message: what is none of theirs is looked up as it stands. */
export function messageIdIn(chatId: string): string {
  return chatId.startsWith(idPrefix) ? chatId.slice(idPrefix.length) : chatId;
}

/**
 * @param reader under which name the mail of whoever reads it is kept: one of several is told of itself
 * @param shown names as people see them
 */
export function chatMessage(message: Message, reader: string | null, shown: (name: string) => string): ChatMessage {
  const { id, from, to, group, body, answers, sentAt } = message;
  const recipient = reader !== null && to.includes(reader) ? reader : to[0];
  return {
    id: chatId(id),
    from_agent: shown(from.name),
    to_agent: group !== undefined || recipient === undefined ? '' : shown(recipient),
    group: group ?? '',
    content: body,
    in_reply_to: answers === undefined ? '' : chatId(answers),
    created_at: inIso(sentAt),
  };
}

export function inIso(at: number): string {
  return new Date(at).toISOString();
}
