import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import type { importMail } from '../../../api/import-mail.ts';
import { messageOf } from '../../../core/failure.ts';
import { Refusal } from '../refusal.ts';
import { asRegistry, asRoster, type RegisteredAgent, type RosterMember } from './documents.ts';
import { type CommsPaths, fileNamed, namesIn, readDocument } from './files.ts';

type Taken = z.input<(typeof importMail)['args']>;
/** What one of its agents is as a member of ours. */
type ImportedMember = Taken['members'][number] & { groups: string[] };
type ImportedEntry = Taken['entries'][number];

/** What its files hold, in our terms; they are read, and no more. @throws Refusal for a file that is not what it should be */
export function commsIn(paths: Pick<CommsPaths, 'registry' | 'projects' | 'threads'>) {
  const members = new Map<string, ImportedMember>();
  const agents = readDocument(paths.registry, asRegistry)?.agents ?? {};
  for (const [name, agent] of Object.entries(agents)) members.set(name, ofRegistry(name, agent));
  for (const project of namesIn(paths.projects, '.json')) {
    const roster = readDocument(fileNamed(paths.projects, project, '.json'), asRoster);
    for (const [name, member] of Object.entries(roster?.members ?? {}))
      members.set(name, ofRoster(members.get(name) ?? { name, groups: [] }, member, project));
  }
  const threads = namesIn(paths.threads, '.md');
  return {
    members: [...members.values()],
    threads,
    entries: threads.flatMap((name) => entriesIn(paths.threads, name)),
  };
}

function ofRegistry(name: string, { desc, color, enabled, revive_cmd: revive }: RegisteredAgent): ImportedMember {
  return {
    name,
    ...(desc ? { description: desc } : {}),
    ...(color ? { colour: color } : {}),
    ...(enabled === undefined ? {} : { isEnabled: enabled }),
    ...(revive ? { revive: ['/bin/sh', '-c', revive] } : {}),
    groups: [],
  };
}

function ofRoster(known: ImportedMember, { model, role }: RosterMember, project: string): ImportedMember {
  return {
    ...known,
    ...(model && model !== 'unknown' ? { model } : {}),
    ...(role ? { role } : {}),
    groups: [...known.groups, project],
  };
}

/** `## [claude→grok (model) 2026-05-28 15:49Z]` */
const heading =
  /^## \[(?<from>[^→\]]+?)(?:→(?<to>[^\]]+?))?(?: \((?<model>[^()\]]*)\))? (?<at>\d{4}-\d\d-\d\d \d\d:\d\d)Z\]$/u;

function entriesIn(threads: string, thread: string): ImportedEntry[] {
  const path = fileNamed(threads, thread, '.md');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (fault) {
    throw new Refusal(`${path}: ${messageOf(fault)}`);
  }
  const entries = text.split(/^(?=## \[)/m).filter((part) => part.trim() !== '');
  if (entries[0]?.startsWith('## [') === false) throw new Refusal(`${path}: begins with no entry of a thread`);
  const seen = new Map<string, number>();
  return entries.map((entry, index) => {
    const end = entry.indexOf('\n');
    const { from, to, model, at } = heading.exec(end < 0 ? entry : entry.slice(0, end))?.groups ?? {};
    const sentAt = Date.parse(`${at?.replace(' ', 'T')}Z`);
    if (from === undefined || Number.isNaN(sentAt))
      throw new Refusal(`${path}: entry ${index + 1} has no heading of a thread`);
    const [body, words] = [entry.slice(end + 1).trim(), entry.trim()];
    // the same words at the same minute, once more, are another entry
    const count = (seen.get(words) ?? 0) + 1;
    seen.set(words, count);
    const digest = createHash('sha256')
      .update(JSON.stringify([thread, count, words]))
      .digest('hex')
      .slice(0, 32);
    return { thread, from, to: to ?? null, model: model || null, sentAt, body, key: `agent-comms:${digest}` };
  });
}
