import { join } from 'node:path';
import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import { checkAgents } from '../agent-programs/index.ts';
import { BridgeError, messageOf, usageError } from '../core/failure.ts';
import { readConfigFile } from '../host/config-file.ts';
import { type Config, type ConfigFile, joined, type ReadFile, type Sources } from './config-values.ts';
import { fileSchema } from './file-schema.ts';

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

/**
 * Joins the four sources into one frozen configuration.
 * @param sources.file the state directory's bridge.yaml, where it has been read already
 * @throws BridgeError naming the file's line and key, or the flag or environment name, that is wrong
 */
export function loadConfig({ file, ...sources }: Omit<Sources, 'files'> & { readonly file?: ConfigFile }): Config {
  const path = join(sources.home, 'bridge.yaml');
  const found = file ?? { path, text: readConfigFile(path)?.toString('utf8') ?? '' };
  return joined({ ...sources, files: [readFile(found)] });
}

/** A file that a flag names in place of the state directory's. @throws BridgeError where it is not there, or cannot be read */
export function namedFile(path: string): ConfigFile {
  const bytes = readConfigFile(path);
  if (bytes === null) throw usageError('--config', path, 'is not there');
  return { path, text: bytes.toString('utf8') };
}

/**
 * The same for the workers of a project.
 * @throws BridgeError naming the file's line and key that is wrong, or is not a project's to set
 */
export function forProject({ from }: Config, file: ConfigFile): Config {
  return joined({ ...from, files: [readFile(file, projectKeys), ...from.files.slice(-1)] });
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
  const places = parsed.data.policy.map((value, rule) => {
    const lines = keyPaths(value).map((keys) => [keys.join('.'), lineOf(['policy', rule, ...keys])]);
    return { file: path, rule, line: lineOf(['policy', rule]), lines: Object.fromEntries(lines) };
  });
  const oldKeys = Object.entries(parsed.data.agents).flatMap(([name, { manner }]) => {
    const keys = ['agents', name, 'manner'];
    return manner === undefined ? [] : [`${path}:${lineOf(keys)}: ${keys.join('.')} is called composer now`];
  });
  return { values: parsed.data, policyPlaces: places, oldKeys };

  function lineOf(keys: readonly PropertyKey[]): number {
    const pair = keys.length > 0 ? keyNode(document, keys) : null;
    return lines.linePos(pair ?? 0).line;
  }
}

/** The keys of a policy rule, and of its `when`. */
function keyPaths(rule: unknown): string[][] {
  const when = typeof rule === 'object' && rule !== null && 'when' in rule ? rule.when : null;
  return [...keysOf(rule).map((key) => [key]), ...keysOf(when).map((key) => ['when', key])];
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
  return usageError(
    'bridge.yaml',
    `${path}:${line}`,
    key === null ? reason : `${key}: ${reason}`,
    'fix this line and restart',
  );
}
