import { existsSync, readFileSync } from 'node:fs';
import { visibleLine } from '../../../core/visible.ts';
import { table } from '../../output.ts';
import { Refusal } from '../wrapper.ts';
import { deliver, record, toldOf } from './deliver.ts';
import { appendWhole, fileNamed, namesIn } from './files.ts';
import type { TakenFlags } from './flags.ts';
import { senderOf } from './here.ts';
import { marker, said, stamp, textOf } from './lines.ts';
import { didYouMean, type Place, recipientOf, registryIn, rosterOf } from './place.ts';

/** Kept first, then a doorbell for those that `--to` names, else for all who have joined the thread's project. */
export async function post({ words: [thread = '', ...body], ...flags }: TakenFlags, place: Place): Promise<number> {
  const text = textOf(body, 'post <thread> <message>');
  const path = fileNamed(place.paths.threads, thread, '.md');
  const from = await senderOf(flags, place);
  const project = rosterOf(thread.split('/')[0]!, place);
  const { to } = flags;
  if (
    to !== null &&
    project !== null &&
    project.members[to] === undefined &&
    registryIn(place).agents[to] === undefined
  )
    throw new Refusal(`'${to}' is no member of ${project.project}: ${Object.keys(project.members).join(', ')}`);
  const recipients = to !== null ? [to] : Object.keys(project?.members ?? {}).filter((name) => name !== from);
  const model = project?.members[from]?.model;
  const head = `## [${from}→${to ?? 'all'}${model ? ` (${model})` : ''} ${stamp(16).replace('T', ' ')}Z]`;
  // a body forges no entry of its own
  appendWhole(path, `${visibleLine(head)}\n${text.replace(/^## \[/gm, ' ## [')}\n\n`);
  if (!flags.isQuiet) said(`posted: ${thread} (${path})`);
  const noReply = /\[no-reply\]/.test(text) ? ' (no reply needed)' : '';
  const bell = `${marker()} ${from} posted in ${thread}.md — review it (${path})${noReply}`;
  let worst = 0;
  for (const name of recipients) {
    const outcome = await deliver(name, recipientOf(name, place), bell, from, place);
    record(
      place,
      from,
      name,
      { ...outcome, status: outcome.status === 'DELIVERED' ? 'DOORBELL' : `DOORBELL_${outcome.status}` },
      text,
    );
    worst = Math.max(worst, toldOf(outcome, flags.isQuiet));
  }
  return worst;
}

export function read({ words: [thread = ''], last }: TakenFlags, { paths }: Place): number {
  const path = fileNamed(paths.threads, thread, '.md');
  if (!existsSync(path)) throw new Refusal(`no thread '${thread}'${didYouMean(thread, namesIn(paths.threads, '.md'))}`);
  const entries = readFileSync(path, 'utf8').split(/^(?=## \[)/m);
  return said((last === null ? entries : entries.slice(-last)).join('').trimEnd());
}

export function threads(_: TakenFlags, { paths }: Place): number {
  const names = namesIn(paths.threads, '.md');
  const count = (name: string) =>
    readFileSync(fileNamed(paths.threads, name, '.md'), 'utf8').match(/^## \[/gm)?.length ?? 0;
  return said(names.length === 0 ? 'no threads' : table(names.map((name) => [name, `${count(name)} entries`])));
}
