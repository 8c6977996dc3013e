import * as z from 'zod';
import { threadRecords } from '../agent-programs/thread-records.ts';
import { askerOf } from '../app/asker.ts';
import type { Bridge } from '../app/bridge.ts';
import { grantedNames } from '../app/granted-names.ts';
import { placeFor } from '../app/place-of-member.ts';
import { usageError } from '../core/failure.ts';
import { type Member, memberName, numbered } from '../core/member.ts';
import { labelOf } from '../core/names.ts';
import { identityKey, type PaneFacts } from '../core/pane.ts';
import { systemSource } from '../host/process-source.ts';
import { ThreadPanes } from '../panes/thread-panes.ts';
import { mostGroups } from './add.ts';
import { aboveArgs, callerArgs, word } from './arguments.ts';
import { panesFor } from './asking-panes.ts';
import { method } from './method.ts';

/** A program that has lived so long asks for another token. */
const tokenTtlMs = 12 * 3_600_000;

/**
 * A program that speaks for an agent, as its MCP server does, has the agent's name and a token of it. The agent's pane is found by
 * the processes above the program; without one it gets a name for itself, and mail waits. The token ends with the program.
 */
export const enrol = method({
  name: 'enrol',
  args: z.object({
    caller: callerArgs.default({ is: 'nobody' }),
    above: aboveArgs.default([]),
    tmuxSocket: word(4096).nullable().default(null),
    /** how it is to be called; null: as its pane's member is called, else `otherwise` */
    name: word(64).nullable().default(null),
    /** where its pane has no name yet */
    otherwise: word(64),
    groups: z.array(word(65)).max(mostGroups).default([]),
    /** the program: its token ends with it; `thread`: for which of the agent program's threads. `token`: the one that it has, which is replaced */
    process: z.object({ pid: z.number().int().min(1), startedAt: word(64), thread: word(64).optional() }),
    token: word(256).nullable().default(null),
  }),
  result: z.object({
    name: z.string(),
    fullName: z.string(),
    /** under which its mail is kept, however it is called */
    key: z.string(),
    /** the name that it asked for is another's, or only a person gives it */
    isTaken: z.boolean(),
    groups: z.array(z.string()).readonly(),
    /** null where nothing shows in which pane it is: mail waits until it is read */
    pane: z.string().nullable(),
    /** a bridge watches its pane, and doorbells come */
    isWatched: z.boolean(),
    unread: z.number(),
    token: z.string(),
  }),
  async run(bridge: Bridge, { name, otherwise, groups, process, token, ...evidence }) {
    const { directory, tokens } = bridge;
    // it may have asked twice at once
    const isSame = ({ process: one }: Token) =>
      one?.pid === process.pid && one.startedAt === process.startedAt && one.thread === process.thread;
    const before = (token === null ? null : tokens.find(token)) ?? tokens.list().find(isSame) ?? null;
    const facts = await agentPane(bridge, evidence, process.thread ?? null);
    const isOfThread = process.thread !== undefined;
    const wanted = { asked: name ?? otherwise, name, groups, before: before?.member ?? null, isOfThread };
    const member = facts === null ? withoutPane(bridge, wanted) : await inPane(bridge, facts, wanted);
    await bridge.membersChanged();
    for (const one of tokens.list()) if (one.name === before?.name || isSame(one)) tokens.revoke(one.name);
    const isSeen = systemSource().read(process.pid)?.startedAt === process.startedAt;
    const secret = tokens.add(
      `mcp-${process.pid}-${bridge.mint<string>().slice(-6)}`,
      { role: 'agent', member: member.name },
      tokenTtlMs,
      // of another PID namespace nothing is seen from here
      isSeen ? process : undefined,
    );
    const identity = facts === null ? null : identityKey(bridge.panes.identify(facts).identity);
    const shown = directory.shown(member.name);
    return {
      name: shown,
      fullName: member.called,
      key: member.name,
      isTaken: name !== null && labelOf(member.called) !== name.normalize('NFC'),
      groups: member.groups,
      pane: facts?.paneId ?? null,
      isWatched: bridge.watchedMembers.some((one) => identityKey(one.identity) === identity),
      unread: bridge.messages.countUnread(member.name),
      token: secret,
    };
  },
});

const threadPanes = new ThreadPanes();

type Token = ReturnType<Bridge['tokens']['list']>[number];

interface Wanted {
  readonly asked: string;
  /** null: any will do */
  readonly name: string | null;
  readonly groups: readonly string[];
  /** for whom the program has spoken so far */
  readonly before: string | null;
  /** its pane is known by what that shows, which is not always to be seen */
  readonly isOfThread: boolean;
}

/** The pane in which the processes show the agent to be, or its own record of threads does; null where nothing shows it, or no agent is in it. */
async function agentPane(
  { panes }: Bridge,
  evidence: { readonly caller: Parameters<typeof askerOf>[0]['caller'] } & Pick<
    Parameters<typeof askerOf>[0],
    'above' | 'tmuxSocket'
  >,
  thread: string | null,
): Promise<PaneFacts | null> {
  const { caller, above, tmuxSocket } = evidence;
  const known = await panesFor({ panes }, tmuxSocket);
  const identityOf = (facts: PaneFacts) => panes.identify(facts).identity;
  const asker = askerOf({ ...evidence, paneHint: null }, known, {
    identify: identityOf,
    startOf: (pid) => systemSource().read(pid)?.startedAt ?? null,
  });
  if (asker.is === 'proven' && panes.hasAgent(asker.pane)) return asker.pane;
  const record = caller.is === 'apart' ? threadRecords.get(caller.program) : undefined;
  if (caller.is !== 'apart' || record === undefined || thread === null) return null;
  const program = known.filter((facts) => panes.hasAgent(facts) && panes.programOf(facts) === caller.program);
  const drawn = program.map((facts) => ({ facts, identity: identityOf(facts) }));
  const pids = above.map(({ pid }) => pid);
  return threadPanes.find(record, thread, pids, drawn)?.facts ?? null;
}

/** A pane that has a name keeps it, unless it asks for another one. */
async function inPane(bridge: Bridge, facts: PaneFacts, { asked, name, groups, before }: Wanted): Promise<Member> {
  const { membership, directory } = bridge;
  await bridge.servers.reach(facts, facts.socketPath);
  const place = await placeFor(bridge, facts);
  const own = before === null ? null : directory.member(before);
  // it had a name, with mail, before anything showed where it is
  if (directory.at(place.identity) === null && name === null && own?.pane === null)
    membership.bind(own.name, place.identity);
  const mine = directory.at(place.identity);
  if (mine === null || name !== null)
    return membership.join(asked, { groups }, { ...place, isWithheld: grantedNames(bridge, place.identity) }).member;
  membership.bind(mine.name, place.identity);
  for (const group of groups) membership.addToGroup(group, [mine.called]);
  return directory.member(mine.name) ?? mine;
}

/**
 * A name for an agent of which nothing but its program is seen: a new one, or one that waits without ever having had a pane, and
 * for which no other program speaks. Its own, where it has one.
 */
function withoutPane(bridge: Bridge, { asked, name, groups, before, isOfThread }: Wanted): Member {
  const { directory, membership, tokens } = bridge;
  const label = memberName(asked);
  if (label.includes('/')) throw usageError('name', asked, 'has a project, and nothing shows that it is yours');
  const isWithheld = grantedNames(bridge, null);
  const spokenFor = tokens.list().flatMap(({ process, member }) => (process === undefined ? [] : [member]));
  const own = before === null ? null : directory.member(before);
  if (own !== null && (own.pane === null || isOfThread) && name === null)
    return membership.add(own.called, { groups }).member;
  for (let number = 1; ; number++) {
    const candidate = numbered(label, number);
    const holders = directory
      .members()
      .filter(({ called, name: kept }) =>
        [called, kept].some((one) => one === candidate || one.endsWith(`/${candidate}`)),
      );
    const isFree = holders.every((one) => one.name === before || (one.pane === null && !spokenFor.includes(one.name)));
    if (holders.length > 1 || !isFree || isWithheld(candidate)) continue;
    if (own === null || own.pane !== null || holders.some((one) => one.name !== own.name))
      return membership.add(candidate, { groups }).member;
    // with the mail that it has
    return membership.add(membership.rename(own.name, candidate).called, { groups }).member;
  }
}
