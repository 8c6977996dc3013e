import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf } from '../../../core/failure.ts';
import { visibleLine } from '../../../core/visible.ts';
import { waitFor } from '../submit.ts';
import { Refusal } from '../wrapper.ts';

/** tmux-agent-comms' registry.json: which name is which tmux session. */
export interface Registry {
  readonly agents: Readonly<Record<string, RegisteredAgent>>;
}

export interface RegisteredAgent {
  readonly session: string;
  readonly color?: string;
  readonly enabled?: boolean;
  readonly desc?: string;
  readonly revive_cmd?: string | null;
}

/** Its projects/P.json: who has joined. */
export interface Roster {
  readonly project: string;
  readonly members: Readonly<Record<string, RosterMember>>;
}

export interface RosterMember {
  readonly session: string;
  readonly model: string;
  readonly role: string;
  readonly joined: string;
  readonly last_active: string;
}

/** Where its files are, as its variables say. */
export function commsPaths(env: NodeJS.ProcessEnv) {
  const home = join(homedir(), '.config', 'agent-comms');
  return {
    registry: env.AGENT_COMMS_REGISTRY || join(home, 'registry.json'),
    projects: env.AGENT_COMMS_PROJECTS || join(home, 'projects'),
    threads: env.AGENT_COMMS_THREADS || join(home, 'threads'),
    log: env.AGENT_COMMS_LOG || join(home, 'comms.log'),
    joinDoc: env.AGENT_COMMS_JOIN_DOC || join(home, 'coms_join.md'),
  };
}
export type CommsPaths = ReturnType<typeof commsPaths>;

/** @returns null where there is none. @throws Refusal (2) for one that cannot be read: it is never taken for an empty one */
export function readDocument<T>(path: string): T | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Refusal(`${path}: ${messageOf(fault)}`, 2);
  }
  try {
    return JSON.parse(text) as T;
  } catch (fault) {
    throw new Refusal(`${path} is not valid JSON: ${messageOf(fault)}`, 2);
  }
}

/** Reads, changes and writes a document as one, whoever else does the same. */
export async function changeDocument<T, Result>(
  path: string,
  change: (document: T | null) => { readonly next: T; readonly result: Result },
): Promise<Result> {
  const lock = await waitFor(`agent-comms|${path}`);
  if (lock === null) throw new Refusal(`${path}: others are writing it`);
  try {
    const { next, result } = change(readDocument<T>(path));
    writeWhole(path, `${JSON.stringify(next, null, 2)}\n`);
    return result;
  } finally {
    lock.release();
  }
}

/** Nobody ever sees half of it. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const half = `${path}.${process.pid}.half`;
  try {
    writeFileSync(half, text, { mode: 0o600 });
    renameSync(half, path);
  } catch (fault) {
    rmSync(half, { force: true });
    throw new Refusal(`${path}: ${messageOf(fault)}`);
  }
}

/** One write at the end of the file: entries of several writers stay whole. */
export function appendWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  appendFileSync(path, text, { mode: 0o600 });
}

/** One record a line: what others wrote forges none. */
export function logged(path: string, fields: readonly string[]): void {
  appendWhole(path, `${fields.map(visibleLine).join('\t')}\n`);
}

/** A name as a file: `/` makes folders, and none leads out of them. @throws Refusal for one that would */
export function fileNamed(folder: string, name: string, ending: string): string {
  const parts = name.split('/');
  const isSafe = parts.every((part) => /^[\p{L}\p{N}_][\p{L}\p{N}._ -]{0,99}$/u.test(part) && !part.endsWith(' '));
  if (!isSafe) throw new Refusal(`invalid name '${visibleLine(name)}': letters, digits, . _ - and / for folders`);
  return join(folder, `${name}${ending}`);
}

/** Names of all files of a folder, and of those below it. */
export function namesIn(folder: string, ending: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length))
      .sort();
  } catch {
    return [];
  }
}
