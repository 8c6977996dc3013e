import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { shortId } from '../core/mail-lines.ts';
import { limitMs } from './arguments.ts';
import { messageView, viewOfMessage } from './inbox.ts';
import { letterArgs, sendLetter } from './letter.ts';
import { awaited, type Outcome, outcome, outcomesOf, repliesTo, stillAwaited } from './mail-outcomes.ts';
import { method } from './method.ts';

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

/** Writes to members, and waits a moment for what becomes of it. */
export const tell = method({
  name: 'tell',
  args: z.object({
    ...letterArgs,
    waitMs: limitMs.default(5_000),
    /** waits so long; else what holds it for longer than a moment is told at once */
    isPatient: z.boolean().default(false),
    until: z.enum(awaited).default('submitted'),
  }),
  result: tellView,
  async run(bridge: Bridge, { waitMs, isPatient, until, ...letter }, closed) {
    const message = await sendLetter(bridge, letter);
    const { name, standing } = message.from;
    const awaitedNow = () => stillAwaited(bridge, message, until);
    const isStill = () => outcomesOf(bridge, message).every(({ is, isMoving }) => is !== 'waiting' || !isMoving);
    const isOver = () => awaitedNow().length === 0 || (!isPatient && isStill());
    await bridge.changes.until(() => (isOver() ? true : null), closed, waitMs);
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
