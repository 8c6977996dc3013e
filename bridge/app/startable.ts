import { existsSync } from 'node:fs';
import { identityKey, type PaneFacts } from '../core/pane.ts';
import { liesWithin } from '../host/home.ts';
import { type Startable, startablePrograms } from '../launch/agent-command.ts';
import type { LaunchEnvironment } from '../launch/environment.ts';
import { listPanes } from '../tmux/pane.ts';
import type { Bridge } from './bridge.ts';
import type { KnownProject } from './projects.ts';

export type ForStartable = Pick<Bridge, 'config' | 'projects' | 'servers'>;

/** A project in which an agent can be started, and why not; null: it can be. */
export interface StartableProject {
  readonly name: string;
  readonly folder: string;
  /** in which an agent would get its window; null where it cannot be started */
  readonly session: string | null;
  readonly why: string | null;
}

/** Nobody chooses among more, and each is looked at. */
const mostProjects = 100;

/** What can be started from here: the programs of the catalogue, and the projects that the bridge knows. */
export async function startableHere(
  bridge: ForStartable,
): Promise<{ readonly agents: readonly Startable[]; readonly projects: readonly StartableProject[] }> {
  const panesAt = panesOf(bridge);
  const projects = await Promise.all(
    projectsThere(bridge).map(async (project): Promise<StartableProject> => {
      const { name, folder } = project;
      const place = await placeIn(bridge, project, panesAt);
      if ('why' in place) return { name, folder, session: null, why: place.why };
      return { name, folder, session: place.session, why: null };
    }),
  );
  return { agents: startablePrograms(environmentIn(bridge, bridge.config.home)), projects };
}

/** A session of the project's where somebody is; else the tmux server where somebody was. */
export async function placeIn(
  { config }: Pick<Bridge, 'config'>,
  { folder, places }: KnownProject,
  panesAt: PanesAt,
): Promise<{ readonly socketPath: string; readonly session: string } | { readonly why: string }> {
  if (!config.trustWorkspace && liesWithin(config.home, folder))
    return { why: `the state directory ${config.home} lies in it, where an agent could answer itself` };
  let other: { readonly socketPath: string; readonly session: string } | null = null;
  for (const { pane, socketPath, session } of places) {
    const panes = await panesAt(socketPath);
    const living = panes?.find((facts) => !facts.dead && identityKey(facts) === pane);
    if (living !== undefined) return { socketPath, session: living.sessionName };
    if (panes !== null) other ??= { socketPath, session };
  }
  return other ?? { why: 'no tmux server of it runs' };
}

export type PanesAt = (socketPath: string) => Promise<readonly PaneFacts[] | null>;

/** Each server is asked once; null: none answers there. */
export function panesOf({ servers }: Pick<Bridge, 'servers'>): PanesAt {
  const asked = new Map<string, Promise<readonly PaneFacts[] | null>>();
  return (socketPath) => {
    const known = asked.get(socketPath);
    if (known !== undefined) return known;
    const tmux = servers.lone(socketPath);
    const panes = tmux === null ? Promise.resolve(null) : listPanes(tmux).catch(() => null);
    asked.set(socketPath, panes);
    return panes;
  };
}

export function projectsThere({ projects }: Pick<Bridge, 'projects'>): readonly KnownProject[] {
  return projects.known.filter(({ folder }) => existsSync(folder)).slice(0, mostProjects);
}

/** Programs are looked for where the bridge looks, and what is started finds this bridge again. */
export function environmentIn({ config }: Pick<Bridge, 'config'>, cwd: string): LaunchEnvironment {
  return { env: { ...process.env, BRIDGE_HOME: config.home }, cwd };
}
