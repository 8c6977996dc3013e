import { table } from '../../output.ts';
import { Refusal } from '../wrapper.ts';
import { deliver, record } from './deliver.ts';
import { changeDocument, fileNamed, namesIn, type Roster, type RosterMember, writeWhole } from './files.ts';
import type { TakenFlags } from './flags.ts';
import { sessionHere, sessions, status } from './here.ts';
import { lineOf, oneLine, said, stamp } from './lines.ts';
import { didYouMean, type Place, registryIn, rosterOf } from './place.ts';
import { joinDocument } from './texts.ts';

/** The same session is the same member; a name that another session has gets the next number. */
export async function register(flags: TakenFlags, place: Place): Promise<number> {
  const { project, as, model, role } = flags;
  if (project === null) throw new Refusal('register needs --project', 2);
  const session = flags.session ?? (await sessionHere(place));
  if (session === null) throw new Refusal('no tmux session is found: name it with --session', 2);
  const owner = Object.entries(registryIn(place).agents).find(([, agent]) => agent.session === session)?.[0];
  if (owner !== undefined && as !== null && owner !== as && !flags.isForced)
    throw new Refusal(`session ${session} is ${owner}'s; --force registers it as ${as}`, 2);
  const path = fileNamed(place.paths.projects, project, '.json');
  const wanted = as ?? owner ?? session;
  const found = await changeDocument<Roster, { name: string; isNew: boolean; others: string[] }>(path, (roster) => {
    const members = roster?.members ?? {};
    const known = Object.entries(members).find(([, member]) => member.session === session);
    const isFree = (name: string) => members[name] === undefined;
    let name = known?.[0] ?? wanted;
    for (let number = 2; known === undefined && !isFree(name); number++) name = `${wanted}-${number}`;
    const now = `${stamp(19)}Z`;
    const before = known?.[1];
    const member: RosterMember = {
      session,
      model: oneLine(model ?? before?.model ?? ''),
      role: oneLine(role ?? before?.role ?? ''),
      joined: before?.joined ?? now,
      last_active: now,
    };
    const others = Object.keys(members).filter((one) => one !== name);
    return { next: { project, members: { ...members, [name]: member } }, result: { name, isNew: !known, others } };
  });
  said(`registered: ${found.name} in project '${project}' (session ${session})`);
  if (!found.isNew) return 0;
  const about = [model, role]
    .filter(Boolean)
    .map((one) => oneLine(one!))
    .join(', ');
  const line = lineOf(found.name, `joined project ${project}${about ? ` (${about})` : ''} (no reply needed)`);
  for (const other of found.others) {
    const member = rosterOf(project, place)?.members[other];
    if (member === undefined) continue;
    const outcome = await deliver(other, member, line, found.name, place);
    record(place, found.name, other, outcome, 'joined');
  }
  return 0;
}

export async function roster({ words: [project = ''] }: TakenFlags, place: Place): Promise<number> {
  const found = rosterOf(project, place);
  if (found === null)
    throw new Refusal(`no project '${project}'${didYouMean(project, namesIn(place.paths.projects, '.json'))}`);
  const living = await sessions(place);
  const members = Object.entries(found.members);
  const rows = members.map(([name, { session, model, role }]) => [
    `  ${name}`,
    session,
    model || '-',
    status(living, session),
    role,
  ]);
  return said(
    `project '${project}' — ${members.length} member(s):\n${table([['  MEMBER', 'SESSION', 'MODEL', 'STATUS', 'ROLE'], ...rows])}`,
  );
}

export function initJoin(_: TakenFlags, { paths }: Place): number {
  writeWhole(paths.joinDoc, joinDocument);
  return said(`wrote ${paths.joinDoc}`);
}
