import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, inState, makeHome, requestIds, run, startBridge } from '../live/bridge-process.ts';
import { requestBlock } from './directives.ts';
import { installed } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { type RealAgent, startCodex, startGemini } from './real-agents.ts';

const question = 'Which database should the service use?\n- sqlite\n- postgres';
const instructions = 'Use SQLite; one file.\n\nKeep `$(path)` configurable, and tabs\tas they are. 日本語 👩‍👩‍👧';

/** What a live controller says is read from its screen, where markdown is rendered and a tab is blanks. */
const plainInstructions = 'Use SQLite; one file.\n\nKeep the path configurable, $(x); 日本語.';

let server: ModelServer;
let tmux: PrivateTmux;
const bridges: BridgeProcess[] = [];

/** The scripted model: a controller answers any request of the bridge, a worker follows its directives. */
beforeAll(async () => {
  const { followDirectives } = await import('./directives.ts');
  server = await modelServer((call) => {
    if (!call.label.startsWith('controller')) return followDirectives(call);
    const id = /\b(\d{8}T\d{6}\.\d{3}Z-[a-z0-9]{6})\b/.exec(call.message)?.[1];
    const text = call.label === 'controller-live' ? plainInstructions : instructions;
    const said = `<<CONTROLLER_RESPONSE id=${id}>>\nWORKER INSTRUCTIONS:\n${text}\nNOTES:\nFor the human only.\n<<CONTROLLER_RESPONSE_END>>`;
    return [{ say: id === undefined ? 'I wait for a request.' : said }];
  });
});
afterAll(() => server.close());
beforeEach(() => {
  tmux = privateTmux();
});
afterEach(async () => {
  for (const bridge of bridges.splice(0)) await bridge.stop('SIGKILL');
  await tmux.stop();
});

async function label(agent: RealAgent, name: string): Promise<void> {
  await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', name);
}

/** A CODEX_HOME for `codex exec`, and the environment that finds the pinned codex first. */
async function codexControllerEnvironment(): Promise<NodeJS.ProcessEnv> {
  const { binary } = await installed('codex');
  const codexHome = join(tmux.folder, 'controller-codex');
  mkdirSync(codexHome);
  writeFileSync(
    join(codexHome, 'config.toml'),
    `model = "scripted-model"
model_provider = "scripted"
check_for_update_on_startup = false
[model_providers.scripted]
name = "scripted"
base_url = "${server.url('controller')}/v1"
wire_api = "responses"
env_key = "SCRIPTED_API_KEY"
request_max_retries = 1
stream_max_retries = 1
[analytics]
enabled = false
`,
  );
  return {
    PATH: [dirname(binary), dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    CODEX_HOME: codexHome,
    SCRIPTED_API_KEY: 'not-a-key',
  };
}

async function bridge(home: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<BridgeProcess> {
  const started = await startBridge(tmux, home, args, { env });
  bridges.push(started);
  return started;
}

async function ask(worker: RealAgent): Promise<void> {
  await worker.paste(`SAY: I need a decision.\n${requestBlock(question)}`);
  await worker.waitForScreen(/REQUEST_END/);
  await worker.submit();
}

test('a real codex asks, a real `codex exec` answers, and the worker receives exactly those bytes', async () => {
  const worker = await startCodex({ tmux, server, name: 'worker' });
  await label(worker, 'worker');
  const env = await codexControllerEnvironment();
  const watching = await bridge(makeHome(tmux), ['--session', 'worker', '--controller-backend', 'codex'], env);
  await ask(worker);
  await watching.line('delivered', inState('delivered'), 60_000);
  expect(await worker.waitForMessage('the answer', (message) => message.includes('SQLite'))).toBe(instructions);
  expect({
    ids: requestIds(watching),
    log:
      requestIds(watching).length === 1 ? '' : (await run(tmux, ['log', '--home', join(tmux.folder, 'home')])).stdout,
  }).toMatchObject({ ids: [expect.any(String)] });
  expect(server.calls('controller')).toHaveLength(1);
});

test('the same with a live codex in a controller pane', async () => {
  const worker = await startCodex({ tmux, server, name: 'worker' });
  const controller = await startCodex({ tmux, server, name: 'controller-live' });
  await label(worker, 'worker');
  await label(controller, 'controller');
  const watching = await bridge(makeHome(tmux), [
    '--controller-pane',
    controller.paneId,
    '--controller-backend',
    'pane',
  ]);
  await ask(worker);
  await watching.line('delivered', inState('delivered'), 60_000);
  expect(await worker.waitForMessage('the answer', (message) => message.includes('SQLite'))).toBe(plainInstructions);
  expect(controller.messages()).toHaveLength(1);
  expect(requestIds(watching)).toHaveLength(1);
});

test('the same in manual mode: inbox and outbox', async () => {
  const worker = await startCodex({ tmux, server, name: 'worker' });
  await label(worker, 'worker');
  const home = makeHome(tmux);
  const watching = await bridge(home, ['--mode', 'manual']);
  await ask(worker);
  const asked = await watching.line('asked', inState('asked'), 30_000);
  await waitFor('the inbox has it', () => existsSync(join(home, 'inbox', `${asked.id}.request.md`)));
  writeFileSync(join(home, 'outbox', '.draft'), instructions);
  renameSync(join(home, 'outbox', '.draft'), join(home, 'outbox', `${asked.id}.response.md`));
  expect(await worker.waitForMessage('the answer', (message) => message.includes('SQLite'))).toBe(instructions);
  await waitFor('the pair is archived', () => readdirSync(join(home, 'archive')).length >= 2);
});

test('in a dry run a real codex asks, a real `codex exec` answers, and nothing is typed', async () => {
  const worker = await startCodex({ tmux, server, name: 'worker' });
  await label(worker, 'worker');
  const env = await codexControllerEnvironment();
  const watching = await bridge(makeHome(tmux), ['--dry-run', '--controller-backend', 'codex'], env);
  await ask(worker);
  await watching.line('would send', (line) => line.type === 'would-send', 60_000);
  await watching.stop();
  expect(worker.messages()).toHaveLength(1);
  expect(await worker.screen()).not.toContain('SQLite; one file');
});

test.each([
  ['codex', startCodex],
  ['gemini', startGemini],
] as const)(
  'on an open approval of a real %s nothing is approved and nothing typed, with or without --force',
  async (_, start) => {
    const worker = await start({ tmux, server, name: 'worker' });
    await label(worker, 'worker');
    const home = makeHome(tmux);
    const proof = join(worker.workingFolder, 'proof');
    await worker.type(`RUN ESCALATE: touch ${proof}`);
    await worker.waitForScreen(worker.approval);
    for (const more of [[], ['--force']]) {
      const sent = await run(tmux, ['send', '--home', home, '--pane', worker.paneId, ...more, 'yes, go on']);
      expect(sent.code).toBe(2);
      expect(sent.stderr).toContain('dialog');
    }
    expect(await worker.screen()).toMatch(worker.approval);
    expect(await worker.screen()).not.toContain('yes, go on');
    await worker.deny();
    await worker.waitUntilIdle();
    expect(existsSync(proof)).toBe(false);
  },
);

test.each([
  ['codex', startCodex],
  ['gemini', startGemini],
] as const)('text that begins with ! or / never becomes a command of a real %s', async (_, start) => {
  const worker = await start({ tmux, server, name: 'worker' });
  await label(worker, 'worker');
  const home = makeHome(tmux);
  const proof = join(worker.workingFolder, 'proof');
  const openings = [`!touch ${proof}`, '/quit', '/init now', ` !touch ${proof}`, `\n\n!touch ${proof}`];
  for (const [index, opening] of openings.entries()) {
    const text = `${opening} #${index}`;
    const sent = await run(tmux, ['send', '--home', home, '--pane', worker.paneId, '--wait', '30', text]);
    if (sent.code === 0) {
      await waitFor(`the model is told ${text}`, () => worker.messages().at(-1)?.includes(text.trim()), {
        limitMs: 20_000,
        describe: () => worker.screen(),
      });
      await worker.waitUntilIdle();
    } else {
      expect({ text, code: sent.code, stderr: sent.stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/command/),
      });
      expect(worker.messages().join()).not.toContain(text.trim());
    }
  }
  expect(existsSync(proof)).toBe(false);
  expect(await worker.isIdle()).toBe(true);
});
