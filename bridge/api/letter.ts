import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import { BridgeError } from '../core/failure.ts';
import { isMintedId } from '../core/ids.ts';
import { humanName } from '../core/member.ts';
import { type Message, type MessageId, priorities } from '../core/message.ts';
import { text, word } from './arguments.ts';
import { senderArgs, senderOf } from './sender.ts';

/** More are no recipients of a letter. */
const mostRecipients = 200;

const mostTtlMs = 90 * 86_400_000;

/** What somebody writes, to whom, and what shows who it is. */
export const letterArgs = {
  ...senderArgs,
  /** names of members, and of groups behind an `@`; none: the group whose thread it is, or all who have taken part in it */
  to: z.array(word()).max(mostRecipients, `has more than ${mostRecipients} names`),
  /** all members but who writes */
  isToAll: z.boolean().default(false),
  body: text(),
  thread: word(128).nullable().default(null),
  /** id of the message that it answers: in its thread, and to its sender */
  answers: word(64).nullable().default(null),
  noReply: z.boolean().default(false),
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
  /** given by the sender, which can ask again with it: the same id is the same message */
  id: word(64).refine(isMintedId, 'is no id').nullable().default(null),
  /** does not wait for the running turn; a person's, or that of the recipient's live controller */
  urgent: z.boolean().default(false),
};
const letter = z.object(letterArgs);
export type Letter = z.output<typeof letter>;

/** Accepts a letter whole, or throws and keeps nothing of it. */
export async function sendLetter(bridge: Bridge, given: Letter): Promise<Message> {
  const {
    to,
    isToAll,
    body,
    thread,
    answers,
    noReply,
    priority,
    ttlMs,
    idempotencyKey,
    inline,
    urgent,
    id,
    ...evidence
  } = given;
  const { name, standing } = await senderOf(bridge, evidence);
  if (standing === 'claimed' && bridge.config.senders === 'verified') throw unproven(bridge.directory.shown(name));
  if (urgent) await permitUrgent(bridge, given);
  return bridge.messages.send({
    from: { name, standing },
    body,
    noReply,
    priority,
    inline,
    urgent,
    isToAll,
    ...(ttlMs !== null && { ttlMs }),
    ...(idempotencyKey !== null && { key: idempotencyKey }),
    ...(id !== null && { id: id as MessageId }),
    ...answering(bridge, { to, thread, answers }),
  });
}

/** A group, or whoever takes part, is no single worker whose controller might decide. @throws BridgeError with the refusal */
async function permitUrgent(bridge: Bridge, { to, isToAll, caller }: Letter): Promise<void> {
  const single = isToAll || to.length === 0 ? ['all of them'] : to;
  for (const target of single) {
    const isOne = single === to && !target.startsWith('@') && target !== humanName;
    const about = isOne ? (bridge.directory.paneOf(bridge.directory.named(target).name)?.identity ?? null) : null;
    await permit(bridge, { act: 'tell --urgent', target, about, caller, by: 'human' });
  }
}

export function unproven(name: string): BridgeError {
  return new BridgeError({
    what: 'tell',
    target: name,
    reason: 'nothing shows that this is who writes, and bridge.yaml has `senders: verified`; nothing was sent',
    nextStep: 'run it in the pane of that member, or give it a token: bridge token add',
  });
}

function answering(
  { messages }: Pick<Bridge, 'messages'>,
  { to, thread, answers }: Pick<Letter, 'to' | 'thread' | 'answers'>,
): Pick<Parameters<Bridge['messages']['send']>[0], 'to' | 'thread' | 'answers'> {
  if (answers === null) return { to, thread };
  const message = messages.named(answers);
  return { to: [message.from.name], thread: message.thread, answers: message };
}
