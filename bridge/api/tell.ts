import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { BridgeError } from '../core/failure.ts';
import { shortId } from '../core/mail-lines.ts';
import { priorities } from '../core/message.ts';
import { limitMs, text, word } from './arguments.ts';
import { messageView, viewOfMessage } from './inbox.ts';
import { awaited, type Outcome, outcome, outcomesOf, repliesTo, stillAwaited } from './mail-outcomes.ts';
import { method } from './method.ts';
import { senderArgs, senderOf } from './sender.ts';

/** More are no recipients of a letter. */
const mostRecipients = 200;

export const tellView = z.object({
  id: z.string(),
  thread: z.string(),
  from: z.string(),
  standing: z.enum(['verified', 'claimed', 'human']),
  outcomes: z.array(outcome).readonly(),
  /** what was waited for, and whether all of them came so far */
  until: z.enum(awaited),
  isReached: z.boolean(),
  /** where answers were waited for */
  replies: z.array(messageView).readonly(),
});
export type TellView = z.infer<typeof tellView>;

const mostTtlMs = 90 * 86_400_000;

/** Writes to members, and waits a moment for what becomes of it. */
export const tell = method({
  name: 'tell',
  args: z.object({
    ...senderArgs,
    to: z.array(word(64)).max(mostRecipients, `has more than ${mostRecipients} names`),
    body: text(),
    thread: word(128).nullable().default(null),
    /** id of the message that it answers: in its thread, and to its sender */
    answers: word(64).nullable().default(null),
    noReply: z.boolean().default(false),
    waitMs: limitMs.default(5_000),
    /** waits so long; else what holds it for longer than a moment is told at once */
    isPatient: z.boolean().default(false),
    until: z.enum(awaited).default('submitted'),
    priority: z.enum(priorities).default('normal'),
    /** nobody is told of it later than this from now */
    ttlMs: z
      .number()
      .int()
      .min(1_000, 'is shorter than a second')
      .max(mostTtlMs, 'is longer than 90 days')
      .nullable()
      .default(null),
    /** the sender's own mark: the same again is the same message, and is not sent twice */
    idempotencyKey: word(128).min(1, 'is empty').nullable().default(null),
    /** its text goes into the pane whole, several lines too */
    inline: z.boolean().default(false),
  }),
  result: tellView,
  async run(bridge: Bridge, { to, body, thread, answers, noReply, waitMs, isPatient, until, ...given }, closed) {
    const { priority, ttlMs, idempotencyKey, inline, ...evidence } = given;
    const { name, standing } = await senderOf(bridge, evidence);
    if (standing === 'claimed' && bridge.config.senders === 'verified') throw unproven(bridge.directory.shown(name));
    const message = bridge.messages.send({
      from: { name, standing },
      body,
      noReply,
      priority,
      inline,
      ...(ttlMs !== null && { ttlMs }),
      ...(idempotencyKey !== null && { key: idempotencyKey }),
      ...answering(bridge, { to, thread, answers }),
    });
    const awaitedNow = () => stillAwaited(bridge, message, until);
    const isStill = () => outcomesOf(bridge, message).every(({ is, isMoving }) => is !== 'waiting' || !isMoving);
    const isOver = () => awaitedNow().length === 0 || (!isPatient && isStill());
    if (waitMs > 0) await bridge.changes.until(() => (isOver() ? true : null), closed, waitMs);
    const replies = until === 'replied' ? repliesTo(bridge, message) : [];
    const outcomes = outcomesOf(bridge, message).map(({ isMoving, ...one }, index) => {
      const reply = replies.find(({ from }) => from.name === message.to[index]);
      if (reply === undefined) return one;
      return {
        ...one,
        is: 'replied' as const,
        why: `#${shortId(reply.id)}`,
        since: reply.sentAt,
        tookMs: reply.sentAt - message.sentAt,
      };
    });
    return {
      id: message.id,
      thread: message.thread,
      from: bridge.directory.shown(name),
      standing,
      outcomes,
      until,
      isReached: awaitedNow().length === 0 && !outcomes.some(({ is }) => notReached.includes(is)),
      replies: replies.map((reply) => viewOfMessage(bridge, reply)),
    };
  },
});

/** Ends that are none of those that somebody waits for. */
const notReached: ReadonlyArray<Outcome['is']> = ['held', 'withdrawn', 'expired', 'uncertain'];

function unproven(name: string): BridgeError {
  return new BridgeError({
    what: 'tell',
    target: name,
    reason: 'nothing shows that this is who writes, and bridge.yaml has `senders: verified`; nothing was sent',
    nextStep: 'run it in the pane of that member, or give it a token: bridge token add',
  });
}

function answering(
  { messages }: Pick<Bridge, 'messages'>,
  {
    to,
    thread,
    answers,
  }: { readonly to: readonly string[]; readonly thread: string | null; readonly answers: string | null },
): Pick<Parameters<Bridge['messages']['send']>[0], 'to' | 'thread' | 'answers'> {
  if (answers === null) return { to, thread };
  const message = messages.named(answers);
  return { to: [message.from.name], thread: message.thread, answers: message };
}
