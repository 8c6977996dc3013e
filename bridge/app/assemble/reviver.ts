import { homedir } from 'node:os';
import type { Member } from '../../core/member.ts';
import { identityKey } from '../../core/pane.ts';
import { boundedCommand } from '../../host/bounded-command.ts';
import { systemClock } from '../../host/clock.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Directory } from '../../messages/directory.ts';
import type { Membership } from '../../messages/membership.ts';
import type { Messages } from '../../messages/messages.ts';
import type { Panes } from '../../panes/panes.ts';
import { tmuxEnvironment } from '../../tmux/exec.ts';
import { listPanes } from '../../tmux/pane.ts';
import type { TmuxServers } from '../../tmux/servers.ts';
import { placeFor } from '../place-of-member.ts';
import type { Projects } from '../projects.ts';
import { type AgentPane, type Life, Reviver, reviveLimitMs } from '../revive.ts';
import type { SeenWorker } from '../watching/watching.ts';
import { whereMembersAre } from '../where-members-are.ts';

interface ReviverNeeds {
  readonly home: string;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly membership: Membership;
  readonly messages: Messages;
  readonly panes: Panes;
  readonly projects: Projects;
  readonly servers: TmuxServers;
  /** the members that can get their mail */
  watched(): readonly SeenWorker[];
  /** whether the agent in that watched pane has ended, and has left a shell behind */
  hasExited(seen: SeenWorker): boolean;
  /** has the panes of members watched from now on */
  membersChanged(): Promise<void>;
  say(level: 'info' | 'warning', text: string): void;
}

export function assembleReviver(needs: ReviverNeeds): Reviver {
  const { home, journal, directory, membership, messages, panes, projects, servers } = needs;
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
    lifeOf: (member) => lifeOf(needs, member),
    isGone: async (member) =>
      (await whereMembersAre([member], (socketPath) => servers.lone(socketPath))).isGone(member),
    agentPanes: async ({ pane }) => {
      const sockets = new Set([
        ...servers.all.map(({ socketPath }) => socketPath),
        ...(pane === null ? [] : [pane.socketPath]),
      ]);
      const lists = await Promise.all(
        [...sockets].map(async (socketPath) => {
          const tmux = servers.lone(socketPath);
          return tmux === null ? [] : listPanes(tmux).catch(() => []);
        }),
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
      const place = await placeFor({ panes, projects, directory, servers }, facts);
      journal.transact(() => {
        const other = holder === null ? null : directory.member(holder.name);
        // it was taken for a new one before it was known whose it is
        if (other !== null && other.name !== member.name) membership.remove(other);
        membership.bind(member.name, place.identity);
      });
      await needs.membersChanged();
      messages.back(member.name);
    },
    run: (member, argv) =>
      boundedCommand(argv, {
        cwd: folderOf(projects, member) ?? homedir(),
        env: { ...tmuxEnvironment(), BRIDGE_MEMBER: member.called, BRIDGE_HOME: home },
        limitMs: reviveLimitMs,
      }),
    shown: ({ name }) => directory.shown(name),
    say: (level, text) => needs.say(level, text),
  });
}

function lifeOf({ directory, watched, hasExited }: ReviverNeeds, { name }: Member): Life {
  const pane = directory.member(name)?.pane ?? null;
  const key = pane === null ? null : identityKey(pane);
  const seen = watched().find(({ identity }) => identityKey(identity) === key);
  if (seen === undefined) return { is: 'none' };
  return hasExited(seen) ? { is: 'exited', since: seen.since } : { is: 'living' };
}

/** The folder of the project in which it was last. */
function folderOf(projects: Projects, { pane }: Member): string | null {
  return pane === null ? null : (projects.records[identityKey(pane)]?.project ?? null);
}
