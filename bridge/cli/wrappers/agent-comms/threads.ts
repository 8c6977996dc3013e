import { statSync } from 'node:fs';
import { visibleLine } from '../../../core/visible.ts';
import { Refusal } from '../refusal.ts';
import { type Rung, ring } from './bells.ts';
import type { Outcome } from './deliver.ts';
import { entryOf, type Roster } from './documents.ts';
import { appendWhole, fileNamed, namesIn, plainName, textAt } from './files.ts';
import type { TakenFlags } from './flags.ts';
import { senderOf, sessionHere, sessions } from './here.ts';
import { note, said, stamp, textOf } from './lines.ts';
import { isLooping, type LogRecord, record } from './log.ts';
import { didYouMean, find, type Place, type Recipient, rosterOf } from './place.ts';
import { enabled, sessionOf } from './send.ts';

/**
 * Kept first, then a doorbell: for whom `--to` names, else for all who have joined the project of that name, or that of its first
 * folder; else for all of the registry.
 */
export async function post({ words: [given = '', ...body], ...flags }: TakenFlags, place: Place): Promise<number> {
  const text = textOf(body, 'post <thread> <message>', place);
  const thread = plainName(given);
  const path = fileNamed(place.paths.threads, thread, '.md');
  const project = rosterOf(thread, place) ?? rosterOf(thread.split('/')[0]!, place);
  const here = await sessionHere(place);
  const mine = Object.entries(project?.members ?? {}).find(([, { session }]) => session === here);
  const from = mine?.[0] ?? (await senderOf(flags, place));
  const isOwn = ({ name, session }: Recipient) => name === from || session === here;
  const audience = flags.to === null ? others(project, place) : [addressee(flags.to, thread, project, place)];
  const recipients = audience.filter((one) => flags.to !== null || !isOwn(one));

  const model = mine?.[1].model ?? entryOf(project?.members ?? {}, from)?.model;
  appendWhole(path, entry({ from, to: flags.to, model }, text));
  let [rung, spooled, covered] = [0, 0, 0];
  const session = sessionOf(from, place);
  const recordOf = (agent: Recipient, { is }: Rung): LogRecord => [from, agent.name, `${logged[is]}:${thread}`, text];
  const isDown = await downIn(place);
  const bells = recipients.map(async (agent) => {
    if (isDown(agent)) return { agent, rung: { is: 'SESSION_DOWN', why: `session down: ${agent.name}` } as const };
    const bell = () => bellOf({ from, thread, path, text }, agent, isLooping(from, agent.name, place));
    const letter = () => ({ from, session, text: bell(), kind: 'doorbell' }) as const;
    const later = (outcome: Outcome) => record(place, recordOf(agent, outcome));
    return { agent, rung: await ring({ agent, letter, path, later }, place) };
  });
  const ends = await Promise.all(bells);
  record(place, ...ends.map(({ agent, rung }) => recordOf(agent, rung)));
  for (const {
    agent,
    rung: { is, why },
  } of ends) {
    if (is === 'DELIVERED') rung += 1;
    else if (is === 'SPOOLED') spooled += 1;
    else if (is === 'COVERED') covered += 1;
    else note(`${agent.name} (${agent.session}): ${why}`, place);
  }
  if (!flags.isQuiet) {
    const more = [
      ...(flags.isConfirmed ? [' (confirmed)'] : []),
      ...(spooled > 0 ? [` + ${spooled} spooled (sandbox→relay)`] : []),
      ...(covered > 0 ? [` + ${covered} by a bell that is about to ring`] : []),
    ].join('');
    const scope = project === null ? 'registry' : 'project';
    said(`posted to ${path}  | doorbell ${rung}/${recipients.length} (${scope})${more}`, place);
  }
  return rung + spooled + covered > 0 || recipients.length === 0 ? 0 : 1;
}

/** Says of an agent that its session is not there, and nobody can start it. Where no server is reached nobody can tell. */
async function downIn(place: Place): Promise<(agent: Recipient) => boolean> {
  const living = await sessions(place);
  return ({ session, revive_cmd }) => living !== null && !living.includes(session) && !revive_cmd;
}

const logged = {
  DELIVERED: 'DOORBELL',
  COVERED: 'DOORBELL_COVERED',
  SPOOLED: 'DOORBELL_SPOOLED',
  UNSUBMITTED: 'DOORBELL_UNSUBMITTED',
  INJECT_FAIL: 'DOORBELL_FAIL',
  SESSION_DOWN: 'DOORBELL_FAIL',
  OWN_PANE: 'DOORBELL_FAIL',
} as const;

/** Of a project all members, whatever the registry says of them. */
function others(project: Roster | null, place: Place): Recipient[] {
  if (project === null) return enabled(place);
  return Object.entries(project.members).map(([name, { session }]) => ({ name, session }));
}

/** A project's own thread stays in the project: an agent of the registry that has the same name may be another one. */
function addressee(to: string, thread: string, project: Roster | null, place: Place): Recipient {
  const member = entryOf(project?.members ?? {}, to);
  if (member !== undefined) return { name: to, session: member.session };
  if (project !== null && project.project === thread)
    throw new Refusal(
      `'${visibleLine(to)}' is not a member of project '${thread}' (members: ${Object.keys(project.members).join(', ') || 'none'})\nfor an agent outside of it: agent_comms send ${visibleLine(to)} "..."`,
    );
  const found = find(to, place);
  if (found.is !== 'agent') throw new Refusal(found.reason);
  return found.agent;
}

function entry(
  { from, to, model }: { readonly from: string; readonly to: string | null; readonly model: string | undefined },
  text: string,
): string {
  const about = model && model !== 'unknown' ? ` (${model})` : '';
  const head = `## [${from}${to === null ? '' : `→${to}`}${about} ${stamp(16).replace('T', ' ')}Z]`;
  // a body forges no entry of its own
  return `\n${visibleLine(head)}\n${text.replace(/^## \[/gm, ' ## [')}\n`;
}

function bellOf(
  { from, thread, path, text }: Readonly<Record<'from' | 'thread' | 'path' | 'text', string>>,
  { name }: Recipient,
  isLoop: boolean,
): string {
  const noReply = /\[no-reply\]/i.test(text) ? ' (no reply needed)' : '';
  const loop = isLoop
    ? ` [⚠ loop guard: ${from}<->${name} have rung each other often just now: do NOT reply unless it is essential]`
    : '';
  return visibleLine(`${from} posted in ${thread}.md — review it (${path})${noReply}${loop}`);
}

export function read({ words: [given = ''], last }: TakenFlags, place: Place): number {
  const { paths } = place;
  const path = fileNamed(paths.threads, given, '.md');
  const text = textAt(path);
  if (text === null)
    throw new Refusal(`no thread: ${path}${didYouMean(plainName(given), namesIn(paths.threads, '.md'))}`);
  const entries = text.split(/^(?=## \[)/m).filter((one) => one.trim() !== '');
  return said((last ? entries.slice(-last) : entries).join('').trim(), place);
}

export function threads(_: TakenFlags, place: Place): number {
  const { paths } = place;
  const names = namesIn(paths.threads, '.md');
  if (names.length === 0) return said('(no threads yet)', place);
  const lines = names.map((name) => {
    const path = fileNamed(paths.threads, name, '.md');
    const count = textAt(path)?.match(/^## \[/gm)?.length ?? 0;
    const last = stamp(16, statSync(path).mtime).slice(5).replace('T', ' ');
    return `${name.padEnd(32)}${String(count).padStart(4)} entries   last ${last}Z`;
  });
  return said(lines.join('\n'), place);
}
