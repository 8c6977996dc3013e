import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { home } from '../live/host-fixture.ts';

let journal: DatabaseSyncInstance | null = null;

/** The words of the journal about deliveries, from one that has this number on: read beside the bridge, within a millisecond. */
export function wordsFrom(first: number): Array<{ seq: number; kind: string }> {
  journal ??= new DatabaseSync(join(home, 'bridge.db'), { readOnly: true });
  const query = "SELECT seq, kind FROM events WHERE seq > ? AND kind LIKE 'delivery-%' ORDER BY seq";
  return journal.prepare(query).all(first) as Array<{ seq: number; kind: string }>;
}

/** Each test has a journal of its own. */
export function closeJournal(): void {
  journal?.close();
  journal = null;
}
