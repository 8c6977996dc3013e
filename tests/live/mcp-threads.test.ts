import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { makeWork, program } from './bridge-process.ts';
import { command, eachMailTestStarts, home, tmux, watch } from './mail-fixture.ts';

/**
 * Codex 0.171.0 as it is by default: one app-server without a terminal runs the threads of all panes and starts their MCP servers. A shell
 * named codex stands for it, with the locks, names and titles that were seen, and a client that sends its `_meta`.
 */

eachMailTestStarts({ workers: [] });

const port = '01a22dd2-ebae-7942-b600-5f4e8cddc5c2';
const tests = '01a22dd3-542b-7ee3-9ded-f9106847c07e';
const stranger = '01a22dd3-5bfd-7a31-89c0-a9ff5f902b96';

/** What draws in a pane holds the home's files open, and no lock. */
const drawing = `exec 8>>"$CODEX_HOME/state_5.sqlite"
printf '\\033]2;%s | %s\\007> ' "$1" "\${PWD##*/}"
while read -r line; do :; done
`;
const serving = `exec 7>>"$CODEX_HOME/thread-writer-locks/$1.lock"
exec 6>>"$CODEX_HOME/thread-writer-locks/$2.lock"
"$NODE" "$MAIN" mcp
`;

let env: Record<string, string>;
let codex: string;
let server: ChildProcess | null = null;

beforeEach(() => {
  const codexHome = join(tmux.folder, '.codex');
  mkdirSync(join(codexHome, 'thread-writer-locks'), { recursive: true });
  codex = join(tmux.folder, 'codex');
  copyFileSync(realpathSync('/bin/sh'), codex);
  chmodSync(codex, 0o755);
  const shop = makeWork(tmux, 'shop');
  writeFileSync(join(shop, 'tui'), drawing);
  writeFileSync(join(shop, 'app-server'), serving);
  env = {
    ...{ PATH: process.env.PATH!, HOME: tmux.folder, CODEX_HOME: codexHome, NODE: process.execPath, MAIN: program },
    ...{ BRIDGE_HOME: home, XDG_RUNTIME_DIR: tmux.folder, TMUX_SOCKET: tmux.socketPath },
  };
});
afterEach(() => {
  server?.stdin?.end();
  server?.kill('SIGKILL');
  server = null;
});

/** A pane that draws a thread of this name. @returns its id */
async function pane(session: string, thread: string): Promise<string> {
  const cwd = join(tmux.folder, 'shop');
  const words = ['-e', `CODEX_HOME=${env.CODEX_HOME}`, `exec ${codex} tui '${thread}'`];
  await tmux.run('new-session', '-d', '-s', session, '-x', '100', '-y', '30', '-c', cwd, ...words);
  const shown = () => tmux.run('display-message', '-p', '-t', `=${session}:`, '#{pane_id} #{pane_title}');
  const found = await waitFor('its title', async () => ((await shown()).includes(thread) ? shown() : null));
  return found.split(' ')[0]!;
}

function named(names: Readonly<Record<string, string>>): void {
  const lines = Object.entries(names).map(([id, thread_name]) => `${JSON.stringify({ id, thread_name })}\n`);
  writeFileSync(join(env.CODEX_HOME!, 'session_index.jsonl'), lines.join(''));
}

/** The MCP server below the app-server. @returns calls a tool as a thread */
async function served() {
  const child = spawn(codex, ['app-server', port, tests], {
    ...{ cwd: join(tmux.folder, 'shop'), env, detached: true, stdio: ['pipe', 'pipe', 'inherit'] },
  });
  server = child;
  let said = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  let last = 0;
  const ask = async (method: string, params: object) => {
    const id = ++last;
    child.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    const line = await waitFor(
      `the answer to ${method}`,
      () => said.split('\n').find((one) => one.endsWith('}') && JSON.parse(one).id === id),
      { limitMs: 30_000 },
    );
    return JSON.parse(line).result;
  };
  const clientInfo = { name: 'codex-mcp-client', title: 'Codex', version: '0.171.0' };
  await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  child.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  return async (thread: string, name: string, args: object) => {
    const turn = { session_id: thread, thread_id: thread, turn_id: stranger, codex_version: '0.171.0' };
    const _meta = { callId: 'call_1', 'x-codex-turn-metadata': turn, threadId: thread, sessionId: thread };
    const result = await ask('tools/call', { name, arguments: args, _meta });
    expect(result.isError, JSON.stringify(result.content)).not.toBe(true);
    return result.structuredContent;
  };
}

/** Who wrote which text, and in which pane that one is. */
async function writers(): Promise<Record<string, [from: string, pane: string | null]>> {
  const messages = JSON.parse((await command('history', '--json')).stdout) as Array<{ from: string; body: string }>;
  const members = JSON.parse((await command('members', '--json')).stdout) as Array<{ name: string; pane: string }>;
  const paneOf = (name: string) => members.find((one) => one.name === name)?.pane ?? null;
  return Object.fromEntries(messages.map(({ from, body }) => [body, [from, paneOf(from)]]));
}

const write = (content: string) => ['send_message', { to: 'lead', content }] as const;

test('each thread of one server is the agent in the pane that shows it, also after a restart of the bridge', async () => {
  named({ [port]: 'Which port does the service use, and whether…', [tests]: 'Fix the tests' });
  const panes = [await pane('a', 'Which port does the service u...'), await pane('b', '⠴ Fix the tests')];
  let watching = await watch();
  await command('add', 'lead');
  const as = await served();
  await as(port, ...write('from the first'));
  await as(tests, ...write('from the second'));
  await as(port, ...write('from the first again'));
  const expected = {
    'from the first': ['codex-shop', panes[0]],
    'from the second': ['codex-shop-2', panes[1]],
    'from the first again': ['codex-shop', panes[0]],
  };
  expect(await writers()).toEqual(expected);
  await watching.stop('SIGKILL');
  watching = await watch();
  await as(tests, ...write('after a restart'));
  expect(await writers()).toEqual({ ...expected, 'after a restart': ['codex-shop-2', panes[1]] });
});

test('a pane that was an agent before stays that one', async () => {
  named({ [port]: 'Which port', [tests]: 'Fix the tests' });
  const panes = [await pane('a', 'Which port'), await pane('b', 'Fix the tests')];
  await watch();
  for (const [index, name] of ['coder', 'critic'].entries()) await command('add', name, panes[index]!);
  await command('add', 'lead');
  const as = await served();
  await as(tests, ...write('from the second'));
  await as(port, ...write('from the first'));
  expect(await writers()).toEqual({ 'from the second': ['critic', panes[1]], 'from the first': ['coder', panes[0]] });
});

test('where two panes may show it, or none does, a thread has a name and no pane; one that the server does not run has its own', async () => {
  named({ [port]: 'Which port', [tests]: 'Fix the tests', [stranger]: 'Fix the tests' });
  await pane('a', 'Which port');
  await pane('b', 'Which port');
  await pane('c', 'Fix the tests');
  await watch();
  await command('add', 'lead');
  const as = await served();
  await as(port, ...write('from the first'));
  await as(stranger, ...write('from a stranger'));
  expect(await writers()).toEqual({
    'from the first': ['codex-shop', null],
    'from a stranger': ['codex-shop-2', null],
  });
});
