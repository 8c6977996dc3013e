import { closest } from '../../../core/closest.ts';
import { visibleLine } from '../../../core/visible.ts';
import { Refusal } from '../refusal.ts';
import type { Run } from '../run.ts';
import {
  asRegistry,
  asRoster,
  entryOf,
  type RegisteredAgent,
  type Registry,
  type Roster,
  type RosterMember,
} from './documents.ts';
import { type CommsPaths, changeDocument, fileNamed, namesIn, readDocument } from './files.ts';
import type { TakenFlags } from './flags.ts';
import type { Settings } from './settings.ts';

/** Where a command of agent_comms finds its files and its tmux. */
export interface Place {
  readonly run: Run;
  readonly paths: CommsPaths;
  readonly socketPath: string;
  readonly settings: Settings;
}

export type Act = (flags: TakenFlags, place: Place) => number | Promise<number>;

export function registryIn({ paths }: Pick<Place, 'paths'>): Registry {
  return readDocument(paths.registry, asRegistry) ?? { agents: {} };
}

export function changeRegistry(
  { paths }: Place,
  change: (agents: Registry['agents']) => Registry['agents'],
): Promise<void> {
  return changeDocument<Registry, void>(paths.registry, asRegistry, (registry) => ({
    next: { ...registry, agents: change(registry?.agents ?? {}) },
    result: undefined,
  }));
}

export function rosterOf(project: string, { paths }: Place): Roster | null {
  return readDocument(fileNamed(paths.projects, project, '.json'), asRoster);
}

/** Of all projects, with their names. */
export function membersIn(place: Place): Array<[string, RosterMember]> {
  return namesIn(place.paths.projects, '.json').flatMap((project) =>
    Object.entries(rosterOf(project, place)?.members ?? {}),
  );
}

export interface Recipient extends Pick<RegisteredAgent, 'session' | 'revive_cmd'> {
  readonly name: string;
}

export type Found =
  | { readonly is: 'agent'; readonly agent: Recipient }
  | { readonly is: 'UNKNOWN' | 'DISABLED'; readonly reason: string };

/** Who that is: an agent of the registry, else whoever has joined a project under that name. */
export function find(name: string, place: Place): Found {
  const { agents } = registryIn(place);
  const agent = entryOf(agents, name);
  if (agent?.enabled === false) return { is: 'DISABLED', reason: `disabled: ${visibleLine(name)}` };
  if (agent !== undefined) return { is: 'agent', agent: { ...agent, name } };
  const members = membersIn(place);
  const [, member] = members.find(([one]) => one === name) ?? [];
  if (member !== undefined) return { is: 'agent', agent: { name, session: member.session } };
  const known = [...Object.keys(agents), ...members.map(([one]) => one)];
  return { is: 'UNKNOWN', reason: `unknown: ${visibleLine(name)}${didYouMean(name, known)}` };
}

/** @throws Refusal where the registry has no such agent */
export function registered(name: string, place: Place): RegisteredAgent {
  const { agents } = registryIn(place);
  const agent = entryOf(agents, name);
  if (agent === undefined) throw new Refusal(`not found: ${visibleLine(name)}${didYouMean(name, Object.keys(agents))}`);
  return agent;
}

export function didYouMean(name: string, known: readonly string[]): string {
  const meant = closest(name, known);
  return meant === null ? '' : ` — did you mean '${visibleLine(meant)}'?`;
}
