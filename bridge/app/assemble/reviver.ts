import { homedir } from 'node:os';
import type { Member } from '../../core/member.ts';
import { identityKey } from '../../core/pane.ts';
import { boundedCommand } from '../../host/bounded-command.ts';
import { systemClock } from '../../host/clock.ts';
import { ExecCommands, tmuxEnvironment } from '../../tmux/exec.ts';
import { listPanes } from '../../tmux/pane.ts';
import type { Bridge } from '../bridge.ts';
import { placeFor } from '../place-of-member.ts';
import { type AgentPane, type Life, Reviver, reviveLimitMs } from '../revive.ts';
import { whereMembersAre } from '../where-members-are.ts';

export function assembleReviver(bridge: Bridge): Reviver {
  const { directory, membership, messages, journal, panes, projects, servers } = bridge;
  return new Reviver({
    memory: journal,
    now: () => systemClock.now(),
    after: (ms, then) => systemClock.after(ms, then),
    due: () => journal.mail.membersWith('waiting').flatMap((name) => directory.member(name) ?? []),
    revivable: () =>
      directory.members().flatMap((member) => {
        const argv = membership.reviveOf(member);
        return argv === null ? [] : [{ member, argv }];
      }),
    lifeOf: (member) => lifeOf(bridge, member),
    isGone: async (member) => (await whereMembersAre([member])).isGone(member),
    agentPanes: async ({ pane }) => {
      const sockets = new Set([
        ...servers.all.map(({ socketPath }) => socketPath),
        ...(pane === null ? [] : [pane.socketPath]),
      ]);
      const lists = await Promise.all(
        [...sockets].map((socketPath) => listPanes(new ExecCommands({ socketPath })).catch(() => [])),
      );
      return lists
        .flat()
        .filter((facts) => !facts.dead && panes.hasAgent(facts))
        .map((facts): AgentPane => {
          const { identity } = panes.identify(facts);
          return { facts, member: directory.at(identity), project: () => projects.projectNameOf(identity, facts) };
        });
    },
    bind: async (member, { facts, member: holder }) => {
      await servers.reach(facts, facts.socketPath);
      const place = await placeFor(bridge, facts);
      journal.transact(() => {
        const other = holder === null ? null : directory.member(holder.name);
        // it was taken for a new one before it was known whose it is
        if (other !== null && other.name !== member.name) membership.remove(other);
        membership.bind(member.name, place.identity);
      });
      await bridge.membersChanged();
      messages.back(member.name);
    },
    run: (member, argv) =>
      boundedCommand(argv, {
        cwd: folderOf(bridge, member) ?? homedir(),
        env: { ...tmuxEnvironment(), BRIDGE_MEMBER: member.called, BRIDGE_HOME: bridge.config.home },
        limitMs: reviveLimitMs,
      }),
    shown: ({ name }) => directory.shown(name),
    say: (level, text) => bridge.say(level, text),
  });
}

function lifeOf(bridge: Bridge, { name }: Member): Life {
  const { directory, watchedMembers } = bridge;
  const pane = directory.member(name)?.pane ?? null;
  const key = pane === null ? null : identityKey(pane);
  const seen = watchedMembers.find(({ identity }) => identityKey(identity) === key);
  if (seen === undefined) return { is: 'none' };
  return bridge.hasExited(seen) ? { is: 'exited', since: seen.since } : { is: 'living' };
}

/** The folder of the project in which it was last. */
function folderOf({ projects }: Bridge, { pane }: Member): string | null {
  return pane === null ? null : (projects.records[identityKey(pane)]?.project ?? null);
}
