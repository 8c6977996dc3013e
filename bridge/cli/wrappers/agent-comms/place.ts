import { closest } from '../../../core/closest.ts';
import { visibleLine } from '../../../core/visible.ts';
import { Refusal } from '../wrapper.ts';
import {
  type CommsPaths,
  changeDocument,
  fileNamed,
  namesIn,
  type RegisteredAgent,
  type Registry,
  type Roster,
  readDocument,
} from './files.ts';
import type { TakenFlags } from './flags.ts';

export interface Place {
  readonly paths: CommsPaths;
  readonly socketPath: string;
}

export type Act = (flags: TakenFlags, place: Place) => number | Promise<number>;

export function registryIn({ paths }: Place): Registry {
  return readDocument<Registry>(paths.registry) ?? { agents: {} };
}

export function changeRegistry(
  { paths }: Place,
  change: (agents: Registry['agents']) => Registry['agents'],
): Promise<void> {
  return changeDocument<Registry, undefined>(paths.registry, (registry) => ({
    next: { ...registry, agents: change(registry?.agents ?? {}) },
    result: undefined,
  })).then(() => undefined);
}

export function rosterOf(project: string, { paths }: Place): Roster | null {
  return readDocument<Roster>(fileNamed(paths.projects, project, '.json'));
}

/** Who that is: an agent of the registry, else whoever has joined a project under that name. */
export function recipientOf(name: string, place: Place): RegisteredAgent {
  const { agents } = registryIn(place);
  const agent = agents[name];
  if (agent?.enabled === false) throw new Refusal(`DISABLED: ${name} is disabled`);
  if (agent !== undefined) return agent;
  const rosters = namesIn(place.paths.projects, '.json').map((project) => rosterOf(project, place));
  const member = rosters.find((one) => one?.members[name] !== undefined)?.members[name];
  if (member !== undefined) return { session: member.session };
  const known = [...Object.keys(agents), ...rosters.flatMap((one) => Object.keys(one?.members ?? {}))];
  throw new Refusal(`unknown agent '${visibleLine(name)}'${didYouMean(name, known)}`);
}

export function registered(name: string, place: Place): RegisteredAgent {
  const { agents } = registryIn(place);
  const agent = agents[name];
  if (agent === undefined)
    throw new Refusal(`unknown agent '${visibleLine(name)}'${didYouMean(name, Object.keys(agents))}`);
  return agent;
}

export function didYouMean(name: string, known: readonly string[]): string {
  const meant = closest(name, known);
  return meant === null ? '' : `; did you mean '${meant}'?`;
}
