import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Finding } from '../core/finding.ts';

type Row = Record<string, unknown>;

/** Each member as the last of its events has it; none where that one forgot it, or there is none. */
export function auditMembers(db: DatabaseSyncInstance): Finding[] {
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'members'").get() === undefined) return [];
  const kept = new Map((db.prepare('SELECT name, document FROM members').all() as Row[]).map(namedDocument));
  const recorded = new Map<string, string>();
  const events = db.prepare("SELECT kind, subject, data FROM events WHERE kind GLOB 'member-*' ORDER BY seq");
  for (const { kind, subject, data } of events.iterate() as Iterable<Row>) {
    if (kind === 'member-removed') recorded.delete(String(subject));
    else recorded.set(String(subject), memberIn(String(data)));
  }
  return [...new Set([...kept.keys(), ...recorded.keys()])]
    .filter((name) => kept.get(name) !== recorded.get(name))
    .map((target) => ({ kind: 'disagrees', target, what: 'as a member it is not what its record ends with' }));
}

function namedDocument({ name, document }: Row): readonly [string, string] {
  return [String(name), String(document)];
}

/** What cannot be read agrees with nothing that is kept. */
function memberIn(data: string): string {
  try {
    return JSON.stringify((JSON.parse(data) as { readonly member: unknown }).member);
  } catch {
    return data;
  }
}
