import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { type HoldReason, type Receipt, receiptInWords } from '../core/envelope.ts';
import { isUnread, type MailState, type Message } from '../core/message.ts';

/** What somebody can wait for. `read`: the recipient knows the text, from its pane or its inbox. */
export const awaited = ['submitted', 'read', 'replied'] as const;
export type Awaited = (typeof awaited)[number];

/** What became of a message for one of its recipients. */
export const outcome = z.object({
  member: z.string(),
  /** `held`: by the loop guard, until a person lets it go on */
  is: z.enum(['submitted', 'waiting', 'held', 'uncertain', 'read', 'replied', 'withdrawn', 'expired']),
  /** in words; where it waits, what would free it */
  why: z.string(),
  /** since when, an instant; null where nobody wrote it down */
  since: z.number().nullable(),
  /** from sending until then, ms; null before it has arrived */
  tookMs: z.number().nullable(),
  /** the evidence, in words; null before there is one */
  receipt: z.string().nullable(),
});
export type Outcome = z.infer<typeof outcome>;

type ForOutcomes = Pick<Bridge, 'messages' | 'directory' | 'journal'>;

/** Holds that are over in a moment. */
const momentary: readonly HoldReason[] = ['unknown', 'starting', 'locked'];

/** Where a line about it is. */
const places = {
  text: 'its text is in the pane',
  doorbell: 'a doorbell is in the pane',
  page: 'its page is in inbox/',
} as const;

/** For each recipient, in the order of the message. `isMoving`: it is over in a moment. @param states of one that was archived */
export function outcomesOf(
  bridge: ForOutcomes,
  message: Message,
  states: ReadonlyMap<string, MailState> | null = null,
): Array<Outcome & { readonly isMoving: boolean }> {
  return message.to.map((member) => {
    const state = states === null ? bridge.messages.stateOf(message.id, member) : (states.get(member) ?? null);
    const { isMoving = false, ...found } = outcomeIn(bridge, message, member, state);
    return { member: bridge.directory.shown(member), tookMs: null, receipt: null, ...found, isMoving };
  });
}

type Found = Pick<Outcome, 'is' | 'why' | 'since'> & Partial<Outcome> & { readonly isMoving?: boolean };

function outcomeIn(bridge: ForOutcomes, { sentAt }: Message, member: string, state: MailState | null): Found {
  const arrived = (is: Outcome['is'], why: string, at: number, receipt?: Receipt): Found => ({
    ...{ is, why, since: at, tookMs: at - sentAt },
    receipt: receipt === undefined ? null : receiptInWords(receipt),
  });
  switch (state?.is) {
    case 'submitted':
      return arrived('submitted', places[state.as], state.at, state.receipt);
    case 'read':
      return arrived('read', 'read', state.at);
    case 'uncertain':
      return { is: 'uncertain', why: state.reason, since: state.at };
    case 'held':
      return { is: 'held', why: state.why, since: state.since };
    case 'withdrawn':
      return { is: 'withdrawn', why: 'taken back before anybody was told of it', since: state.at };
    case 'expired':
      return { is: 'expired', why: 'nobody could be told of it in time', since: state.at };
    case 'offered': {
      const delivery = bridge.journal.delivery(state.deliveryId)?.state;
      if (delivery?.is !== 'held') return { is: 'waiting', why: 'on its way', since: sentAt, isMoving: true };
      const { reason, detail, since } = delivery;
      return { is: 'waiting', why: `${reason}: ${detail}`, since, isMoving: momentary.includes(reason) };
    }
    default:
      return {
        is: 'waiting',
        why: bridge.messages.whyWaiting(member),
        since: sentAt,
        isMoving: bridge.messages.isBehindAnother(member),
      };
  }
}

/** The answers to a message: written because of it, by one of its recipients, to its sender. */
export function repliesTo({ journal }: Pick<Bridge, 'journal'>, message: Message): Message[] {
  return journal.mail
    .causedBy(message.id)
    .filter(({ from, to }) => message.to.includes(from.name) && to.includes(message.from.name));
}

/** Who of the recipients is not so far yet, and may still come so far. */
export function stillAwaited(bridge: ForOutcomes, message: Message, until: Awaited): string[] {
  const replied = until === 'replied' ? repliesTo(bridge, message).map(({ from }) => from.name) : [];
  return message.to.filter((member) => {
    if (replied.includes(member)) return false;
    const state = bridge.messages.stateOf(message.id, member);
    if (state === null || ['withdrawn', 'expired', 'held'].includes(state.is)) return false;
    if (until === 'submitted') return state.is === 'waiting' || state.is === 'offered';
    return until === 'replied' || isUnread(state);
  });
}
