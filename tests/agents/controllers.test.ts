import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { programController } from '../../bridge/controllers/programs.ts';
import { parseResponse } from '../../bridge/core/protocol.ts';
import { questionOf, realClock, requestId } from '../controllers/question.ts';
import type { ModelCall, ModelStep } from './directives.ts';
import { installed } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';

const block = `<<CONTROLLER_RESPONSE id=${requestId}>>\nWORKER INSTRUCTIONS:\nUse sqlite; \`$(x)\` stays.\nNOTES:\nwhy\n<<CONTROLLER_RESPONSE_END>>`;

let server: ModelServer;
let root: string;
let repository: string;
let script: (call: ModelCall) => readonly ModelStep[];

beforeAll(async () => {
  server = await modelServer((call) => script(call));
});
afterAll(() => server.close());
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'bridge-real-controllers-')));
  repository = join(root, 'repository');
  for (const folder of ['home/.codex', 'home/.gemini', 'repository/.git', 'repository/.codex', 'repository/.gemini']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  script = () => [{ say: `Let me see.\n${block}` }];
});
afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

/** A server entry that, if it is ever started, leaves a file. */
const planted = (name: string) => ({ command: '/bin/sh', args: ['-c', `touch '${join(root, name)}'`] });
const asToml = (name: string) =>
  `[mcp_servers.${name}]\ncommand = "/bin/sh"\nargs = ["-c", "touch '${join(root, name)}'"]\n`;

type Options = Partial<Parameters<typeof programController>[1]>;

/** Codex as a careless user has it: writing allowed, the worker's repository trusted, a server of one's own. */
async function codexController(changes: Options = {}) {
  const { binary } = await installed('codex');
  writeFileSync(
    join(root, 'home/.codex/config.toml'),
    `model = "scripted-model"
model_provider = "scripted"
sandbox_mode = "danger-full-access"
approval_policy = "never"
check_for_update_on_startup = false
[model_providers.scripted]
name = "scripted"
base_url = "${server.url('codex')}/v1"
wire_api = "responses"
env_key = "SCRIPTED_API_KEY"
request_max_retries = 1
stream_max_retries = 1
[analytics]
enabled = false
[projects.${JSON.stringify(repository)}]
trust_level = "trusted"
${asToml('users-server')}`,
  );
  writeFileSync(join(repository, '.codex/config.toml'), asToml('workers-server'));
  return controllerOf('codex', binary, changes);
}

function controllerOf(backend: 'codex' | 'gemini', binary: string, changes: Options) {
  return programController(backend, {
    command: null,
    model: null,
    extraArgs: null,
    isolated: false,
    resume: false,
    timeoutMs: 180_000,
    systemPrompt: 'You decide.',
    clock: realClock,
    scratchRoot: join(root, 'scratch'),
    environment: {
      PATH: `${dirname(binary)}:${process.env.PATH}`,
      HOME: join(root, 'home'),
      CODEX_HOME: join(root, 'home/.codex'),
      SCRIPTED_API_KEY: 'not-a-key',
      GEMINI_API_KEY: 'not-a-key',
      GOOGLE_GEMINI_BASE_URL: server.url('gemini'),
      GEMINI_MODEL: 'gemini-2.5-pro',
    },
    ...changes,
  });
}

const never = new AbortController().signal;
const question = () => questionOf({ workingFolder: repository });
const read = (text: string) => parseResponse(text, { split: true, requireBlock: true, requestId });

test('a real codex exec reads the question, and its answer is read whole', async () => {
  const reply = await (await codexController()).ask(question(), never);
  expect(read((reply as { text: string }).text)).toEqual({
    is: 'answer',
    instructions: 'Use sqlite; `$(x)` stays.',
    notes: 'why',
  });
  expect(server.messages('codex').at(-1)).toContain('Which database should the service use?');
});

test('a real codex starts no server of the repository and none of the user', async () => {
  await (await codexController()).ask(question(), never);
  expect(existsSync(join(root, 'workers-server'))).toBe(false);
  expect(existsSync(join(root, 'users-server'))).toBe(false);
});

test('a real codex that is told to write by its model cannot, on the first question or a resumed one', async () => {
  const written = join(repository, 'written');
  script = (call) =>
    call.toolResult === null
      ? [{ run: `touch '${written}'`, escalate: false }]
      : [{ say: `${call.toolResult}\n${block}` }];
  const controller = await codexController({ resume: true });
  for (const turn of [1, 2]) {
    const reply = await controller.ask(question(), never);
    expect(read((reply as { text: string }).text).is, `turn ${turn}`).toBe('answer');
    expect(existsSync(written)).toBe(false);
  }
  const asked = server.messages('codex').filter((message) => message.includes('Which database'));
  expect(asked.length).toBeGreaterThanOrEqual(2);
});

test('a real codex that is isolated is offered no shell', async () => {
  await (await codexController({ isolated: true })).ask(question(), never);
  const tools = server
    .calls('codex')
    .at(-1)!
    .tools.map((tool) => tool.name);
  expect(tools.filter((name) => /exec|shell|stdin|patch|search|agent/.test(name))).toEqual([]);
});

test('a model error of a real codex is a typed failure', async () => {
  script = () => [{ error: 500 }];
  const reply = await (await codexController()).ask(question(), never);
  expect(reply).toMatchObject({ is: 'failure', failure: { is: 'exit', code: 1 } });
});

test('a real codex that thinks too long is ended', async () => {
  script = () => [{ hang: 60_000 }, { say: block }];
  const reply = await (await codexController({ timeoutMs: 4_000 })).ask(question(), never);
  expect(reply).toMatchObject({ is: 'failure', failure: { is: 'timeout' } });
});

test('a real gemini answers, is offered nothing that writes or runs, and starts no planted server', async () => {
  const { binary } = await installed('gemini');
  writeFileSync(
    join(root, 'home/.gemini/settings.json'),
    JSON.stringify({
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false, maxAttempts: 2 },
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      mcpServers: { users: planted('users-server') },
    }),
  );
  writeFileSync(
    join(repository, '.gemini/settings.json'),
    JSON.stringify({ mcpServers: { workers: planted('workers-server') } }),
  );
  const reply = await controllerOf('gemini', binary, {}).ask(question(), never);
  expect(read((reply as { text: string }).text)).toMatchObject({ is: 'answer', notes: 'why' });
  const tools = server
    .calls('gemini')
    .at(-1)!
    .tools.map((tool) => tool.name);
  expect(tools).toContain('read_file');
  expect(tools.filter((name) => /write|replace|shell|edit/.test(name))).toEqual([]);
  expect(existsSync(join(root, 'workers-server'))).toBe(false);
  expect(existsSync(join(root, 'users-server'))).toBe(false);
});
