import type { Config } from '../../config/config-values.ts';
import { BridgeError } from '../../core/failure.ts';
import type { Member } from '../../core/member.ts';
import { isCalled } from '../../core/names.ts';
import { addressKey, identityKey, type ListedPane, sameServer } from '../../core/pane.ts';
import { isHere } from '../../core/way.ts';
import { liesWithin } from '../../host/home.ts';
import { nameOf, type Panes } from '../../panes/panes.ts';
import type { TmuxServer } from '../../tmux/server.ts';
import type { Projects } from '../projects.ts';

/** `member`: it gets its mail, and what it asks is between it and whoever sits there */
export type Role = 'worker' | 'controller' | 'member';

/** A pane that is to be watched, and as what. */
export interface Wanted {
  readonly facts: ListedPane;
  /** the worker's full name, the member's, or `controller` */
  readonly name: string;
  readonly role: Role;
  /** why only the human may answer what is on its screen at the first look; left out where others may */
  readonly distrust?: string;
}

/** Where workers are looked for: a server, all of it or one session. */
export interface Scope {
  readonly server: TmuxServer;
  readonly session: string | null;
}

/** Which panes are watched: the workers, named or found by their label, the live controllers', those that a person had started, and those of members that joined. */
export class Workers {
  readonly #config: Config;
  readonly #panes: Panes;
  readonly #projects: Projects;
  readonly #controllerPane: (panes: readonly ListedPane[], session: string | null) => Promise<ListedPane | null>;
  readonly #members: () => readonly Member[];
  readonly #warn: (text: string) => void;
  readonly #refused = new Set<string>();

  /**
   * @param parts.controllerPane the live controller among the panes of one server
   * @param parts.members those whose panes are watched for their mail are among them
   */
  constructor(parts: {
    config: Config;
    panes: Panes;
    projects: Projects;
    controllerPane: (panes: readonly ListedPane[], session: string | null) => Promise<ListedPane | null>;
    members: () => readonly Member[];
    warn: (text: string) => void;
  }) {
    this.#config = parts.config;
    this.#panes = parts.panes;
    this.#projects = parts.projects;
    this.#controllerPane = parts.controllerPane;
    this.#members = parts.members;
    this.#warn = parts.warn;
  }

  /**
   * @param scopes the first is the one that the bridge was started for; `--worker` names panes there
   * @returns by `addressKey`
   * @throws BridgeError at the start only: an ambiguous target, or a home that a worker could write to
   */
  async among(
    panes: readonly ListedPane[],
    scopes: readonly Scope[],
    when: 'start' | 'running',
  ): Promise<Map<string, Wanted>> {
    const living = new Set(panes.map(identityKey));
    const wanted = new Map<string, Wanted>();
    const holdsHome = this.#holdingHome();
    for (const [index, scope] of scopes.entries()) {
      const { server } = scope.server;
      const there = panes.filter((pane) => server !== null && sameServer(pane, server));
      const named = index === 0 ? this.#config.worker : [];
      const workers = await this.#workersAmong(there, scope.session, named, when);
      this.#projects.together(() => {
        for (const facts of workers) {
          if (facts.dead || wanted.has(addressKey(facts)) || !this.#mayServe(facts, holdsHome, when)) continue;
          const name = this.#projects.nameOf(this.#seat(facts), facts, living);
          wanted.set(addressKey(facts), { facts, name, role: 'worker' });
        }
      });
      const controller = await this.#controllerPane(there, scope.session).catch(() => null);
      if (controller && !wanted.has(addressKey(controller))) {
        wanted.set(addressKey(controller), { facts: controller, name: 'controller', role: 'controller' });
      }
    }
    for (const facts of panes) {
      if (facts.dead || wanted.has(addressKey(facts)) || !this.#projects.isStarted(facts)) continue;
      if (!this.#mayServe(facts, holdsHome, when)) continue;
      const name = this.#projects.nameOf(this.#seat(facts), facts, living);
      wanted.set(addressKey(facts), { facts, name, role: 'worker' });
    }
    const joined = new Map(
      this.#members().flatMap((one) => (one.isJoined && one.pane !== null ? [[identityKey(one.pane), one]] : [])),
    );
    for (const facts of panes) {
      const member = facts.dead || wanted.has(addressKey(facts)) ? undefined : joined.get(identityKey(facts));
      if (member === undefined) continue;
      const role = this.#isSupervised(member, facts) && this.#mayServe(facts, holdsHome, when) ? 'worker' : 'member';
      wanted.set(addressKey(facts), { facts, name: member.name, role });
    }
    return wanted;
  }

  /** A rule that names a member has what it asks answered, as a worker's is. */
  #isSupervised({ name }: Member, facts: ListedPane): boolean {
    const { rules } = this.#projects.settingsFor(this.#seat(facts));
    return rules.some(({ when }) => when.worker !== undefined && isCalled(name, when.worker));
  }

  /** The pane, and its agent where somebody asks for it: of most the project is known, and their processes need not be looked at. */
  #seat(facts: ListedPane) {
    const panes = this.#panes;
    return {
      ...facts,
      get agentPid() {
        return panes.identify(facts).identity.agentPid;
      },
    };
  }

  /** Whether a folder holds our home; of each asked once, since many panes have the same. */
  #holdingHome(): (folder: string) => boolean {
    const known = new Map<string, boolean>();
    return (folder) => {
      const holds = known.get(folder) ?? liesWithin(this.#config.home, folder);
      known.set(folder, holds);
      return holds;
    };
  }

  async #workersAmong(
    panes: readonly ListedPane[],
    session: string | null,
    named: readonly string[],
    when: 'start' | 'running',
  ): Promise<ListedPane[]> {
    if (named.length === 0) {
      const here = panes.filter((pane) => session === null || pane.sessionName === session);
      const labelled = here.filter((pane) => pane.label.startsWith('worker'));
      const called = here.filter((pane) => pane.title === 'worker' || pane.windowName === 'worker');
      return labelled.length > 0 ? labelled : called;
    }
    const found: ListedPane[] = [];
    for (const target of named) {
      try {
        found.push(await this.#panes.resolve(target, session, panes));
      } catch (fault) {
        if (when === 'start' && fault instanceof BridgeError && /ambiguous/.test(fault.reason)) throw fault;
        // not there yet, or not any more: its coming is noticed
      }
    }
    return found;
  }

  /** A worker whose own folder holds our home could answer itself by writing a file. */
  #mayServe(pane: ListedPane, holdsHome: (folder: string) => boolean, when: 'start' | 'running'): boolean {
    const { home, trustWorkspace } = this.#config;
    if (trustWorkspace || !isHere(pane) || pane.currentPath === '' || !holdsHome(pane.currentPath)) return true;
    const fault = new BridgeError({
      what: 'home',
      target: home,
      reason: `lies inside the working folder of ${nameOf(pane)} (${pane.currentPath}), where the worker could answer itself`,
      nextStep: 'choose a home elsewhere with --home, or accept it with --trust-workspace',
    });
    if (when === 'start') throw fault;
    const key = identityKey(pane);
    if (!this.#refused.has(key)) {
      this.#refused.add(key);
      this.#warn(`${fault.message}; it is not watched: ${fault.nextStep}`);
    }
    return false;
  }
}
