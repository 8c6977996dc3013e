import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { BridgeError } from '../core/failure.ts';
import type { Message } from '../core/message.ts';
import { limitMs, text, word } from './arguments.ts';
import { method } from './method.ts';
import { senderArgs, senderOf } from './sender.ts';

/** More are no recipients of a letter. */
const mostRecipients = 200;

const outcome = z.object({
  member: z.string(),
  /** `held`: by the loop guard, until a person lets it go on */
  is: z.enum(['submitted', 'waiting', 'held', 'uncertain', 'read']),
  why: z.string(),
  /** from sending to the receipt, ms; null before there is one */
  tookMs: z.number().nullable(),
});

export const tellView = z.object({
  id: z.string(),
  thread: z.string(),
  from: z.string(),
  standing: z.enum(['verified', 'claimed', 'human']),
  outcomes: z.array(outcome).readonly(),
});
export type TellView = z.infer<typeof tellView>;

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
    /** waits so long for the receipt; else what holds it for longer than a moment is told at once */
    isPatient: z.boolean().default(false),
  }),
  result: tellView,
  async run(bridge: Bridge, { to, body, thread, answers, noReply, waitMs, isPatient, ...evidence }, closed) {
    const { name, standing } = await senderOf(bridge, evidence);
    if (standing === 'claimed' && bridge.config.senders === 'verified') throw unproven(bridge.directory.shown(name));
    const message = bridge.messages.send({
      from: { name, standing },
      body,
      noReply,
      ...answering(bridge, { to, thread, answers }),
    });
    const isTold = () =>
      outcomesOf(bridge, message).every(({ is, isMoving }) => is !== 'waiting' || !(isMoving || isPatient))
        ? true
        : null;
    if (waitMs > 0) await bridge.changes.until(isTold, closed, waitMs);
    const outcomes = outcomesOf(bridge, message).map(({ isMoving, ...one }) => one);
    return {
      id: message.id,
      thread: message.thread,
      from: bridge.directory.shown(name),
      standing,
      outcomes,
    };
  },
});

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

/** Holds that are over in a moment. */
const momentary = ['unknown', 'starting', 'locked'];

type Outcome = z.infer<typeof outcome> & { readonly isMoving: boolean };

function outcomesOf(bridge: Bridge, message: Message): Outcome[] {
  return message.to.map((member) => {
    const state = bridge.messages.stateOf(message.id, member);
    const of = (is: Outcome['is'], why: string, tookMs: number | null, isMoving = false) => ({
      member: bridge.directory.shown(member),
      is,
      why,
      tookMs,
      isMoving,
    });
    switch (state?.is) {
      case 'submitted':
        return of(
          'submitted',
          state.as === 'text' ? 'its text is in the pane' : 'a doorbell is in the pane',
          state.at - message.sentAt,
        );
      case 'read':
        return of('read', 'read', state.at - message.sentAt);
      case 'uncertain':
        return of('uncertain', state.reason, null);
      case 'held':
        return of('held', state.why, null);
      case 'offered': {
        const delivery = bridge.journal.delivery(state.deliveryId)?.state;
        if (delivery?.is !== 'held') return of('waiting', 'on its way', null, true);
        return of('waiting', `${delivery.reason}: ${delivery.detail}`, null, momentary.includes(delivery.reason));
      }
      default:
        return of('waiting', bridge.messages.whyWaiting(member), null, bridge.messages.isBehindAnother(member));
    }
  });
}
