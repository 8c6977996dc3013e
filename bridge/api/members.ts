import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { lookAt } from '../app/reader.ts';
import { settledLook } from '../app/settled-look.ts';
import { type MemberPlaces, whereMembersAre } from '../app/where-members-are.ts';
import { groupNamed } from '../core/groups.ts';
import { groupName, type Member, memberStatuses } from '../core/member.ts';
import { identityKey, type PaneFacts } from '../core/pane.ts';
import { hostOfWay } from '../core/way.ts';
import { systemClock } from '../host/clock.ts';
import { word } from './arguments.ts';
import { method } from './method.ts';
import { document } from './views.ts';

const memberView = z.object({
  /** as others write to it */
  name: z.string(),
  /** with its project */
  fullName: z.string(),
  /** what its screen shows: `idle`, `busy`, `dialog`, …; `exited`: a shell is left in its pane; `gone`: it has none; `away`: its host is not reached */
  state: z.string(),
  /** what it says of its own work; null where it has said nothing */
  status: z.enum(memberStatuses).nullable(),
  /** how long its host has not been reached; null where it is */
  awayForMs: z.number().nullable(),
  /** null while it has no pane */
  pane: z.string().nullable(),
  /** its agent program */
  agent: z.string().nullable(),
  role: z.string(),
  model: z.string(),
  description: z.string(),
  colour: z.string(),
  groups: z.array(z.string()).readonly(),
  isEnabled: z.boolean(),
  /** its pane is watched whatever its label is */
  isJoined: z.boolean(),
  /** argv of what starts it anew; null where nothing does */
  revive: z.array(z.string()).readonly().nullable(),
  unread: z.number(),
  lastSeenAt: z.number().nullable(),
  /** where its pane is, or was last */
  address: document<NonNullable<Member['pane']>>().nullable(),
});
export type MemberView = z.infer<typeof memberView>;

/** Who has a name, where each is and what it does, what is said of it, and what it has not read. */
export const members = method({
  name: 'members',
  args: z.object({ group: word(65).nullable().default(null) }),
  result: z.array(memberView),
  async run(
    bridge: Pick<
      Bridge,
      'directory' | 'membership' | 'messages' | 'watchedMembers' | 'hasExited' | 'config' | 'servers' | 'hosts'
    >,
    { group },
    closed,
  ): Promise<MemberView[]> {
    const { directory } = bridge;
    const all = directory.members();
    const wanted = group === null ? all : groupNamed(groupName(group), all).members;
    const watched = new Map(bridge.watchedMembers.map((one) => [identityKey(one.identity), one]));
    const watchedOf = ({ pane }: Member) => (pane === null ? undefined : watched.get(identityKey(pane)));
    const unwatched = wanted.filter((member) => watchedOf(member) === undefined);
    const places = await whereMembersAre(unwatched, (socketPath) => bridge.servers.lone(socketPath));
    return Promise.all(
      wanted.map(async (member) => {
        const { name, called, pane, lastSeenAt, addedAt, greeted, registeredBy, ...said } = member;
        const seen = watchedOf(member);
        const found =
          seen === undefined
            ? await lookedAt(bridge, places, member, closed)
            : { state: bridge.hasExited(seen) ? 'exited' : (seen.state ?? 'unknown'), agent: seen.agent };
        const host = pane === null || seen !== undefined ? null : hostOfWay(pane.socketPath);
        const away = host === null ? null : bridge.hosts.awayOf(host);
        return {
          ...said,
          status: member.status ?? null,
          name: directory.shown(name),
          fullName: called,
          revive: bridge.membership.reviveOf(member),
          state: away === null ? (found?.state ?? 'gone') : 'away',
          awayForMs: away?.forMs ?? null,
          pane: found === null ? null : (pane?.paneId ?? null),
          agent: found?.agent ?? null,
          unread: bridge.messages.countUnread(name),
          lastSeenAt: found === null ? lastSeenAt : systemClock.now(),
          address: pane,
        };
      }),
    );
  },
});

/** What a pane that is not watched from here shows now; null where there is none. */
async function lookedAt(
  { config, hosts }: Pick<Bridge, 'config' | 'hosts'>,
  places: MemberPlaces,
  member: Member,
  closed: AbortSignal,
): Promise<{ readonly state: string; readonly agent: string | null } | null> {
  const facts: PaneFacts | null = places.paneOf(member);
  if (facts === null) return null;
  const { panes } = lookAt(facts.socketPath, { agent: null, agents: config.agents }, { hosts });
  const look = panes.readUnseen(facts) ?? (await settledLook(panes, facts, closed).catch(() => null));
  if (look === null) return null;
  const { program } = look.snapshot;
  return { state: panes.isBareShell(facts) ? 'exited' : look.reading.state, agent: program };
}
