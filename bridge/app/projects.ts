import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { forProject } from '../config/config.ts';
import type { Config } from '../config/config-values.ts';
import { rulesOf } from '../config/rules.ts';
import { messageOf } from '../core/failure.ts';
import type { ServerId } from '../core/ids.ts';
import { fullName, projectName } from '../core/names.ts';
import { identityKey, type PaneFacts, type PaneIdentity } from '../core/pane.ts';
import { readTrusted } from '../host/home.ts';
import { repositoryOf } from '../host/repository.ts';
import type { Rule } from '../requests/policy.ts';

/** What is kept of a worker from when it is first seen. */
export interface WorkerRecord {
  /** absolute path of the repository it belongs to, else of the folder its agent was started in */
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
  readonly at: number;
}

/** A configuration with its rules, checked. */
export interface Settings {
  readonly config: Config;
  readonly rules: readonly Rule[];
}

interface Memory {
  transact<T>(work: () => T): T;
  memory<T>(key: string): T | null;
  saveMemory(key: string, value: unknown): void;
}

type Place = Pick<PaneFacts, 'sessionName' | 'currentPath' | 'label' | 'paneId'>;

/** The journal's document of all workers: by `identityKey`. */
export const workersKey = 'workers';
const projectsKey = 'projects';
/** Of so many panes it is remembered to which project they belong; the oldest are forgotten first. */
const mostWorkers = 1_000;

/**
 * The project of each worker, its name, and the configuration that counts for it. A worker's project is fixed when it is
 * first seen: by `start worker`'s record, else by the folder in which its agent was started. A later `cd` changes nothing.
 */
export class Projects {
  readonly #base: Settings;
  readonly #memory: Memory;
  readonly #now: () => number;
  readonly #userFolder: string;
  readonly #folderOf: (pid: number) => string | null;
  readonly #warn: (text: string) => void;
  readonly #known = new Map<string, string>();
  readonly #settings = new Map<string, Settings>();

  /** @param parts.folderOf the folder in which a process works, where the system tells it */
  constructor(parts: {
    config: Config;
    memory: Memory;
    now: () => number;
    userFolder: string;
    folderOf: (pid: number) => string | null;
    warn: (text: string) => void;
  }) {
    this.#base = { config: parts.config, rules: rulesOf(parts.config) };
    this.#memory = parts.memory;
    this.#now = parts.now;
    this.#userFolder = parts.userFolder;
    this.#folderOf = parts.folderOf;
    this.#warn = parts.warn;
  }

  /** `start worker` says to which project its pane belongs: a worker cannot move to another project by that. */
  register(pane: Parameters<typeof identityKey>[0], record: Omit<WorkerRecord, 'at' | 'isRegistered'>): void {
    const key = identityKey(pane);
    this.#known.set(key, registerWorker(this.#memory, key, { ...record, at: this.#now() }).project);
  }

  /** Everything that was registered or seen, by `identityKey`. */
  get records(): Readonly<Record<string, WorkerRecord>> {
    return this.#memory.memory<Record<string, WorkerRecord>>(workersKey) ?? {};
  }

  /** The folder of the worker's project, fixed from now on where an agent is known to be there; null while none is. */
  folderOf(pane: PaneIdentity, place?: Pick<Place, 'sessionName' | 'currentPath'>): string | null {
    const key = identityKey(pane);
    const known = this.#known.get(key) ?? this.records[key]?.project;
    if (known !== undefined) {
      this.#known.set(key, known);
      return known;
    }
    if (pane.agentPid === null || place === undefined) return null;
    const folder = this.#folderOf(pane.agentPid) ?? place.currentPath;
    if (folder === '') return null;
    const project = repositoryOf(folder) ?? real(folder);
    const { host, server, socketPath } = pane;
    this.#save(key, { project, host, server, socketPath, session: place.sessionName, isRegistered: false });
    return project;
  }

  /**
   * The worker's full name, the same for as long as its pane lives and keeps its label: two workers of one project that
   * have one label are told apart by where the second one was first seen.
   * @param living every pane that there is, by `identityKey`: the name of one that is gone is free again
   */
  nameOf(pane: PaneIdentity, place: Place, living?: ReadonlySet<string>): string {
    const label = place.label || place.paneId;
    const folder = this.folderOf(pane, place);
    if (folder === null) return fullName(null, label);
    const key = identityKey(pane);
    const { records } = this;
    const record = records[key];
    if (record?.name !== undefined && record.label === label) return record.name;
    const plain = fullName(nameOfProject(this.#memory, folder), label);
    if (living === undefined || record === undefined) return plain;
    const isTaken = Object.entries(records).some(
      ([other, { name }]) => name === plain && other !== key && living.has(other),
    );
    const name = isTaken ? `${plain}@${place.sessionName}.${place.paneId}` : plain;
    this.#save(key, { ...record, name, label });
    return name;
  }

  /** What counts for this worker: flags and environment, then its project's bridge.yaml, then the state directory's. */
  settingsFor(pane: PaneIdentity): Settings {
    const folder = this.folderOf(pane);
    return folder === null ? this.#base : this.#settingsOf(folder);
  }

  configFor(pane: PaneIdentity): Config {
    return this.settingsFor(pane).config;
  }

  /** The project's bridge.yaml is read once, and parsed from the bytes whose hash is trusted. */
  #settingsOf(folder: string): Settings {
    const known = this.#settings.get(folder);
    if (known) return known;
    const settings = this.#read(folder);
    this.#settings.set(folder, settings);
    return settings;
  }

  #read(folder: string): Settings {
    const base = this.#base;
    const { config } = base;
    if (real(folder) === real(config.home)) return base;
    const file = join(folder, 'bridge.yaml');
    try {
      const found = readTrusted(file, this.#userFolder);
      if (found.is === 'absent') return base;
      if (found.is === 'trusted') {
        const own = forProject(config, { path: file, text: found.text });
        return { config: own, rules: rulesOf(own) };
      }
      this.#warn(`${file} ${found.why} and is not used; \`bridge trust ${folder}\` lets it decide for its own workers`);
      return base;
    } catch (fault) {
      // what its rows would have sent to a person is not known
      this.#warn(`${messageOf(fault)}; until it is mended, what the workers of ${folder} ask goes to you`);
      return { config: { ...config, mode: 'manual' }, rules: [] };
    }
  }

  #save(key: string, record: Omit<WorkerRecord, 'at'>): void {
    this.#known.set(key, record.project);
    saveWorker(this.#memory, key, { ...record, at: this.#now() });
  }
}

/** What is known of the pane already stays: the first to see a worker fixes its project. @returns what counts now */
export function registerWorker(memory: Memory, key: string, record: Omit<WorkerRecord, 'isRegistered'>): WorkerRecord {
  return memory.transact(() => {
    const known = memory.memory<Record<string, WorkerRecord>>(workersKey)?.[key];
    const next = { ...record, ...known, session: record.session, at: record.at, isRegistered: true };
    saveWorker(memory, key, next);
    return next;
  });
}

/** @param key `identityKey` of the worker's pane */
function saveWorker(memory: Memory, key: string, record: WorkerRecord): void {
  memory.transact(() => {
    const records = memory.memory<Record<string, WorkerRecord>>(workersKey) ?? {};
    const kept = Object.entries(records).filter(([known]) => known !== key);
    const newest = kept.sort(([, a], [, b]) => a.at - b.at).slice(-(mostWorkers - 1));
    memory.saveMemory(workersKey, { ...Object.fromEntries(newest), [key]: record });
  });
}

/** The project's name: given once, and never to another folder. */
export function nameOfProject(memory: Memory, folder: string): string {
  const known = memory.memory<Record<string, string>>(projectsKey)?.[folder];
  if (known !== undefined) return known;
  return memory.transact(() => {
    const names = memory.memory<Record<string, string>>(projectsKey) ?? {};
    const name = names[folder] ?? projectName(folder, new Set(Object.values(names)));
    memory.saveMemory(projectsKey, { ...names, [folder]: name });
    return name;
  });
}

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder; // removed under the program that works in it
  }
}
