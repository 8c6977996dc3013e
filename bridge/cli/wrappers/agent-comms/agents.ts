import { existsSync, readFileSync } from 'node:fs';
import { table } from '../../output.ts';
import { Refusal } from '../wrapper.ts';
import { fileNamed, type RegisteredAgent, writeWhole } from './files.ts';
import type { TakenFlags } from './flags.ts';
import { sessions, status } from './here.ts';
import { said } from './lines.ts';
import { changeRegistry, type Place, registered, registryIn } from './place.ts';
import { starterRegistry } from './texts.ts';

export async function list(_: TakenFlags, place: Place): Promise<number> {
  const living = await sessions(place);
  const rows = Object.entries(registryIn(place).agents).map(([name, { session, enabled, desc = '' }]) => [
    name,
    session,
    status(living, session),
    enabled === false ? 'disabled' : 'enabled',
    desc,
  ]);
  return said(rows.length === 0 ? 'no agents' : table([['NAME', 'SESSION', 'STATUS', 'ENABLED', 'DESC'], ...rows]));
}

export async function add(
  { words: [name = '', session], color, desc, revive }: TakenFlags,
  place: Place,
): Promise<number> {
  if (session === undefined) throw new Refusal('usage: agent_comms add <name> <session> [--color --desc --revive]', 2);
  fileNamed('', name, '');
  const agent = { ...newAgent(session), color: color ?? 'white', desc: desc ?? '', revive_cmd: revive };
  await changeRegistry(place, (agents) => ({ ...agents, [name]: agent }));
  return said(`added: ${name} -> ${session}`);
}

export async function remove({ words: [name = ''] }: TakenFlags, place: Place): Promise<number> {
  registered(name, place);
  await changeRegistry(place, ({ [name]: _, ...others }) => others);
  return said(`removed: ${name}`);
}

export async function setEnabled({ words: [name = ''] }: TakenFlags, place: Place, enabled: boolean): Promise<number> {
  registered(name, place);
  await changeRegistry(place, (agents) => ({ ...agents, [name]: { ...agents[name]!, enabled } }));
  return said(`${enabled ? 'enabled' : 'disabled'}: ${name}`);
}

export async function discover({ isAdding }: TakenFlags, place: Place): Promise<number> {
  const known = new Set(Object.values(registryIn(place).agents).map(({ session }) => session));
  const fresh = (await sessions(place)).filter((session) => !known.has(session));
  if (isAdding)
    for (const session of fresh) await changeRegistry(place, (agents) => ({ ...agents, [session]: newAgent(session) }));
  if (fresh.length === 0) return said('no sessions that are not registered');
  return said(
    fresh.map((session) => (isAdding ? `added ${session}` : `agent_comms add ${session} ${session}`)).join('\n'),
  );
}

export function init({ isForced }: TakenFlags, { paths }: Place): number {
  if (existsSync(paths.registry) && !isForced) throw new Refusal(`${paths.registry} exists; --force writes it anew`);
  writeWhole(paths.registry, `${JSON.stringify(starterRegistry, null, 2)}\n`);
  return said(`wrote ${paths.registry}`);
}

export function log({ last }: TakenFlags, { paths }: Place): number {
  if (!existsSync(paths.log)) return said('no log yet');
  return said(
    readFileSync(paths.log, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(-(last ?? 20))
      .join('\n'),
  );
}

export function newAgent(session: string): RegisteredAgent {
  return { session, color: 'white', enabled: true, desc: '', revive_cmd: null };
}
