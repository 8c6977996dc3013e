import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type McpClient, mcpClients } from '../../agent-programs/mcp-clients.ts';
import { BridgeError, unknownName } from '../../core/failure.ts';
import { putInPlace, readSmallFile } from '../files.ts';
import type { Change } from '../hooks/hooks.ts';
import { readSettings, type SettingsFile } from '../hooks/settings-file.ts';
import type { Entry, NamedServer, ServerEdit } from './json-server.ts';
import * as json from './json-server.ts';
import * as toml from './toml-server.ts';

/** The name of our server in every client's list. */
const serverName = 'bridge';

/** Where a client's list of servers is looked for. */
export interface ClientPlace {
  readonly env: NodeJS.ProcessEnv;
  readonly userFolder: string;
  /** folder of the project whose file is meant; null: the person's own */
  readonly project: string | null;
}

/** @throws BridgeError with those that are known */
export function clientNamed(name: string): McpClient {
  const known = mcpClients.map((one) => one.name);
  const found = mcpClients.find((one) => one.name === name);
  if (found === undefined) throw unknownName('client', name, known, `expected one of ${known.join(', ')}`);
  return found;
}

/** What would be changed so that the client starts `command`; null where it does already. Nothing is written. */
export function planClient(client: McpClient, place: ClientPlace, command: readonly string[]): Change | null {
  const file = fileOf(client, place);
  const { standing, written, server } = standingIn(client, file);
  const entry = client.entry(command);
  if (JSON.stringify(standing) === JSON.stringify(entry)) return null;
  if (standing !== null && !isOurs(standing))
    throw refusal(file, `has an MCP server named ${serverName} that is not ours`, 'rename or remove that one first');
  return { file, after: done(file, written.addServer(file.text, server, entry)) };
}

/** What would be changed so that it starts nothing of ours; null where it does not. */
export function planWithout(client: McpClient, place: ClientPlace): Change | null {
  const file = fileOf(client, place);
  const { standing, written, server } = standingIn(client, file);
  if (standing === null || file.text === null) return null;
  if (!isOurs(standing)) return null;
  return { file, after: done(file, written.removeServer(file.text, server)) };
}

/** The part of the file that is ours, for a person who puts it there himself. */
export function shownEntry(client: McpClient, command: readonly string[]): string {
  const { key } = client;
  const written = client.written === 'toml' ? toml : json;
  const made = written.addServer(null, { key, name: serverName }, client.entry(command));
  return 'text' in made ? (made.text ?? '').trimEnd() : '';
}

function fileOf(client: McpClient, { env, userFolder, project }: ClientPlace): SettingsFile {
  const { own } = client;
  const named = own.env === undefined ? undefined : env[own.env];
  const folder = project ?? (named ? resolve(named) : join(userFolder, own.below));
  const candidates = (project === null ? own.files : client.project).map((file) => join(folder, file));
  return readSettings(candidates.find((path) => existsSync(path)) ?? candidates[0]!);
}

function standingIn(client: McpClient, file: SettingsFile) {
  const written = client.written === 'toml' ? toml : json;
  const server: NamedServer = { key: client.key, name: serverName };
  const found = written.serverIn(file.text, server);
  if ('fault' in found) throw refusal(file, `line ${found.fault.line}: ${found.fault.reason}`);
  return { standing: found.entry as Entry | null, written, server };
}

/** Whatever node and place: a program of ours that is started for `mcp`. */
function isOurs(entry: Entry): boolean {
  const words = [entry.command, entry.args].flat(2).filter((one): one is string => typeof one === 'string');
  const isProgram = (word: string) => basename(word) === 'bridge' || /\bdist\/cli\/main\.js$/.test(word);
  return words.includes('mcp') && words.slice(0, 2).some(isProgram);
}

function done(file: SettingsFile, edit: ServerEdit): string | null {
  if ('fault' in edit) throw refusal(file, `line ${edit.fault.line}: ${edit.fault.reason}`);
  return edit.text;
}

function refusal({ path }: SettingsFile, reason: string, nextStep?: string): BridgeError {
  return new BridgeError({
    what: 'settings',
    target: path,
    reason,
    nextStep: `nothing was changed; ${nextStep ?? 'mend the file and run the command again'}`,
  });
}

/** In the state directory: the projects whose files have our server, for `bridge uninstall`. */
const recordName = 'mcp-clients.json';

interface Noted {
  readonly client: string;
  readonly project: string;
}

export function notedClients(home: string): readonly Noted[] {
  try {
    const kept = JSON.parse(readSmallFile(join(home, recordName)) ?? '[]') as readonly Noted[];
    return kept.filter(({ client, project }) => typeof client === 'string' && typeof project === 'string');
  } catch {
    return []; // damaged: `bridge mcp remove --project` takes each out
  }
}

export function noteClient(home: string, noted: Noted, isThere: boolean): void {
  const others = notedClients(home).filter((one) => one.client !== noted.client || one.project !== noted.project);
  const all = isThere ? [...others, noted] : others;
  putInPlace(join(home, recordName), `${JSON.stringify(all, null, 2)}\n`, 0o600);
}
