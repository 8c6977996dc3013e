import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { BridgeError } from '../core/failure.ts';
import { type Message, mostMarked, type Sender } from '../core/message.ts';
import { word } from './arguments.ts';
import { method } from './method.ts';
import { senderArgs, senderOf } from './sender.ts';

export const messageView = z.object({
  id: z.string(),
  thread: z.string(),
  from: z.string(),
  standing: z.enum(['verified', 'claimed', 'human']),
  to: z.array(z.string()).readonly(),
  body: z.string(),
  sentAt: z.number(),
  noReply: z.boolean(),
});
export type MessageView = z.infer<typeof messageView>;

/**
 * What a member has not read; read by itself, it is marked so. A command marks only what it has printed: it peeks, prints, and
 * then names in `shown` what is read. Where it is killed before that, the mail stays unread.
 */
export const inbox = method({
  name: 'inbox',
  args: z.object({
    ...senderArgs,
    peek: z.boolean().default(false),
    /** ids; only these are marked and handed over */
    shown: z.array(word(64)).max(mostMarked, `has more than ${mostMarked} ids`).nullable().default(null),
  }),
  result: z.object({
    member: z.string(),
    /** the reader is this member, and may mark */
    isOwn: z.boolean(),
    isMarked: z.boolean(),
    messages: z.array(messageView).readonly(),
    /** a bridge watches its pane: a line there tells of what comes */
    isRung: z.boolean(),
    /** what the loop guard holds, until a person lets it go on */
    /** how many were refused since it last read, for too many waited */
    refused: z.number(),
    held: z.array(z.object({ thread: z.string(), messages: z.number() })).readonly(),
  }),
  async run(bridge: Bridge, { peek, shown, ...evidence }) {
    const who = await senderOf(bridge, evidence, { isLook: true });
    const isOwn = isItself(who);
    // who is disabled gets nothing: what waits stays
    if (isOwn && bridge.directory.member(who.name)?.isEnabled === false)
      throw new BridgeError({
        what: 'inbox',
        target: bridge.directory.shown(who.name),
        reason: 'is disabled, and gets nothing; what waits stays',
        nextStep: 'ask your human: only a person enables it',
      });
    const isMarked = !peek && isOwn;
    const refused = bridge.messages.refusedFor(who.name);
    const messages = isMarked ? bridge.messages.read(who.name, shown) : bridge.messages.unread(who.name);
    return {
      member: bridge.directory.shown(who.name),
      isOwn,
      isMarked,
      messages: messages.map((message) => viewOfMessage(bridge, message)),
      refused,
      isRung: bridge.directory.paneOf(who.name) !== null,
      held: bridge.messages.heldFor(who.name),
    };
  },
});

/** What another looks at stays unread: nobody is rung for mail that was read. */
function isItself({ standing }: Sender): boolean {
  return standing === 'verified' || standing === 'human';
}

export function viewOfMessage({ directory }: Pick<Bridge, 'directory'>, message: Message): MessageView {
  const { id, thread, from, to, body, sentAt, noReply } = message;
  const shown = (name: string) => directory.shown(name);
  return { id, thread, from: shown(from.name), standing: from.standing, to: to.map(shown), body, sentAt, noReply };
}
