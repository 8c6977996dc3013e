import { Refusal } from '../refusal.ts';

/** tmux-agent-comms' registry.json: which name is which tmux session. What stands in it besides is kept. */
export interface Registry {
  readonly agents: Readonly<Record<string, RegisteredAgent>>;
}

export interface RegisteredAgent {
  readonly session: string;
  readonly color?: string;
  readonly enabled?: boolean;
  readonly desc?: string;
  readonly revive_cmd?: string | null;
  /** seconds: kept for the original, and not needed here */
  readonly enter_delay?: number;
}

/** Its projects/P.json: who has joined. */
export interface Roster {
  readonly project: string;
  readonly members: Readonly<Record<string, RosterMember>>;
}

export interface RosterMember {
  readonly session: string;
  readonly model?: string;
  readonly role?: string;
  readonly joined?: string;
  readonly last_active?: string;
  readonly enter_delay?: number;
}

/** @throws Refusal (2) saying what is wrong with it */
export function asRegistry(value: unknown, path: string): Registry {
  const registry = objectIn(value, path, 'it');
  const agents = objectIn(registry.agents ?? {}, path, 'agents');
  for (const [name, agent] of Object.entries(agents)) {
    const entry = entryWithSession(agent, path, `agents.${name}`);
    if (entry.enabled !== undefined && typeof entry.enabled !== 'boolean')
      throw new Refusal(`${path}: agents.${name}.enabled is neither true nor false`, 2);
    if (entry.revive_cmd) textIn(entry.revive_cmd, path, `agents.${name}.revive_cmd`);
    if (entry.desc) textIn(entry.desc, path, `agents.${name}.desc`);
  }
  return { ...registry, agents } as unknown as Registry;
}

/** @throws Refusal (2) saying what is wrong with it */
export function asRoster(value: unknown, path: string): Roster {
  const roster = objectIn(value, path, 'it');
  const members = objectIn(roster.members ?? {}, path, 'members');
  for (const [name, member] of Object.entries(members)) {
    const entry = entryWithSession(member, path, `members.${name}`);
    for (const field of ['model', 'role']) if (entry[field]) textIn(entry[field], path, `members.${name}.${field}`);
  }
  return { ...roster, members } as unknown as Roster;
}

/** What stands under a name; nothing that every object has. */
export function entryOf<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

function entryWithSession(value: unknown, path: string, where: string): Record<string, unknown> {
  const entry = objectIn(value, path, where);
  textIn(entry.session, path, `${where}.session`);
  return entry;
}

function objectIn(value: unknown, path: string, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Refusal(`${path}: ${where} is no object`, 2);
}

function textIn(value: unknown, path: string, where: string): void {
  if (typeof value !== 'string') throw new Refusal(`${path}: ${where} is no text`, 2);
}
