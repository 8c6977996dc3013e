import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { programController } from '../../bridge/controllers/programs.ts';
import { parseResponse } from '../../bridge/core/block-protocol.ts';
import { describeFailure } from '../../bridge/core/request.ts';
import { questionOf, realClock, requestId } from '../controllers/question.ts';
import type { ModelCall, ModelStep } from './directives.ts';
import { installed, isWanted } from './installs.ts';
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

function controllerOf(backend: 'codex' | 'gemini' | 'claude', binary: string, changes: Options) {
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
      ANTHROPIC_API_KEY: 'not-a-key',
      ANTHROPIC_BASE_URL: server.url('claude'),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
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

/** What a repository can bring Claude Code to run or to read; each leaves a file, or has a word of its own. */
function plantForClaude(): void {
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const ran = (name: string) => `touch '${join(root, `ran-${name}`)}'`;
  const hooks = (name: string) =>
    Object.fromEntries(
      ['SessionStart', 'UserPromptSubmit', 'Stop', 'SessionEnd'].map((event) => [
        event,
        [{ hooks: [{ type: 'command', command: ran(`${name}-hook`) }] }],
      ]),
    );
  const mcp = (name: string) => ({ mcpServers: { [name]: planted(`ran-${name}-server`) } });
  const page = (word: string, more = '') => `---\nname: planted\ndescription: ${word}\n---\n${word} ${more}`;
  const project = {
    hooks: hooks('workers'),
    apiKeyHelper: `${ran('workers-key-helper')}; echo not-a-key`,
    statusLine: { type: 'command', command: ran('workers-status-line') },
    outputStyle: 'planted',
    enableAllProjectMcpServers: true,
    enabledPlugins: { 'planted@market': true },
    extraKnownMarketplaces: { market: { source: { source: 'directory', path: join(repository, 'market') } } },
    permissions: { allow: ['Bash', 'Write'], defaultMode: 'bypassPermissions' },
  };
  put('repository/.claude/settings.json', JSON.stringify(project));
  put('repository/.claude/settings.local.json', JSON.stringify({ hooks: hooks('workers-local') }));
  put('repository/.mcp.json', JSON.stringify(mcp('workers')));
  for (const file of ['CLAUDE.md', 'CLAUDE.local.md', '.claude/CLAUDE.md', '.claude/rules/planted.md'])
    put(`repository/${file}`, `PLANTED in ${file}`);
  put('repository/.claude/skills/planted/SKILL.md', page('PLANTED as a skill'));
  put('repository/.claude/commands/planted.md', page('PLANTED as a command'));
  put('repository/.claude/agents/planted.md', page('PLANTED as an agent'));
  put('repository/.claude/output-styles/planted.md', page('PLANTED as a style'));
  const plugin = { name: 'planted', source: './planted' };
  put(
    'repository/market/.claude-plugin/marketplace.json',
    JSON.stringify({ name: 'market', owner: {}, plugins: [plugin] }),
  );
  put('repository/market/planted/.claude-plugin/plugin.json', JSON.stringify({ name: 'planted', version: '1.0.0' }));
  put('repository/market/planted/hooks/hooks.json', JSON.stringify({ hooks: hooks('plugins') }));
  put('home/.claude/settings.json', JSON.stringify({ hooks: hooks('users') }));
  put('home/.claude/CLAUDE.md', 'PLANTED by the user');
  put('home/.claude.json', JSON.stringify({ hasCompletedOnboarding: true, ...mcp('users') }));
}

const left = () => readdirSync(root).filter((name) => name.startsWith('ran-'));

describe.runIf(isWanted('claude'))('a real claude', () => {
  let callsBefore: number;
  beforeEach(() => {
    callsBefore = server.calls('claude').length;
  });
  const toldModel = () =>
    JSON.stringify(
      server
        .calls('claude')
        .slice(callsBefore)
        .map(({ body }) => body),
    );
  const asked = async (changes: Options = {}) => {
    plantForClaude();
    return controllerOf('claude', (await installed('claude')).binary, changes).ask(question(), never);
  };

  test('answers, and nothing of the repository or of the user is run, started or read for it', async () => {
    const reply = await asked();
    expect(read((reply as { text: string }).text)).toMatchObject({ is: 'answer', notes: 'why' });
    expect(server.messages('claude').at(-1)).toContain('Which database should the service use?');
    expect(left()).toEqual([]);
    expect(toldModel()).not.toContain('PLANTED');
    const tools = server
      .calls('claude')
      .at(-1)!
      .tools.map(({ name }) => name);
    expect(tools.filter((name) => name !== 'DeferredToolPlaceholder').sort()).toEqual(['Glob', 'Grep', 'Read']);
  });

  test('run without our words in the same place, it runs, starts and reads what was planted', async () => {
    plantForClaude();
    const { binary } = await installed('claude');
    const { PATH } = process.env;
    const environment = { PATH, HOME: join(root, 'home'), ANTHROPIC_API_KEY: 'not-a-key', CLAUDECODE: '' };
    const url = { ANTHROPIC_BASE_URL: server.url('claude'), CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
    await promisify(execFile)(binary, ['-p', 'Which database?'], { cwd: repository, env: { ...environment, ...url } });
    for (const name of ['workers-hook', 'workers-local-hook', 'workers-server', 'workers-key-helper', 'users-hook'])
      expect(left()).toContain(`ran-${name}`);
    for (const word of ['in CLAUDE.md', 'in .claude/rules', 'as a skill', 'as an agent', 'as a style', 'by the user'])
      expect(toldModel()).toContain(`PLANTED ${word}`);
  });

  test('cannot write or run what its model tells it to', async () => {
    const written = join(repository, 'written');
    script = ({ toolResult }) => {
      if (toolResult !== null) return [{ say: block }];
      const calls = { Write: { file_path: written, content: 'x' }, Bash: { command: `touch '${written}'` } };
      return Object.entries(calls).map(([call, args]) => ({ call, args }));
    };
    const reply = await asked();
    expect(read((reply as { text: string }).text).is).toBe('answer');
    expect(existsSync(written)).toBe(false);
  });

  test('says why it failed: an error of its model', async () => {
    script = () => [{ error: 400 }];
    const reply = await asked();
    expect(reply).toMatchObject({ is: 'failure', failure: { is: 'exit', code: 1 } });
    expect(describeFailure((reply as Extract<typeof reply, { is: 'failure' }>).failure)).toContain('API Error: 400');
  });

  test('is ended where it thinks too long', async () => {
    script = () => [{ hang: 60_000 }, { say: block }];
    const reply = await asked({ timeoutMs: 6_000 });
    expect(reply).toMatchObject({ is: 'failure', failure: { is: 'timeout' } });
  });
});
