import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Delivery } from '../core/envelope.ts';
import { serverId } from '../core/ids.ts';
import { identityKey, type PaneIdentity } from '../core/pane.ts';
import { originOf, type Request } from '../core/request.ts';
import { digest } from './statements.ts';

/** A pane as bridges before schema 3 wrote it: its server by the socket's path and the process, which both come again. */
interface EarlierPane extends Omit<PaneIdentity, 'host' | 'server'> {
  readonly serverPid: number;
}

/** The same pane in today's words: on a server of which it is not known when it started, and so of none that lives. */
export function paneToday(pane: PaneIdentity | EarlierPane): PaneIdentity {
  if (!('serverPid' in pane)) return pane;
  const { serverPid, ...rest } = pane;
  return { ...rest, host: '', server: serverId(serverPid, 0) };
}

/** True of a pane that only an older bridge knew: nobody can tell for certain which one it is. */
export function isUnaddressed({ server }: Pick<PaneIdentity, 'server'>): boolean {
  return server.endsWith('@0');
}

/** Step 3 of the schema, for the rows and documents that are there. */
export function addressRows(db: DatabaseSyncInstance): void {
  for (const { id, document } of rowsOf(db, 'requests')) {
    const request = JSON.parse(document) as Request;
    putRequest(db, id, { ...request, pane: paneToday(request.pane) });
  }
  for (const { id, document } of rowsOf(db, 'deliveries')) {
    const delivery = JSON.parse(document) as Delivery;
    putDelivery(db, id, { ...delivery, recipient: paneToday(delivery.recipient) });
  }
  for (const key of memoryKeys(db)) {
    // kind|socket path|server's process|pane|first process|agent's process|its start; a path may hold the bar too
    const parts = /^(watch|dialogs)\|.*\|(\d+)\|(%\d+\|\d+\|[^|]*\|[^|]*)$/s.exec(key);
    if (parts) renameKey(db, key, `${parts[1]}||${serverId(Number(parts[2]), 0)}|${parts[3]}`);
  }
}

/** Panes in the journal whose server is not the one that they are listed on today. */
export function panesToPlace(db: DatabaseSyncInstance): PaneIdentity[] {
  const rows = db
    .prepare(
      `SELECT pane, min(document) AS document, 0 AS kind FROM requests WHERE server LIKE '%@0' GROUP BY pane
       UNION ALL SELECT pane, min(document), 1 FROM deliveries WHERE server LIKE '%@0' GROUP BY pane`,
    )
    .all() as Array<{ pane: string; document: string; kind: number }>;
  const panes = rows.map(({ document, kind }) => {
    const parsed = JSON.parse(document) as Request & Delivery;
    return Number(kind) === 0 ? parsed.pane : parsed.recipient;
  });
  return [...new Map(panes.map((pane) => [identityKey(pane), pane])).values()];
}

/** Everything that is kept of one pane is that of the other from now on: rows, origins and what its watcher remembers. */
export function movePane(db: DatabaseSyncInstance, from: PaneIdentity, to: PaneIdentity): void {
  const key = identityKey(from);
  const { host, server } = to;
  for (const { id, document } of rowsOf(db, 'requests', key)) {
    const request = JSON.parse(document) as Request;
    putRequest(db, id, { ...request, pane: { ...request.pane, host, server } });
  }
  for (const { id, document } of rowsOf(db, 'deliveries', key)) {
    const delivery = JSON.parse(document) as Delivery;
    putDelivery(db, id, { ...delivery, recipient: { ...delivery.recipient, host, server } });
  }
  for (const kind of ['watch', 'dialogs']) {
    const before = `${kind}|${key}|`;
    for (const known of memoryKeys(db)) {
      if (known.startsWith(before)) renameKey(db, known, `${kind}|${identityKey(to)}|${known.slice(before.length)}`);
    }
  }
}

/** @param pane only those of this pane; left out: all */
function rowsOf(db: DatabaseSyncInstance, table: 'requests' | 'deliveries', pane?: string) {
  const rows = pane === undefined ? db.prepare(`SELECT id, document FROM ${table}`).all() : null;
  const found = rows ?? db.prepare(`SELECT id, document FROM ${table} WHERE pane = ?`).all(pane!);
  return found as Array<{ id: string; document: string }>;
}

function putRequest(db: DatabaseSyncInstance, id: string, request: Request): void {
  const { pane } = request;
  db.prepare('UPDATE requests SET host = ?, server = ?, pane = ?, origin = ?, document = ? WHERE id = ?').run(
    pane.host,
    pane.server,
    identityKey(pane),
    digest(originOf(request)),
    JSON.stringify(request),
    id,
  );
}

function putDelivery(db: DatabaseSyncInstance, id: string, delivery: Delivery): void {
  const { recipient } = delivery;
  db.prepare('UPDATE deliveries SET host = ?, server = ?, pane = ?, document = ? WHERE id = ?').run(
    recipient.host,
    recipient.server,
    identityKey(recipient),
    JSON.stringify(delivery),
    id,
  );
}

function memoryKeys(db: DatabaseSyncInstance): string[] {
  return db
    .prepare('SELECT key FROM memory')
    .all()
    .map((row) => String((row as { key: string }).key));
}

function renameKey(db: DatabaseSyncInstance, from: string, to: string): void {
  db.prepare('INSERT OR REPLACE INTO memory (key, value) SELECT ?, value FROM memory WHERE key = ?').run(to, from);
  db.prepare('DELETE FROM memory WHERE key = ?').run(from);
}
