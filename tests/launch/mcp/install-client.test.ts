import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse as parseJson } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mcpClients } from '../../../bridge/agent-programs/mcp-clients.ts';
import { carryOut } from '../../../bridge/launch/hooks/hooks.ts';
import {
  clientNamed,
  noteClient,
  notedClients,
  planClient,
  planWithout,
  shownEntry,
} from '../../../bridge/launch/mcp/install-client.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-mcp-clients-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const place = () => ({ env: {}, userFolder: folder, project: null });
const words = ['/usr/bin/node', '/opt/bridge/dist/cli/main.js', 'mcp'];
const client = (name: string) => clientNamed(name);
const pathOf = (name: string) => {
  const { below, files } = client(name).own;
  return join(folder, below, files[0]!);
};
const write = (name: string, text: string) => {
  mkdirSync(dirname(pathOf(name)), { recursive: true });
  writeFileSync(pathOf(name), text);
};
const read = (name: string) => readFileSync(pathOf(name), 'utf8');
const install = (name: string, command = words) => {
  const change = planClient(client(name), place(), command);
  if (change !== null) carryOut({ changes: [change], notes: [] });
  return change;
};
const remove = (name: string) => {
  const change = planWithout(client(name), place());
  if (change !== null) carryOut({ changes: [change], notes: [] });
  return change;
};

test.each(mcpClients.map(({ name }) => name))(
  '%s: a file of its own comes and goes, and says what starts the server',
  (name) => {
    expect(remove(name)).toBeNull();
    install(name);
    const { key, written } = client(name);
    const values = written === 'toml' ? parseToml(read(name)) : parseJson(read(name));
    const { bridge } = values[key];
    const started = Array.isArray(bridge.command) ? bridge.command : [bridge.command, ...bridge.args];
    expect(started).toEqual(words);
    expect(install(name)).toBeNull();
    expect(shownEntry(client(name), words)).toBe(read(name).trimEnd());
    expect(remove(name)?.after).toBeNull();
  },
);

const jsons: Readonly<Record<string, string>> = {
  'an empty object': '{}\n',
  'an empty object over two lines': '{\n}\n',
  'an empty list': '{\n  "mcpServers": {}\n}\n',
  'an empty list over two lines': '{\n  "mcpServers": {\n  },\n  "a": 1\n}\n',
  'another server': '{\n  "mcpServers": {\n    "other": { "command": "x" }\n  }\n}\n',
  'other servers on a line': '{"mcpServers":{"a":{"command":"x"},"b":{"command":"y"}},"c":[1,2]}',
  'no line break at its end, tabs': '{\n\t"theme": "dark"\n}',
  'Windows lines': '{\r\n  "theme": "dark"\r\n}\r\n',
  'comments and a comma too many':
    '{\n  // mine\n  "theme": "dark", /* best */\n  "mcpServers": {\n    "other": {}, // theirs\n  },\n}\n',
  'deep values': JSON.stringify({ projects: { '/a': { mcpServers: { bridge: { command: 'elsewhere' } } } } }, null, 4),
};
const tomls: Readonly<Record<string, string>> = {
  'keys, tables and comments': '# mine\nmodel = "x"   # best\n\n[tui]\na = true\n',
  'no line break at its end': '[tui]\na = true',
  'another server': '[mcp_servers.other]\ncommand = "x"\n\n[tui]\na = 1\n',
  'servers in one table': '[mcp_servers]\nother = { command = "x" }\n',
  'Windows lines': 'model = "x"\r\n[tui]\r\na = 1\r\n',
  'large numbers and dates': 'a = 9007199254740993\nb = 1979-05-27T07:32:00Z\n',
};
/** As this client names its list. */
const withKey = (name: string, text: string) => text.replaceAll('"mcpServers"', JSON.stringify(client(name).key));
const all = mcpClients.flatMap(({ name, written }) =>
  Object.entries(written === 'toml' ? tomls : jsons).map(([what, text]) => [name, what, withKey(name, text)] as const),
);

describe.each(all)('%s, a file with %s', (name, _, before) => {
  test('keeps every byte when the server comes and goes, comes twice, or from elsewhere', () => {
    write(name, before);
    install(name);
    const once = read(name);
    expect(install(name)).toBeNull();
    install(name, ['bridge', 'mcp']);
    expect(read(name)).toContain('"bridge"');
    install(name);
    expect(read(name)).toBe(once);
    remove(name);
    expect(read(name)).toBe(before);
  });
});

test.each(mcpClients.filter(({ written }) => written === 'json').map(({ name }) => name))(
  '%s: what came into a file of ours stays when the server goes',
  (name) => {
    install(name);
    const grown = read(name).replace('\n  }\n}\n', ',\n    "other": { "command": "x" }\n  },\n  "theme": "dark"\n}\n');
    write(name, grown);
    remove(name);
    expect(parseJson(read(name))).toEqual({ [client(name).key]: { other: { command: 'x' } }, theme: 'dark' });
  },
);

test.each([
  ['claude', '{"mcpServers":{"bridge":{"command":"npx","args":["their-bridge"]}}}'],
  ['cursor', '{"mcpServers":{"bridge":{"url":"http://127.0.0.1:9420/mcp"}}}'],
  ['opencode', '{"mcp":{"bridge":{"type":"remote","url":"https://hub:9420/mcp"}}}'],
  ['codex', '[mcp_servers.bridge]\ncommand = "npx"\nargs = ["their-bridge"]\n'],
])('%s: a server of that name that is not ours stays', (name, before) => {
  write(name, before);
  expect(() => install(name)).toThrow('is not ours');
  expect(remove(name)).toBeNull();
  expect(read(name)).toBe(before);
});

test.each([
  ['claude', '{"a":'],
  ['claude', '{"a":1,"a":2}'],
  ['claude', '{"mcpServers":[]}'],
  ['codex', 'a = \n'],
  ['codex', 'mcp_servers = 5\n'],
])('%s: what cannot be read or added to is refused, and stays: %s', (name, before) => {
  write(name, before);
  expect(() => install(name)).toThrow(/line 1|line 2/);
  expect(read(name)).toBe(before);
});

test('a client that dropped our marks keeps the table: it goes all the same', () => {
  write('codex', 'a = 1\n\n[mcp_servers.bridge]\ncommand = "bridge"\nargs = [ "mcp" ]\n\n[tui]\nb = 2\n');
  remove('codex');
  expect(read('codex')).toBe('a = 1\n\n[tui]\nb = 2\n');
});

test("an unknown client is refused with those that are known; a project's file is its own", () => {
  expect(() => clientNamed('emacs')).toThrow("unknown client 'emacs'");
  const change = planClient(client('claude'), { env: {}, userFolder: '/nowhere', project: folder }, ['bridge', 'mcp'])!;
  expect(change.file.path).toBe(join(folder, '.mcp.json'));
  const named = planClient(
    client('codex'),
    { env: { CODEX_HOME: join(folder, 'own') }, userFolder: '/nowhere', project: null },
    words,
  )!;
  expect(named.file.path).toBe(join(folder, 'own', 'config.toml'));
});

test('projects are noted once, and forgotten', () => {
  for (const project of ['/a', '/b', '/a']) noteClient(folder, { client: 'claude', project }, true);
  expect(notedClients(folder)).toEqual([
    { client: 'claude', project: '/b' },
    { client: 'claude', project: '/a' },
  ]);
  noteClient(folder, { client: 'claude', project: '/b' }, false);
  expect(notedClients(folder)).toEqual([{ client: 'claude', project: '/a' }]);
  writeFileSync(join(folder, 'mcp-clients.json'), '{');
  expect(notedClients(folder)).toEqual([]);
});
