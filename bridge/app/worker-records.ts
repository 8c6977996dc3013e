import { join } from 'node:path';
import type { Documents } from '../core/documents.ts';
import { asPaneId, type PaneId, type ServerId } from '../core/ids.ts';
import { fullName, projectName } from '../core/names.ts';
import { hostOfWay, pathOfWay } from '../core/way.ts';
import { systemClock } from '../host/clock.ts';
import { prepareHome } from '../host/home.ts';
import { Journal } from '../journal/journal.ts';

/** What is kept of a worker from when it is first seen. */
export interface WorkerRecord {
  /** absolute path of the repository it belongs to, else of the folder its agent was started in; behind `HOST:` on another machine */
  readonly project: string;
  readonly host: string;
  readonly server: ServerId;
  readonly socketPath: string;
  readonly session: string;
  /** full name, and the label or pane id that it was made of; left out until somebody asks for it */
  readonly name?: string;
  readonly label?: string;
  /** `start worker` made it known: a bridge that starts later goes to its server by itself */
  readonly isRegistered: boolean;
  /** a person had the bridge start it: what it asks is answered, whatever its label is */
  readonly isStarted?: true;
  readonly at: number;
}

export interface Memory extends Documents {
  transact<T>(work: () => T): T;
  /** as `memory`, of what is read often; nobody may change what it returns */
  kept<T>(key: string): T | null;
}

/** The journal's document of all workers: by `identityKey`. */
export const workersKey = 'workers';
const projectsKey = 'projects';
/** Of so many panes it is remembered to which project they belong; the oldest are forgotten first. */
const mostWorkers = 1_000;

/** What is known of the pane already stays: the first to see a worker fixes its project. @returns what counts now */
export function registerWorker(memory: Memory, key: string, record: Omit<WorkerRecord, 'isRegistered'>): WorkerRecord {
  return memory.transact(() => {
    const known = memory.memory<Record<string, WorkerRecord>>(workersKey)?.[key];
    const next = { ...record, ...known, session: record.session, at: record.at, isRegistered: true };
    saveWorkers(memory, new Map([[key, next]]));
    return next;
  });
}

/** @param saved by `identityKey` of the workers' panes */
export function saveWorkers(memory: Memory, saved: ReadonlyMap<string, WorkerRecord>): void {
  memory.transact(() => {
    const records = memory.kept<Record<string, WorkerRecord>>(workersKey) ?? {};
    const others = Object.entries(records).filter(([known]) => !saved.has(known));
    const all = [...others.sort(([, a], [, b]) => a.at - b.at), ...saved];
    memory.saveMemory(workersKey, Object.fromEntries(all.slice(-mostWorkers)));
  });
}

/** The project's name: given once, and never to another folder. */
export function nameOfProject(memory: Memory, folder: string): string {
  const known = memory.memory<Record<string, string>>(projectsKey)?.[folder];
  if (known !== undefined) return known;
  return memory.transact(() => {
    const names = memory.memory<Record<string, string>>(projectsKey) ?? {};
    // workers of another machine have its name in theirs
    const host = hostOfWay(folder);
    const others = Object.entries(names).filter(([known]) => hostOfWay(known) === host);
    const name = names[folder] ?? projectName(pathOfWay(folder) ?? '/', new Set(others.map(([, other]) => other)));
    memory.saveMemory(projectsKey, { ...names, [folder]: name });
    return name;
  });
}

/** A worker that the state directory knows; its pane may have gone. */
export interface RecordedWorker extends WorkerRecord {
  readonly name: string;
  readonly paneId: PaneId;
  readonly panePid: number;
}

export function recordedIn(journal: Journal): RecordedWorker[] {
  const records = journal.memory<Record<string, WorkerRecord>>(workersKey) ?? {};
  return Object.entries(records).flatMap(([key, record]) => {
    const [paneId = '', panePid = ''] = key.split('|').slice(-2);
    const id = asPaneId(paneId);
    const label = record.label ?? paneId;
    const name = record.name ?? fullName(nameOfProject(journal, record.project), label, hostOfWay(record.socketPath));
    return id === null ? [] : [{ ...record, name, paneId: id, panePid: Number(panePid) }];
  });
}

/** Keeps what `start worker` made, for a bridge that is started later. @param key `identityKey` without the agent */
export function recordWorker(home: string, key: string, record: Omit<WorkerRecord, 'at' | 'isRegistered'>): void {
  prepareHome(home);
  const { journal } = Journal.open(join(home, 'bridge.db'), { now: systemClock.now() });
  try {
    registerWorker(journal, key, { ...record, at: systemClock.now() });
  } finally {
    journal.close();
  }
}
