import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { forProject } from '../config/config.ts';
import type { Config } from '../config/config-values.ts';
import { rulesOf } from '../config/rules.ts';
import { messageOf } from '../core/failure.ts';
import { fullName } from '../core/names.ts';
import { identityKey, type PaneFacts, type PaneIdentity, type PaneKey } from '../core/pane.ts';
import { hostOfWay, wayTo } from '../core/way.ts';
import { readTrusted } from '../host/home.ts';
import { repositoryOf } from '../host/repository.ts';
import type { Rule } from '../requests/policy.ts';
import {
  type Memory,
  nameOfProject,
  registerWorker,
  saveWorkers,
  type WorkerRecord,
  workersKey,
} from './worker-records.ts';

export interface Settings {
  readonly config: Config;
  readonly rules: readonly Rule[];
}

/** A pane, and which agent is known to be in it. */
type Seat = PaneKey & Pick<PaneIdentity, 'socketPath' | 'agentPid'>;

/** A project of this machine in which workers were. */
export interface KnownProject {
  readonly name: string;
  /** absolute path */
  readonly folder: string;
  /** where they were, the last one first; `pane` is their `identityKey` */
  readonly places: ReadonlyArray<Pick<WorkerRecord, 'socketPath' | 'session'> & { readonly pane: string }>;
}

type Place = Pick<PaneFacts, 'sessionName' | 'currentPath' | 'label' | 'paneId'>;

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
  /** records that are written together, while `together` is at work */
  #unwritten: Map<string, WorkerRecord> | null = null;

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
  register(pane: PaneKey, record: Omit<WorkerRecord, 'at' | 'isRegistered'>): void {
    const key = identityKey(pane);
    this.#known.set(key, registerWorker(this.#memory, key, { ...record, at: this.#now() }).project);
  }

  /** The bridge started it, because a person wants it: it belongs to the project that it was started in. */
  started(pane: PaneKey, record: Omit<WorkerRecord, 'at' | 'isRegistered' | 'isStarted'>): void {
    this.#save(identityKey(pane), { ...record, isRegistered: false, isStarted: true });
  }

  isStarted(pane: PaneKey): boolean {
    return this.#recordOf(identityKey(pane))?.isStarted === true;
  }

  /** The projects of this machine in which workers were, the last one first. */
  get known(): readonly KnownProject[] {
    const here = Object.entries(this.records).filter(([, { socketPath }]) => hostOfWay(socketPath) === null);
    const places = new Map<string, Array<KnownProject['places'][number]>>();
    for (const [pane, { project, socketPath, session }] of here.sort(([, a], [, b]) => b.at - a.at))
      places.set(project, [...(places.get(project) ?? []), { pane, socketPath, session }]);
    return [...places].map(([folder, its]) => ({ name: nameOfProject(this.#memory, folder), folder, places: its }));
  }

  /** Everything that was registered or seen, by `identityKey`. */
  get records(): Readonly<Record<string, WorkerRecord>> {
    return this.#memory.kept<Record<string, WorkerRecord>>(workersKey) ?? {};
  }

  #recordOf(key: string): WorkerRecord | undefined {
    return this.#unwritten?.get(key) ?? this.records[key];
  }

  /** What is fixed of many workers in `work` is written once, at its end. */
  together<T>(work: () => T): T {
    const unwritten = new Map<string, WorkerRecord>();
    this.#unwritten = unwritten;
    try {
      return work();
    } finally {
      this.#unwritten = null;
      if (unwritten.size > 0) saveWorkers(this.#memory, unwritten);
    }
  }

  /** The folder of the worker's project, fixed from now on where an agent is known to be there; null while none is. */
  folderOf(pane: Seat, place?: Pick<Place, 'sessionName' | 'currentPath'>): string | null {
    const key = identityKey(pane);
    const known = this.#known.get(key) ?? this.#recordOf(key)?.project;
    if (known !== undefined) {
      this.#known.set(key, known);
      return known;
    }
    if (place === undefined) return null;
    const { agentPid } = pane;
    if (agentPid === null) return null;
    const { host, server, socketPath } = pane;
    const other = hostOfWay(socketPath);
    const folder = (other === null ? this.#folderOf(agentPid) : null) ?? place.currentPath;
    if (folder === '') return null;
    // nobody looks into folders of another machine
    const project = other === null ? (repositoryOf(folder) ?? real(folder)) : wayTo(other, folder);
    this.#save(key, { project, host, server, socketPath, session: place.sessionName, isRegistered: false });
    return project;
  }

  /** How its project is called; null while none is known. */
  projectNameOf(pane: Seat, place: Pick<Place, 'sessionName' | 'currentPath'>): string | null {
    const folder = this.folderOf(pane, place);
    return folder === null ? null : nameOfProject(this.#memory, folder);
  }

  /**
   * The worker's full name, the same for as long as its pane lives and keeps its label: two workers of one project that
   * have one label are told apart by where the second one was first seen.
   * @param living every pane that there is, by `identityKey`: the name of one that is gone is free again
   */
  nameOf(pane: Seat, place: Place, living?: ReadonlySet<string>): string {
    const label = place.label || place.paneId;
    const host = hostOfWay(pane.socketPath);
    const folder = this.folderOf(pane, place);
    if (folder === null) return fullName(null, label, host);
    const key = identityKey(pane);
    const record = this.#recordOf(key);
    if (record?.name !== undefined && record.label === label) return record.name;
    const plain = fullName(nameOfProject(this.#memory, folder), label, host);
    if (living === undefined || record === undefined) return plain;
    const name = this.#isTaken(plain, key, living) ? `${plain}@${place.sessionName}.${place.paneId}` : plain;
    this.#save(key, { ...record, name, label });
    return name;
  }

  /** Whether another living pane has the name. */
  #isTaken(name: string, key: string, living: ReadonlySet<string>): boolean {
    const unwritten = this.#unwritten ?? new Map<string, WorkerRecord>();
    const hasIt = (record: WorkerRecord, of: string) => record.name === name && of !== key && living.has(of);
    return (
      Object.entries(this.records).some(([of, record]) => !unwritten.has(of) && hasIt(record, of)) ||
      [...unwritten].some(([of, record]) => hasIt(record, of))
    );
  }

  /** What counts for this worker: flags and environment, then its project's bridge.yaml, then the state directory's. */
  settingsFor(pane: Seat): Settings {
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
    if (hostOfWay(folder) !== null || real(folder) === real(config.home)) return base;
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
      // what its rules would have sent to a person is not known
      this.#warn(`${messageOf(fault)}; until it is mended, what the workers of ${folder} ask goes to you`);
      return { config: { ...config, mode: 'manual' }, rules: [] };
    }
  }

  #save(key: string, record: Omit<WorkerRecord, 'at'>): void {
    this.#known.set(key, record.project);
    const whole = { ...record, at: this.#now() };
    if (this.#unwritten === null) saveWorkers(this.#memory, new Map([[key, whole]]));
    else this.#unwritten.set(key, whole);
  }
}

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder; // removed under the program that works in it
  }
}
