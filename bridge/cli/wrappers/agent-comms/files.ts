import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../../../core/failure.ts';
import { visibleLine } from '../../../core/visible.ts';
import type { Lock } from '../../../host/locks.ts';
import { Refusal } from '../refusal.ts';
import type { Run } from '../run.ts';
import { waitFor } from '../turns.ts';

/** Where its files are, as its variables say. */
export function commsPaths({ env, userFolder }: Pick<Run, 'env' | 'userFolder'>) {
  const home = join(userFolder, '.config', 'agent-comms');
  return {
    registry: env.AGENT_COMMS_REGISTRY || join(home, 'registry.json'),
    projects: env.AGENT_COMMS_PROJECTS || join(home, 'projects'),
    threads: env.AGENT_COMMS_THREADS || join(home, 'threads'),
    log: env.AGENT_COMMS_LOG || join(home, 'comms.log'),
    joinDoc: env.AGENT_COMMS_JOIN_DOC || join(home, 'coms_join.md'),
    spool: env.AGENT_COMMS_SPOOL || join(home, 'spool'),
  };
}
export type CommsPaths = ReturnType<typeof commsPaths>;

/**
 * @param checked what the document is, once it is seen to be one
 * @returns null where there is none. @throws Refusal (2) for one that cannot be read: it is never taken for an empty one
 */
export function readDocument<T>(path: string, checked: (value: unknown, path: string) => T): T | null {
  const text = textAt(path);
  if (text === null) return null;
  try {
    return checked(JSON.parse(text), path);
  } catch (fault) {
    if (fault instanceof Refusal) throw fault;
    throw new Refusal(`${path} is not valid JSON: ${messageOf(fault)}`, 2);
  }
}

/** All of a regular file; null where there is none. Never waits: a bridge may do this. @throws Refusal (2) for what cannot be read */
export function textAt(path: string): string | null {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!fstatSync(file).isFile()) throw new Refusal('is no file');
      return readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Refusal(`${path}: ${messageOf(fault)}`, 2);
  }
}

/** Reads, changes and writes a document as one, whoever else does the same. */
export async function changeDocument<T, Result>(
  path: string,
  checked: (value: unknown, path: string) => T,
  change: (document: T | null) => { readonly next: T; readonly result: Result },
): Promise<Result> {
  const lock = await lockIn(dirname(path), basename(path));
  if (lock === null) throw new Refusal(`${path}: others are writing it`);
  try {
    const { next, result } = change(readDocument(path, checked));
    writeWhole(path, `${JSON.stringify(next, null, 2)}\n`);
    return result;
  } finally {
    lock.release();
  }
}

/** What is written takes milliseconds, what is rung seconds. */
const lockWaitMs = 300_000;

/** In a folder of that folder: whoever may write there has it, in a sandbox too. */
export function lockIn(
  folder: string,
  key: string,
  { limitMs = lockWaitMs }: { readonly limitMs?: number } = {},
): Promise<Lock | null> {
  makeFolder(folder);
  return waitFor(key, { folder: join(folder, '.locks'), limitMs });
}

/** Nobody ever sees half of it. */
export function writeWhole(path: string, text: string): void {
  makeFolder(dirname(path));
  const half = `${path}.${process.pid}.half`;
  try {
    writeFileSync(half, text, { mode: 0o600 });
    renameSync(half, path);
  } catch (fault) {
    rmSync(half, { force: true });
    throw new Refusal(`${path}: ${messageOf(fault)}`);
  }
}

/** One write at the end of the file: entries of several writers stay whole. Never waits for a reader. */
export function appendWhole(path: string, text: string): void {
  makeFolder(dirname(path));
  try {
    const file = openSync(
      path,
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK,
      0o600,
    );
    try {
      writeFileSync(file, text);
    } finally {
      closeSync(file);
    }
  } catch (fault) {
    throw new Refusal(`${path}: ${messageOf(fault)}`);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (fault) {
    throw new Refusal(`${path}: ${messageOf(fault)}`);
  }
}

/** A name as a file, below the folder whatever it says: `..` and what is absolute lead nowhere else. @throws Refusal for none */
export function fileNamed(folder: string, name: string, ending: string): string {
  return join(folder, `${plainName(name)}${ending}`);
}

/** The name without what would lead out of a folder, and without the ending of its file; `/` makes folders. */
export function plainName(name: string): string {
  const parts = name
    .trim()
    .replace(/\.md$/, '')
    .split('/')
    .filter((part) => !['', '.', '..'].includes(part));
  const isPlain = (part: string) => part.length <= 100 && !part.startsWith('.') && visibleLine(part) === part;
  if (parts.length === 0 || !parts.every(isPlain)) throw new Refusal(`invalid name: '${visibleLine(name)}'`);
  return parts.join('/');
}

/** Names of all files of a folder, and of those below it. */
export function namesIn(folder: string, ending: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending) && !name.split('/').some((part) => part.startsWith('.')))
      .map((name) => name.slice(0, -ending.length))
      .sort();
  } catch {
    return [];
  }
}
