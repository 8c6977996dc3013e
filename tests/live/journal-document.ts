import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

/** A request as the journal keeps it; a bridge may have it open. */
export function journalDocument(home: string, id: string): Record<string, unknown> {
  const db = new DatabaseSync(join(home, 'bridge.db'), { readOnly: true, timeout: 5_000 });
  try {
    const row = db.prepare('SELECT document FROM requests WHERE id = ?').get(id) as { document: string };
    return JSON.parse(row.document) as Record<string, unknown>;
  } finally {
    db.close();
  }
}
