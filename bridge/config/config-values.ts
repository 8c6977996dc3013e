import { homedir } from 'node:os';
import { usageError } from '../core/failure.ts';
import type { EnvelopeLook } from '../core/mail-envelope.ts';
import type { Via } from '../core/native-input.ts';
import type { SshHost } from '../host/hosts/ssh-host.ts';
import { inUserFolder } from '../host/user-folder.ts';
import type { FileValues } from './file-schema.ts';
import { type OptionRow, options } from './options.ts';

/** The frozen configuration: read once, never changed. Durations are milliseconds here, whatever unit the user typed. */
export interface Config {
  readonly home: string;
  readonly socket: string | null;
  /** one of `hosts`, for a command that names a pane */
  readonly host: string | null;
  readonly session: string | null;
  readonly pane: string | null;
  readonly label: string;
  readonly agent: string | null;
  readonly mode: 'auto' | 'manual';
  readonly worker: readonly string[];
  readonly controllerBackend: string;
  readonly controllerPane: string | null;
  readonly controllerCommand: string | null;
  readonly controllerModel: string | null;
  readonly controllerExtraArgs: string | null;
  readonly controllerSystemPrompt: string | null;
  readonly controllerTimeoutMs: number;
  readonly controllerIsolated: boolean;
  readonly controllerResume: boolean;
  readonly splitResponse: boolean;
  readonly via: Via;
  readonly workerContextLines: number;
  readonly heuristic: boolean;
  readonly heuristicLines: number;
  readonly stuckAfterMs: number;
  readonly requestTimeoutMs: number;
  readonly answersPerHour: number;
  readonly consecutiveAnswers: number;
  readonly answersPerDay: number;
  readonly messageHops: number;
  readonly messageRounds: number;
  readonly threadMessages: number;
  readonly memberMessages: number;
  readonly notifyAgainAfterMs: number;
  readonly retentionDays: number;
  readonly senders: 'any' | 'verified';
  readonly dialogKeys: readonly string[];
  readonly envelope: EnvelopeLook;
  readonly dryRun: boolean;
  readonly simulateLog: string | null;
  readonly columns: number;
  readonly rows: number;
  readonly trustWorkspace: boolean;
  readonly log: string | null;
  readonly controllerLog: string | null;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly json: boolean;
  /** the rules of `policy:`, still to be read; and where each stands */
  readonly policy: readonly unknown[];
  readonly oldKeys: readonly string[];
  readonly policyPlaces: readonly PolicyPlace[];
  readonly agents: FileValues['agents'];
  readonly notify: FileValues['notify'];
  /** named parties, whether they have a pane or not */
  readonly members: FileValues['members'];
  /** members who may answer requests of others, or choose in their dialogs */
  readonly peers: FileValues['peers'];
  /** other machines whose tmux servers can be reached by ssh */
  readonly hosts: readonly SshHost[];
  /** how `bridge serve` listens */
  readonly server: FileValues['server'];
  /** which flags, environment names or file keys were given, rather than taken from a default */
  readonly given: ReadonlySet<string>;
  /** where all this is from: a project's own bridge.yaml comes between the environment and the state directory's file */
  readonly from: Sources;
}

/** A bridge.yaml: its text, and its path for messages. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

export interface PolicyPlace {
  readonly file: string;
  /** counted from 0 within its file */
  readonly rule: number;
  /** counted from 1 */
  readonly line: number;
  /** the line of each key: `answer`, `when.text` */
  readonly lines: Readonly<Record<string, number>>;
}

export interface ReadFile {
  readonly values: FileValues;
  readonly policyPlaces: readonly PolicyPlace[];
  /** keys by an old name, which still count: where each stands, and what it is called now */
  readonly oldKeys: readonly string[];
}

export const emptyFile: ReadFile = {
  values: { agents: {}, notify: {}, policy: [], members: [], peers: [], hosts: {}, server: {} },
  policyPlaces: [],
  oldKeys: [],
};

export interface Sources {
  readonly home: string;
  /** what the command line gave, by option key; absent keys were not given */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: NodeJS.ProcessEnv;
  /** the nearest first; the last is the state directory's */
  readonly files: readonly ReadFile[];
}

/**
 * Joins default, bridge.yaml, environment and flag into one frozen configuration.
 * @throws BridgeError naming the flag or environment name that is wrong
 */
export function joined(sources: Sources): Config {
  const values: Record<string, unknown> = {};
  const given = new Set<string>();
  for (const option of options) {
    const fromEnv = option.env === undefined ? undefined : sources.env[option.env];
    const choices: Array<[unknown, string]> = [
      [sources.flags[option.key], option.flag.split(' ')[0]!],
      [fromEnv === '' ? undefined : fromEnv, option.env ?? ''],
      ...sources.files.map(({ values }): [unknown, string] => [
        option.yaml === undefined ? undefined : inFile(values, option.yaml),
        `bridge.yaml ${option.yaml}`,
      ]),
    ];
    const found = choices.find(([value]) => value !== undefined);
    if (found) given.add(option.key);
    values[option.key] = found ? validated(option, found[0], found[1], sources.env.HOME || homedir()) : option.default;
  }
  const { files } = sources;
  const own = files.at(-1)!.values;
  return Object.freeze({
    ...values,
    home: sources.home,
    controllerTimeoutMs: (values.controllerTimeout as number) * 1000,
    notifyAgainAfterMs: (values.notifyAgainAfter as number) * 1000,
    requestTimeoutMs: (values.requestTimeout as number) * 1000,
    stuckAfterMs: (values.stuckAfter as number) * 1000,
    policy: files.flatMap(({ values }) => values.policy),
    policyPlaces: files.flatMap(({ policyPlaces }) => policyPlaces),
    oldKeys: files.flatMap(({ oldKeys }) => oldKeys),
    agents: Object.assign({}, ...files.map(({ values }) => values.agents).reverse()),
    notify: own.notify,
    members: own.members,
    peers: own.peers,
    server: own.server,
    hosts: Object.entries(own.hosts).map(([name, { ssh, options, socket = null }]) => ({ name, ssh, options, socket })),
    given,
    from: sources,
  }) as unknown as Config;
}

function validated(option: OptionRow, value: unknown, source: string, userFolder: string): unknown {
  switch (option.type) {
    case 'number': {
      const number = typeof value === 'number' ? value : Number(String(value).trim() || Number.NaN);
      if (!Number.isFinite(number) || number < 0)
        throw usageError(source, String(value), 'invalid: expected a number of 0 or more');
      return number;
    }
    case 'boolean':
      if (typeof value === 'boolean') return value;
      if (/^(1|true|yes|on)$/i.test(String(value))) return true;
      if (/^(0|false|no|off)$/i.test(String(value))) return false;
      throw usageError(source, String(value), 'invalid: expected true or false');
    case 'list':
      return Array.isArray(value) ? value : [String(value)];
    case 'choice':
      if (!option.choices!.includes(String(value))) {
        throw usageError(source, String(value), `invalid: expected one of ${option.choices!.join(', ')}`);
      }
      return String(value);
    case 'path':
      return inUserFolder(String(value), userFolder);
    case 'text':
      return String(value);
  }
}

export function inFile(values: FileValues, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], values as unknown);
}
