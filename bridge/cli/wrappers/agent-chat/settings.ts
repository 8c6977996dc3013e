import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { messageOf } from '../../../core/failure.ts';
import { inUserFolder } from '../../../host/user-folder.ts';
import { Refusal } from '../refusal.ts';
import type { Run } from '../run.ts';

/** What `agent-chat serve` is to do: flags before the environment before its config.yaml. */
export interface ChatSettings {
  /** null: bridge's own */
  readonly port: number | null;
  /** what its clients send; null: what bridge has made */
  readonly key: string | null;
  /** its database, where there is one */
  readonly database: string | null;
  readonly retentionDays: number | null;
  readonly isDetached: boolean;
  /** what is taken and changes nothing, in words */
  readonly ignored: readonly string[];
}

const portNumber = z.coerce.number().int().min(1).max(65_535);
const days = z.coerce.number().int().min(0);

/** More keys mean nothing here. */
const fileSchema = z.looseObject({
  port: portNumber.nullish(),
  db: z.string().nullish(),
  api_key: z.string().nullish(),
  retention: days.nullish(),
});

interface Flags {
  config?: string;
  port?: string;
  db?: string;
  retention?: string;
  logLevel?: string;
  isDetached?: true;
}

/** @throws Refusal for flags that it has not, and for a file that cannot be read: a broken one opens nothing */
export function settingsFrom(words: readonly string[], { env, userFolder }: Run, usage: string): ChatSettings {
  const flags = flagsIn(words, usage);
  const own = ownFolder(userFolder);
  const at = (path: string) => resolve(inUserFolder(path, userFolder));
  const file = fileAt(
    flags.config === undefined ? join(own, 'config.yaml') : at(flags.config),
    flags.config !== undefined,
  );
  const named = flags.db ?? (file.db || undefined);
  const database = named === undefined ? join(own, 'agent-chat.db') : at(named);
  if (named !== undefined && flags.db !== undefined && !existsSync(database))
    throw new Refusal(
      `--db ${named}: is not there; bridge makes no such file: its journal lies in its state directory`,
    );
  return {
    port: flags.port === undefined ? (file.port ?? null) : checked('--port', portNumber, flags.port),
    key: env.AGENT_CHAT_API_KEY || file.api_key || null,
    database: existsSync(database) ? database : null,
    retentionDays:
      flags.retention === undefined ? (file.retention ?? null) : checked('--retention', days, flags.retention),
    isDetached: flags.isDetached === true,
    ignored: flags.logLevel === undefined ? [] : [`--log-level ${flags.logLevel} is taken and changes nothing`],
  };
}

/** `api_key` of its config.yaml; empty where it has none. @throws Refusal for a broken one */
export function keyInFile({ userFolder }: Run): string {
  return fileAt(join(ownFolder(userFolder), 'config.yaml'), false).api_key ?? '';
}

function ownFolder(userFolder: string): string {
  return join(userFolder, '.agent-chat');
}

function flagsIn(words: readonly string[], usage: string): Flags {
  const flags: Flags = {};
  const rest = [...words];
  const names: Readonly<Record<string, Exclude<keyof Flags, 'isDetached'>>> = {
    '-c': 'config',
    '--config': 'config',
    '--port': 'port',
    '--db': 'db',
    '--retention': 'retention',
    '--log-level': 'logLevel',
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, flag = word, given] = /^(--[a-z-]+)=(.*)$/.exec(word) ?? [];
    if (flag === '-d' || flag === '--daemon') {
      flags.isDetached = true;
      continue;
    }
    const name = Object.hasOwn(names, flag) ? names[flag] : undefined;
    const value = name === undefined ? undefined : (given ?? rest.shift());
    if (name === undefined) throw new Refusal(`unknown argument: ${word}\n${usage}`, 64);
    if (value === undefined) throw new Refusal(`${flag} needs a value\n${usage}`, 64);
    flags[name] = value;
  }
  return flags;
}

function checked(flag: string, schema: z.ZodType<number>, given: string): number {
  const { success, data } = schema.safeParse(given);
  if (!success || given.trim() === '') throw new Refusal(`${flag} ${given}: is no number that it can be`, 64);
  return data;
}

function fileAt(path: string, isNeeded: boolean): z.output<typeof fileSchema> {
  if (!existsSync(path)) {
    if (isNeeded) throw new Refusal(`${path}: is not there`);
    return {};
  }
  try {
    return fileSchema.parse(parse(readFileSync(path, 'utf8')) ?? {});
  } catch (fault) {
    const why =
      fault instanceof z.ZodError
        ? `${fault.issues[0]!.path.join('.')}: ${fault.issues[0]!.message}`
        : messageOf(fault);
    throw new Refusal(`${path}: ${why}; nothing was started`);
  }
}

/** In the state directory: which files of agent-chat were taken over, a path a line. */
const keptName = 'agent-chat.imported';

export function isKeptBefore(home: string, path: string): boolean {
  const file = join(home, keptName);
  return existsSync(file) && readFileSync(file, 'utf8').split('\n').includes(path);
}

export function rememberKept(home: string, path: string): void {
  writeFileSync(join(home, keptName), `${path}\n`, { flag: 'a', mode: 0o600 });
}
