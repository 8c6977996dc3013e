import * as z from 'zod';
import type { MessageView } from '../../api/inbox.ts';
import type { Outcome } from '../../api/mail-outcomes.ts';
import type { RequestView } from '../../api/views.ts';
import { maxText } from '../../core/cleaning.ts';

/** What an agent may give: the methods have the same bounds, and say so in their own words. */
export const nameInput = z.string().min(1).max(256);
export const textInput = z.string().min(1).max(maxText);
export const idInput = z.string().min(1).max(64);
export const limitInput = z.number().int().min(1).max(200);

export const messageOutput = z.object({
  id: z.string().describe('give it as reply_to to answer, or in message_ids to mark it as read'),
  from: z.string(),
  is_verified: z.boolean().describe('false: the sender only says that it is this one'),
  to: z.array(z.string()),
  thread: z.string(),
  content: z.string(),
  sent_at: z.string().describe('ISO 8601'),
  reply_wanted: z.boolean(),
});

export function messageIn({
  id,
  from,
  standing,
  to,
  thread,
  body,
  sentAt,
  noReply,
}: MessageView): z.output<typeof messageOutput> {
  return {
    id,
    from,
    is_verified: standing !== 'claimed',
    to: [...to],
    thread,
    content: body,
    sent_at: new Date(sentAt).toISOString(),
    reply_wanted: !noReply,
  };
}

/** A message for a reader of text alone. What others wrote is indented: no line of it passes for a heading. */
export function messageInWords({ id, from, standing, thread, body, noReply }: MessageView): string {
  const who = standing === 'claimed' ? `${from} (not verified)` : from;
  const lines = body.split('\n').map((line) => `  ${line}`);
  return [`From ${who}, id ${id}, thread ${thread}${noReply ? ', no reply needed' : ''}:`, ...lines].join('\n');
}

export const outcomeOutput = z.object({
  agent: z.string(),
  state: z
    .string()
    .describe(
      'submitted: it is in the pane of the agent, with evidence; waiting: it is kept, and goes out when the agent can take it',
    ),
  why: z.string(),
});

export function outcomeIn({ member, is, why }: Outcome): z.output<typeof outcomeOutput> {
  return { agent: member, state: is, why };
}

export const requestOutput = z.object({
  id: z.string(),
  agent: z.string().describe('who asks'),
  kind: z.string(),
  question: z.string(),
  state: z.string(),
  status: z.string(),
  answer: z.string().nullable(),
  options: z.array(z.string()).describe('of a dialog: answer it with one of these as choice'),
  asked_at: z.string(),
});

export function requestIn({
  id,
  worker,
  kind,
  text,
  state,
  status,
  answer,
  dialog,
  openedAt,
}: RequestView): z.output<typeof requestOutput> {
  return {
    id,
    agent: worker,
    kind,
    question: text,
    state,
    status,
    answer: answer?.instructions ?? null,
    options: dialog === null ? [] : dialog.options.map(({ label }) => label),
    asked_at: new Date(openedAt).toISOString(),
  };
}
