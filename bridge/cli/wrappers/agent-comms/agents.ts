import { existsSync } from 'node:fs';
import { visibleLine } from '../../../core/visible.ts';
import { Refusal } from '../refusal.ts';
import type { RegisteredAgent } from './documents.ts';
import { writeWhole } from './files.ts';
import type { TakenFlags } from './flags.ts';
import { senderOf, sessions, status } from './here.ts';
import { said } from './lines.ts';
import { changeRegistry, type Place, registered, registryIn } from './place.ts';
import { starterRegistry } from './texts.ts';

export async function list(_: TakenFlags, place: Place): Promise<number> {
  const [living, self] = [await sessions(place), await senderOf({ from: null }, place)];
  const row = (name: string, session: string, is: string, enabled: string, desc: string) =>
    `${name.padEnd(15)} ${session.padEnd(15)} ${is.padEnd(7)} ${enabled.padEnd(3)} ${desc}`.trimEnd();
  const rows = Object.entries(registryIn(place).agents).map(([name, { session, enabled, desc = '' }]) => {
    const more = name === self ? ' *self' : '';
    return visibleLine(
      row(name, session, status(living, session), enabled === false ? 'n' : 'y', `${desc ?? ''}${more}`),
    );
  });
  return said([row('AGENT', 'SESSION', 'STATUS', 'EN', 'DESC'), ...rows].join('\n'), place);
}

export async function add(
  { words: [name = '', session], color, desc, revive }: TakenFlags,
  place: Place,
): Promise<number> {
  if (!session) throw new Refusal('usage: agent_comms add <name> <session> [--color --desc --revive]', 2);
  if (name.trim() === '' || visibleLine(name) !== name) throw new Refusal(`invalid name: '${visibleLine(name)}'`);
  const agent = { ...newAgent(session), color: color ?? 'white', desc: desc ?? '', revive_cmd: revive };
  await changeRegistry(place, (agents) => ({ ...agents, [name]: agent }));
  return said(`added: ${name} -> session '${session}'`, place);
}

export async function remove({ words: [name = ''] }: TakenFlags, place: Place): Promise<number> {
  registered(name, place);
  await changeRegistry(place, ({ [name]: _, ...others }) => others);
  return said(`removed: ${name}`, place);
}

export async function setEnabled({ words: [name = ''] }: TakenFlags, place: Place, enabled: boolean): Promise<number> {
  registered(name, place);
  await changeRegistry(place, (agents) => ({ ...agents, [name]: { ...agents[name]!, enabled } }));
  return said(`${enabled ? 'enabled' : 'disabled'}: ${name}`, place);
}

export async function discover({ isAdding }: TakenFlags, place: Place): Promise<number> {
  const living = (await sessions(place)) ?? [];
  if (living.length === 0) return said('no live tmux sessions found (is tmux running?)', place);
  const known = new Set(Object.values(registryIn(place).agents).map(({ session }) => session));
  const fresh = living.filter((session) => !known.has(session));
  said(`live tmux sessions: ${living.join(', ')}`, place);
  if (fresh.length === 0) return said('all already in your registry.', place);
  if (!isAdding) {
    said(`not in registry: ${fresh.join(', ')}`, place);
    return said('agent_comms discover --add registers them', place);
  }
  const added = Object.fromEntries(fresh.map((session) => [session, newAgent(session)]));
  // one that another has just added stays as it is
  await changeRegistry(place, (agents) => ({ ...added, ...agents }));
  return said(`added ${fresh.length} agent(s) to registry: ${fresh.join(', ')}`, place);
}

export function init({ isForced }: TakenFlags, place: Place): number {
  const { paths } = place;
  if (existsSync(paths.registry) && !isForced)
    throw new Refusal(`registry already exists at ${paths.registry} (use --force)`);
  writeWhole(paths.registry, `${JSON.stringify(starterRegistry, null, 2)}\n`);
  said(`wrote starter registry -> ${paths.registry}`, place);
  return said('edit it to match your tmux sessions.', place);
}

function newAgent(session: string): RegisteredAgent {
  return { session, color: 'white', enabled: true, desc: '', revive_cmd: null };
}
