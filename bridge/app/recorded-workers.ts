import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { asPaneId, type PaneId } from '../core/ids.ts';
import { fullName } from '../core/names.ts';
import { systemClock } from '../host/clock.ts';
import { prepareHome } from '../host/home.ts';
import { Journal } from '../journal/journal.ts';
import { nameOfProject, registerWorker, type WorkerRecord, workersKey } from './worker-records.ts';

/** A worker that the state directory knows; its pane may have gone. */
export interface RecordedWorker extends WorkerRecord {
  readonly name: string;
  readonly paneId: PaneId;
  readonly panePid: number;
}

/** The workers that a state directory knows. Looking makes neither a folder nor a journal where there is none. */
export function recordedWorkers(home: string): RecordedWorker[] {
  const path = join(home, 'bridge.db');
  if (!existsSync(path)) return [];
  const { journal } = Journal.open(path, { now: systemClock.now() });
  try {
    return recordedIn(journal);
  } finally {
    journal.close();
  }
}

export function recordedIn(journal: Journal): RecordedWorker[] {
  const records = journal.memory<Record<string, WorkerRecord>>(workersKey) ?? {};
  return Object.entries(records).flatMap(([key, record]) => {
    const [paneId = '', panePid = ''] = key.split('|').slice(-2);
    const id = asPaneId(paneId);
    const label = record.label ?? paneId;
    const name = record.name ?? fullName(nameOfProject(journal, record.project), label);
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
