import { execFile } from 'node:child_process';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';

/**
 * Up to this size all of a file is looked at before it is used: 0.2 s (SQLite 3.53, 3 ms a megabyte). Of a larger one that would
 * take seconds at each start; it is looked at beside the bridge that uses it.
 */
const wholeUpTo = 64 * 1024 * 1024;
/** What decides about what is typed next, and stays small: looked at in a file of any size. */
const alwaysWhole = ['memory', 'members', 'requests'] as const;

/** @returns what is wrong with the file; null where nothing is, as far as it was looked at */
export function damageIn(db: DatabaseSyncInstance, path: string): string | null {
  const isWhole = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= wholeUpTo || existsSync(doubt(path));
  const known = (table: string) => db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) !== undefined;
  const parts = isWhole ? ['1'] : alwaysWhole.filter(known).map((table) => `'${table}'`);
  for (const part of parts) {
    const { quick_check: said } = db.prepare(`PRAGMA quick_check(${part})`).get() as { quick_check: string };
    if (said !== 'ok') return said;
  }
  if (isWhole) believe(path);
  return null;
}

/** Where it stands that all of the file is to be looked at by whoever opens it next. */
function doubt(path: string): string {
  return `${path}.doubted`;
}

/** It was found sound, or is another file now. */
export function believe(path: string): void {
  rmSync(doubt(path), { force: true });
}

/**
 * Looks at all of a large file from another process, which stands back; where something is wrong with it, whoever opens it
 * next looks as well, and sets it aside.
 * @returns what is wrong; null where nothing is, where the file was looked at when it was opened, or where `ended` came first
 */
export function lookLater(path: string, ended: AbortSignal): Promise<string | null> {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= wholeUpTo) return Promise.resolve(null);
  const sqlite = createRequire(join(import.meta.dirname, 'soundness.js')).resolve('@photostructure/sqlite');
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['-e', look, sqlite, path], { signal: ended }, (fault, said) => {
      // one that could not look, or was ended, knows nothing against the file
      const found = fault === null ? said.trim() : 'ok';
      if (found === 'ok') return resolve(null);
      writeFileSync(doubt(path), `${found}\n`, { mode: 0o600 });
      resolve(found);
    });
    if (child.pid !== undefined) standBack(child.pid);
  });
}

const look = `
const [, sqlite, path] = process.argv;
const { DatabaseSync } = require(sqlite);
let said;
try {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  said = db.prepare('PRAGMA quick_check(1)').get().quick_check;
} catch (fault) {
  if (!/malformed|not a database/.test(String(fault))) throw fault;
  said = String(fault.message);
}
require('node:fs').writeSync(1, said);
`;

function standBack(pid: number): void {
  try {
    setPriority(pid, 10);
  } catch {
    // it has ended already
  }
}
