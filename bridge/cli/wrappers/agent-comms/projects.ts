import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { visibleLine } from '../../../core/visible.ts';
import { packageRoot } from '../../../launch/package-root.ts';
import { Refusal } from '../refusal.ts';
import { deliver } from './deliver.ts';
import { asRoster, type Roster, type RosterMember } from './documents.ts';
import { changeDocument, fileNamed, plainName, writeWhole } from './files.ts';
import type { TakenFlags } from './flags.ts';
import { sessionHere, sessions, status } from './here.ts';
import { note, oneLine, said, stamp } from './lines.ts';
import { record } from './log.ts';
import { type Place, type Recipient, registryIn, rosterOf } from './place.ts';
import { joinDocument } from './texts.ts';

/** The same session is the same member; a name that another session has gets the next number. */
export async function register(flags: TakenFlags, place: Place): Promise<number> {
  if (flags.project === null) throw new Refusal('register needs --project', 2);
  const project = plainName(flags.project);
  const session = flags.session ?? (await sessionHere(place));
  if (!session)
    throw new Refusal("couldn't detect your tmux session: name it with --session (tmux list-sessions shows them)", 2);
  const owner = Object.entries(registryIn(place).agents).find(([, agent]) => agent.session === session)?.[0];
  const wanted = oneLine(flags.as ?? owner ?? session);
  if (owner !== undefined && owner !== wanted && !flags.isForced)
    throw new Refusal(
      `refusing: tmux session '${session}' already belongs to agent '${owner}'; --force registers it as ${wanted}`,
      2,
    );
  const found = await joined(project, wanted, session, flags, place);
  const { name, member, others, isNew } = found;
  said(`${isNew ? 'registered' : 'updated'}: ${name} in project '${project}' (session=${session})`, place);
  said(`teammates: ${others.map((one) => one.name).join(', ') || '(none yet)'}`, place);
  said(`to message the project:  agent_comms post ${project} "<your message>"`, place);
  if (isNew) await announce(name, member, project, others, place);
  return 0;
}

interface Joined {
  readonly name: string;
  readonly member: RosterMember;
  readonly others: readonly Recipient[];
  readonly isNew: boolean;
}

function joined(project: string, wanted: string, session: string, flags: TakenFlags, place: Place): Promise<Joined> {
  const { model, role, enterDelay } = flags;
  const path = fileNamed(place.paths.projects, project, '.json');
  return changeDocument<Roster, Joined>(path, asRoster, (roster) => {
    const members = roster?.members ?? {};
    const [known, before] = Object.entries(members).find(([, one]) => one.session === session) ?? [null, null];
    let name = known ?? wanted;
    for (let number = 2; known === null && Object.hasOwn(members, name); number++) name = `${wanted}-${number}`;
    const now = `${stamp(19)}Z`;
    const member: RosterMember = {
      ...before,
      session,
      model: oneLine(model ?? before?.model ?? 'unknown'),
      role: oneLine(role ?? before?.role ?? ''),
      joined: before?.joined ?? now,
      last_active: now,
      ...(enterDelay === null ? {} : { enter_delay: enterDelay }),
    };
    const others = Object.entries(members)
      .filter(([one]) => one !== name)
      .map(([one, other]) => ({ name: one, session: other.session }));
    return {
      next: { ...roster, project, members: { ...members, [name]: member } },
      result: { name, member, others, isNew: known === null },
    };
  });
}

/** To those that are there. */
async function announce(
  name: string,
  { session, model, role }: RosterMember,
  project: string,
  others: readonly Recipient[],
  place: Place,
): Promise<void> {
  const about = [model, role].filter(Boolean).join(', ');
  const text = visibleLine(`${name} (${about}) joined project '${project}' — roster: agent_comms roster ${project}`);
  const living = (await sessions(place)) ?? [];
  for (const other of others.filter((one) => status(living, one.session) === 'up')) {
    const { is, why } = await deliver(other, { from: name, session, text, kind: 'doorbell' }, place);
    record(place, [name, other.name, is, text]);
    if (why !== '') note(`${other.name} is not told of it: ${why}`, place);
  }
}

export async function roster({ words: [given = ''] }: TakenFlags, place: Place): Promise<number> {
  const project = plainName(given);
  const members = Object.entries(rosterOf(project, place)?.members ?? {});
  if (members.length === 0) return said(`project '${project}': no members yet`, place);
  const living = await sessions(place);
  const row = (name: string, session: string, model: string, is: string, role: string) =>
    `  ${name.padEnd(13)} ${session.padEnd(13)} ${model.padEnd(29)} ${is.padEnd(6)} ${role}`.trimEnd();
  const rows = members.map(([name, { session, model, role }]) =>
    visibleLine(row(name, session, model || '?', status(living, session), role ?? '')),
  );
  return said(
    [
      `project '${project}' — ${members.length} member(s):`,
      row('MEMBER', 'SESSION', 'MODEL', 'STATUS', 'ROLE'),
      ...rows,
    ].join('\n'),
    place,
  );
}

export function invite({ project }: TakenFlags, place: Place): number {
  const { paths } = place;
  const named = project === null ? '' : ` (the project is ${visibleLine(project)})`;
  said(`Paste this into each AI's tmux pane:   read ${paths.joinDoc}${named}`, place);
  if (!existsSync(paths.joinDoc)) said(`NOTE: ${paths.joinDoc} not found: agent_comms init-join writes it`, place);
  return 0;
}

export function initJoin(_: TakenFlags, place: Place): number {
  const { paths, settings, run } = place;
  const command = ownCommand(run.env.PATH ?? '');
  writeWhole(paths.joinDoc, joinDocument(command, settings.marker));
  said(`wrote join instructions -> ${paths.joinDoc}`, place);
  return said(`agents will be told to invoke: ${command}`, place);
}

/** The name where a shell finds it, else the script itself. */
function ownCommand(path: string): string {
  const name = 'agent_comms';
  const isThere = (folder: string) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  const found = path.split(delimiter).find((folder) => folder !== '' && isThere(resolve(folder)));
  return found === undefined ? join(packageRoot, 'scripts', name) : name;
}
