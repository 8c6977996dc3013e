import * as z from 'zod';
import { askerOf, type Bearer } from '../app/asker.ts';
import type { Bridge } from '../app/bridge.ts';
import { isBlank } from '../core/cleaning.ts';
import { usageError } from '../core/failure.ts';
import { systemSource } from '../host/process-source.ts';
import { aboveArgs, callerArgs, limitMs, text, word } from './arguments.ts';
import { panesFor } from './asking-panes.ts';
import { type ForViews, viewIn } from './find-request.ts';
import { method } from './method.ts';
import { type ForSender, senderArgs } from './sender.ts';
import { holderOf } from './ticket.ts';
import { askView } from './views.ts';

const args = z.object({
  text: text(),
  caller: callerArgs.default({ is: 'nobody' }),
  above: aboveArgs.default([]),
  tmuxSocket: word(4096).nullable().default(null),
  paneHint: word(64).nullable().default(null),
  token: senderArgs.token,
  agent: word().nullable().default(null),
  wait: z.boolean().default(true),
  timeoutMs: limitMs.default(0),
  /** a ticket is given, with which who asked has the answer later; without one who asked waits for it */
  isTicketed: z.boolean().default(false),
  /** the asker's own mark: the same question again with it is the same one */
  key: word(64).min(1, 'is empty').nullable().default(null),
});

/** Opens a request from a worker's own shell, and waits for its answer. */
export const ask = method({
  name: 'ask',
  args,
  result: askView,
  async run(bridge: ForViews & ForSender & Pick<Bridge, 'servers' | 'opener' | 'tickets'>, given, closed) {
    const { text, agent, wait, timeoutMs, isTicketed, key, ...evidence } = given;
    if (isBlank(text)) throw usageError('ask', 'text', 'holds nothing visible');
    const shown = askerOf(evidence, await panesFor(bridge, evidence.tmuxSocket), {
      identify: (facts) => bridge.panes.identify(facts).identity,
      startOf: (pid) => systemSource().read(pid)?.startedAt ?? null,
    });
    const asker = shown.is === 'proven' ? shown : ((await bearerOf(bridge, evidence.token)) ?? shown);
    const holder = isTicketed ? await holderOf(bridge, { ...evidence, as: null }) : null;
    if (asker.is === 'proven') await bridge.servers.reach(asker.pane, asker.pane.socketPath);
    const request = await bridge.opener.fromShell({ text, asker, agent, wait, timeoutMs, key }, closed);
    const { state } = request;
    const answer = 'answer' in state ? state.answer : null;
    return {
      id: request.id,
      state: state.is,
      status: viewIn(bridge, request).status,
      answer: answer?.instructions ?? null,
      notes: answer?.notes ?? null,
      claimed: request.claimed ?? null,
      ticket: holder === null ? null : bridge.tickets.give(request.id, holder),
    };
  },
});

/** The member whose token it is, in its pane where it has one; null without a token. */
async function bearerOf({ tokens, directory, panes }: ForSender, token: string | null): Promise<Bearer | null> {
  if (token === null) return null;
  const member = tokens.memberOf(token);
  const living = directory.paneOf(member);
  const pane = living === null ? null : await panes.facts(living.identity);
  return pane === null
    ? { is: 'member', name: member, called: directory.member(member)?.called ?? member }
    : { is: 'proven', pane };
}
