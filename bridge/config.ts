import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { agentSchema } from './agent-programs/custom-schema.ts';
import { checkAgents } from './agent-programs/index.ts';
import { type Via, vias } from './core/door.ts';
import { BridgeError, messageOf, wrongUse } from './core/failure.ts';
import { readConfigFile } from './host/config-file.ts';
import { inUserFolder } from './host/user-folder.ts';
import { type OptionRow, options } from './options.ts';

/** The frozen configuration: read once, never changed. Durations are milliseconds here, whatever unit the user typed. */
export interface Config {
  readonly home: string;
  readonly socket: string | null;
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
  readonly notifyAgainAfterMs: number;
  readonly retentionDays: number;
  readonly dryRun: boolean;
  readonly simulateLog: string | null;
  readonly columns: number;
  readonly rows: number;
  readonly trustWorkspace: boolean;
  readonly log: string | null;
  readonly controllerLog: string | null;
  readonly quiet: boolean;
  readonly json: boolean;
  /** the rows of `policy:`, still to be read by the desk; and where each stands */
  readonly policy: readonly unknown[];
  readonly policyPlaces: readonly PolicyPlace[];
  readonly agents: FileConfig['agents'];
  readonly notify: FileConfig['notify'];
  /** which flags, environment names or file keys were given, rather than taken from a default */
  readonly given: ReadonlySet<string>;
  /**
   * The same for the workers of a project: its own bridge.yaml comes between the environment and the state directory's.
   * @throws BridgeError naming the file's line and key that is wrong, or is not a project's to set
   */
  forProject(file: ConfigFile): Config;
}

/** A bridge.yaml: its text, and its path for messages. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

export interface PolicyPlace {
  readonly file: string;
  /** counted from 0 within its file */
  readonly row: number;
  /** counted from 1 */
  readonly line: number;
  /** the line of each key: `answer`, `when.text` */
  readonly lines: Readonly<Record<string, number>>;
}

const text = z.string({ error: 'is not a text; put it in quotes' });
const fileSchema = z.strictObject({
  socket: text.optional(),
  session: text.optional(),
  agent: text.optional(),
  mode: z.enum(['auto', 'manual']).optional(),
  worker: z
    .union([text.transform((one) => [one]), z.array(text)], { error: 'is not a text; put it in quotes' })
    .optional(),
  'split-response': z.boolean().optional(),
  via: z.enum(vias).optional(),
  'worker-context-lines': z.number().int().min(0).max(10_000).optional(),
  heuristic: z.boolean().optional(),
  'heuristic-lines': z.number().int().min(0).optional(),
  'stuck-after': z.number().min(0).optional(),
  'request-timeout': z.number().min(0).optional(),
  'retention-days': z.number().min(0).optional(),
  controller: z
    .strictObject({
      backend: z.string().optional(),
      pane: z.string().optional(),
      command: z.string().optional(),
      model: z.string().optional(),
      'extra-args': z.string().optional(),
      'system-prompt': z.string().optional(),
      timeout: z.number().min(0).optional(),
      isolated: z.boolean().optional(),
      resume: z.boolean().optional(),
    })
    .optional(),
  agents: z.record(z.string(), agentSchema).default({}),
  notify: z
    .strictObject({
      bell: z.boolean().optional(),
      desktop: z.boolean().optional(),
      command: z.array(z.string()).min(1).optional(),
      'again-after': z.number().min(0).optional(),
    })
    .default({}),
  limits: z
    .strictObject({
      'answers-per-hour': z.number().int().min(0).optional(),
      consecutive: z.number().int().min(0).optional(),
      'per-day': z.number().int().min(0).optional(),
    })
    .optional(),
  policy: z.array(z.unknown()).default([]),
});
type FileConfig = z.infer<typeof fileSchema>;

/** What a project may say, for its own workers. Everything else is the user's: it belongs into the state directory's file. */
const projectKeys: readonly string[] = [
  'mode',
  'split-response',
  'via',
  'worker-context-lines',
  'heuristic',
  'heuristic-lines',
  'stuck-after',
  'request-timeout',
  'controller',
  'agents',
  'limits',
  'policy',
];

interface ReadFile {
  readonly path: string;
  readonly values: FileConfig;
  readonly policyPlaces: readonly PolicyPlace[];
}

interface Sources {
  readonly home: string;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: NodeJS.ProcessEnv;
  /** the state directory's bridge.yaml, where it has been read already */
  readonly file?: ConfigFile;
}

/**
 * Joins the four sources into one frozen configuration.
 * @param sources.flags what the command line gave, by option key; absent keys were not given
 * @throws BridgeError naming the file's line and key, or the flag or environment name, that is wrong
 */
export function loadConfig(sources: Sources): Config {
  const path = join(sources.home, 'bridge.yaml');
  const file = sources.file ?? { path, text: readConfigFile(path)?.toString('utf8') ?? '' };
  return joined(sources, [readFile(file)]);
}

/** @param files whose keys count, the nearest first */
function joined(sources: Sources, files: readonly ReadFile[]): Config {
  const values: Record<string, unknown> = {};
  const given = new Set<string>();
  for (const option of options as readonly OptionRow[]) {
    const fromEnv = option.env === undefined ? undefined : sources.env[option.env];
    const choices: Array<[unknown, string]> = [
      [sources.flags[option.key], option.flag.split(' ')[0]!],
      [fromEnv === '' ? undefined : fromEnv, option.env ?? ''],
      ...files.map(({ values }): [unknown, string] => [
        option.yaml === undefined ? undefined : inFile(values, option.yaml),
        `bridge.yaml ${option.yaml}`,
      ]),
    ];
    const found = choices.find(([value]) => value !== undefined);
    if (found) given.add(option.key);
    values[option.key] = found ? validated(option, found[0], found[1], sources.env.HOME || homedir()) : option.default;
  }
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
    agents: Object.assign({}, ...files.map(({ values }) => values.agents).reverse()),
    notify: own.notify,
    given,
    forProject: (file: ConfigFile) => joined(sources, [readFile(file, projectKeys), ...files.slice(-1)]),
  }) as unknown as Config;
}

function validated(option: OptionRow, value: unknown, source: string, userFolder: string): unknown {
  switch (option.type) {
    case 'number': {
      const number = typeof value === 'number' ? value : Number(String(value).trim() || Number.NaN);
      if (!Number.isFinite(number) || number < 0) throw wrongUse(source, String(value), 'is not a number of 0 or more');
      return number;
    }
    case 'boolean':
      if (typeof value === 'boolean') return value;
      if (/^(1|true|yes|on)$/i.test(String(value))) return true;
      if (/^(0|false|no|off)$/i.test(String(value))) return false;
      throw wrongUse(source, String(value), 'is neither true nor false');
    case 'list':
      return Array.isArray(value) ? value : [String(value)];
    case 'choice':
      if (!option.choices!.includes(String(value))) {
        throw wrongUse(source, String(value), `is not one of ${option.choices!.join(', ')}`);
      }
      return String(value);
    case 'path':
      return inUserFolder(String(value), userFolder);
    case 'text':
      return String(value);
  }
}

function inFile(values: FileConfig, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], values as unknown);
}

/**
 * Reads a bridge.yaml. What is wrong is named with its line and key.
 * @param allowed the keys that it may hold; left out: all
 */
function readFile({ path, text }: ConfigFile, allowed?: readonly string[]): ReadFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const fault = document.errors[0];
  if (fault) {
    const line = fault.linePos?.[0].line ?? lines.linePos(fault.pos[0]).line;
    throw wrong(path, line, null, fault.message.split('\n')[0]!);
  }
  const content = contentOf(document, (offset, reason) => wrong(path, lines.linePos(offset).line, null, reason));
  const others =
    allowed && Object.keys(content as object).find((key) => key in fileSchema.shape && !allowed.includes(key));
  if (others !== undefined) {
    const reason = `is not a project's to set: it belongs into the bridge.yaml of the state directory`;
    throw wrong(path, lineOf([others]), others, reason);
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const keys = [...issue.path, ...(unknownKey === undefined ? [] : [unknownKey])];
    throw wrong(path, lineOf(keys), keys.join('.'), unknownKey === undefined ? issue.message : 'is not a known key');
  }
  try {
    checkAgents(parsed.data.agents);
  } catch (fault) {
    if (!(fault instanceof BridgeError)) throw fault;
    throw wrong(path, lineOf(fault.target.split('.')), fault.target, fault.reason);
  }
  const places = parsed.data.policy.map((value, row) => {
    const lines = keyPaths(value).map((keys) => [keys.join('.'), lineOf(['policy', row, ...keys])]);
    return { file: path, row, line: lineOf(['policy', row]), lines: Object.fromEntries(lines) };
  });
  return { path, values: parsed.data, policyPlaces: places };

  function lineOf(keys: readonly PropertyKey[]): number {
    const pair = keys.length > 0 ? keyNode(document, keys) : null;
    return lines.linePos(pair ?? 0).line;
  }
}

/** The keys of a policy row, and of its `when`. */
function keyPaths(row: unknown): string[][] {
  const when = typeof row === 'object' && row !== null && 'when' in row ? row.when : null;
  return [...keysOf(row).map((key) => [key]), ...keysOf(when).map((key) => ['when', key])];
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

/** @throws what `fault` makes of an alias that names nothing, or of aliases that multiply what they name beyond use */
function contentOf(document: Document, fault: (offset: number, reason: string) => BridgeError): unknown {
  try {
    return document.toJS() ?? {};
  } catch (cause) {
    const reason = messageOf(cause);
    let found = 0;
    visit(document, {
      Alias: (_key, { source, range }) => {
        found = range?.[0] ?? found;
        return reason.endsWith(`: ${source}`) ? visit.BREAK : undefined;
      },
    });
    throw fault(found, reason);
  }
}

/** Offset of a key (or list item) in the document, as far down the path as the document goes. */
function keyNode(document: Document, keys: readonly PropertyKey[]): number | null {
  let offset: number | null = null;
  let node: unknown = document.contents;
  for (const key of keys) {
    const items = (node as { items?: unknown[] } | null)?.items ?? [];
    const item = items.find((candidate, index) => {
      const pair = candidate as { key?: { value?: unknown } };
      return pair.key === undefined ? index === key : pair.key?.value === key;
    }) as { key?: { range?: number[] }; value?: unknown; range?: number[] } | undefined;
    if (item === undefined) break;
    offset = item.key?.range?.[0] ?? item.range?.[0] ?? offset;
    node = item.key === undefined ? item : item.value;
  }
  return offset;
}

function wrong(path: string, line: number, key: string | null, reason: string): BridgeError {
  return wrongUse(
    'bridge.yaml',
    `${path}:${line}`,
    key === null ? reason : `${key}: ${reason}`,
    'correct that line and start again',
  );
}
