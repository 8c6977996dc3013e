import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { programNamed } from '../../bridge/agent-programs/index.ts';
import { blocksOf } from '../fixtures/pages.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type Ran, runAsPerson } from '../live/as-person.ts';
import { type BridgeProcess, inState, type Line, makeHome, program, run, startBridge } from '../live/bridge-process.ts';
import { followDirectives } from './directives.ts';
import { dropKey } from './first-dialogs.ts';
import { isWanted } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { type Prepared, prepareAgent } from './real-agents.ts';

/** The README's quick start with a real Claude Code: in the pane, and as the controller. */

const question = 'Which database should the service use? One user, no server.';
const instructions = 'Use SQLite: one user, one file; 日本語, $(x) & "quotes".';

/** README's quick start, command by command, and the task that it gives to the worker. */
const quickStart = blocksOf('README.md').flatMap(({ mark, commands }) => (mark === 'agent' ? commands : []));
const task = /bridge send .*"(.*)"/.exec(quickStart.map(({ text }) => text).join('\n'))![1]!;

let server: ModelServer;
let tmux: PrivateTmux;
let home: string;
let bridge: BridgeProcess | null;

beforeEach(async () => {
  server = await modelServer((call) => {
    const id = /\b(\d{8}T\d{6}\.\d{3}Z-[a-z0-9]{6})\b/.exec(call.message)?.[1];
    if (call.message === task) return [{ say: `<<CONTROLLER_REQUEST>>\n${question}\n<<CONTROLLER_REQUEST_END>>` }];
    if (id === undefined) return followDirectives(call);
    const said = `WORKER INSTRUCTIONS:\n${instructions}\nNOTES:\nFor the human only.`;
    return [{ say: `<<CONTROLLER_RESPONSE id=${id}>>\n${said}\n<<CONTROLLER_RESPONSE_END>>` }];
  });
  tmux = privateTmux();
  home = makeHome(tmux);
  bridge = null;
});
afterEach(async () => {
  await bridge?.stop('SIGKILL');
  await tmux.stop();
  await server.close();
});

const session = 'macs';
const screen = (window = 'worker') => tmux.screen(`=${session}:${window}`);
const shows = (pattern: RegExp, window = 'worker') =>
  waitFor(`the ${window} shows ${pattern}`, async () => pattern.test(await screen(window)), {
    limitMs: 60_000,
    everyMs: 50,
    describe: () => screen(window),
  });

/** A folder in which Claude Code has never run. */
async function newFolder(environment: Record<string, string> = {}): Promise<Prepared> {
  const place = await knownFolder(environment);
  dropKey(join(place.home, '.claude.json'), 'projects');
  return place;
}

async function knownFolder(environment: Record<string, string> = {}): Promise<Prepared> {
  const place = await prepareAgent('claude', { tmux, server, name: 'worker', environment });
  const PATH = `${dirname(place.binary)}:${place.environment.PATH}`;
  return { ...place, environment: { ...place.environment, PATH, BRIDGE_HOME: home } };
}

const typed = ({ environment: env, workingFolder: cwd }: Prepared, ...args: string[]) => run(tmux, args, { env, cwd });

async function watch({ environment, workingFolder }: Prepared): Promise<BridgeProcess> {
  const env = { ...environment, ANTHROPIC_BASE_URL: server.url('controller') };
  bridge = await startBridge(tmux, home, ['--session', session, '--agent', 'claude'], { env, cwd: workingFolder });
  return bridge;
}

const isAsked = (line: Line) => inState('asked')(line);

/** One command of README, as a person types it in a shell. */
async function types(place: Prepared, text: string): Promise<Ran> {
  const programs = join(place.home, 'bin');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'bridge'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
  const env = {
    ...place.environment,
    PATH: `${programs}:${place.environment.PATH}`,
    XDG_RUNTIME_DIR: tmux.folder,
    TMUX_SOCKET: tmux.socketPath,
  };
  return runAsPerson(['/bin/bash', '-c', text], { cwd: place.workingFolder, env });
}

/** The request that waits for a person. */
async function asked(place: Prepared, before: string | null): Promise<string> {
  return waitFor(
    'the worker asks',
    async () => {
      const open = JSON.parse((await types(place, 'bridge requests --json')).stdout) as Array<Record<string, string>>;
      return open.find(({ state, id }) => state === 'asked' && id !== before)?.id;
    },
    { limitMs: 60_000, describe: screen },
  );
}

describe.runIf(isWanted('claude'))('with a real claude', () => {
  test('README’s quick start runs as it stands there, up to the receipt of the answer', async () => {
    const prepared = await newFolder();
    const place = { ...prepared, workingFolder: join(prepared.home, 'my-project') };
    mkdirSync(join(place.workingFolder, '.git'), { recursive: true });
    let id: string | null = null;
    let said = '';
    for (const { text } of quickStart) {
      if (text.startsWith('bridge run ')) {
        const env = { ...place.environment };
        bridge = await startBridge(tmux, home, text.split(' ').slice(2), { env, cwd: place.workingFolder });
        id = await asked(place, id);
        continue;
      }
      const ran = await types(place, text.replace('7f3k9q', id?.slice(-6) ?? ''));
      expect(ran.code, `${text}\n${ran.stdout}${ran.stderr}`).toBe(0);
      said = ran.stdout;
      if (text.startsWith('bridge send')) id = await asked(place, id);
    }
    expect(said).toContain(question);
    expect(said).toMatch(/^receipt confirmed on screen at [\s\S]*Use SQLite: one user, one file\./m);
    await waitFor('the worker has it', () => server.messages('worker').length === 2, { describe: screen });
    expect(server.messages('worker')).toEqual([task, 'Use SQLite: one user, one file.']);
  });

  test.each([
    ['as it is', {}],
    ['with its native cursor', { CLAUDE_CODE_NATIVE_CURSOR: '1' }],
    ['without the alternate screen', { CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN: '1' }],
  ])(
    'a worker %s is trusted by a person, asks, and gets the answer of `claude -p`, exactly and once',
    async (_, more) => {
      const place = await newFolder(more);
      const started = await typed(place, 'start', 'worker', '--no-attach', '--agent', 'claude');
      expect(started, started.stderr).toMatchObject({ code: 0 });
      expect(started.stdout).toContain('started claude --permission-mode default');
      const watching = await watch(place);

      const trust = await watching.line('the trust dialog is yours', isAsked, 60_000);
      expect(JSON.parse((await typed(place, 'show', String(trust.id), '--json')).stdout)).toMatchObject({
        dialog: { kind: 'trust', options: [{ label: 'No, exit' }, { label: 'Yes, I trust this folder' }] },
      });
      const chosen = await typed(place, 'answer', String(trust.id), '--choose', 'Yes, I trust this folder');
      expect(chosen, chosen.stderr).toMatchObject({ code: 0 });

      const sent = await typed(place, 'send', '--wait', '60', `BLOCK: ${question}`);
      expect(sent, sent.stderr).toMatchObject({ code: 0 });
      const isDelivered = (line: Line) => inState('delivered')(line) && line.id !== trust.id;
      await watching.line('the answer is delivered', isDelivered, 60_000);
      await waitFor('the worker has it', () => server.messages('worker').includes(instructions), { describe: screen });
      expect(server.messages('worker')).toEqual([`BLOCK: ${question}`, instructions]);
      expect(server.calls('controller').at(-1)?.messages.at(-1)).toContain(question);
      const open = await waitFor('nothing is open', async () => {
        const { stdout } = await typed(place, 'requests', '--json');
        return JSON.parse(stdout).length === 0;
      });
      expect(open).toBe(true);
    },
  );

  test('a live controller of `start controller` answers in its own pane, and a worker goes on with its session', async () => {
    const place = await knownFolder();
    expect(await typed(place, 'start', 'worker', '--no-attach', '--agent', 'claude')).toMatchObject({ code: 0 });
    await shows(/^❯\u00a0/m);
    const controller = await typed(place, 'start', 'controller', '--no-attach', '--agent', 'claude');
    expect(controller, controller.stderr).toMatchObject({ code: 0 });
    await shows(/^● Understood: Read \.codex\/prompts/m, 'controller');
    const watching = await watch(place);
    expect(await typed(place, 'send', '--wait', '60', `BLOCK: ${question}`)).toMatchObject({ code: 0 });
    const answered = await watching.line('it is delivered', inState('delivered'), 60_000);
    expect(answered.answeredBy).toBe('controller:pane');
    await waitFor('the worker has it', () => server.messages('worker').includes(instructions), { describe: screen });
    expect(server.calls('controller')).toEqual([]);

    expect((await typed(place, 'list')).stdout).toMatch(new RegExp(` worker +claude .* ${place.version} `));

    // what it is started with to go on where it was
    const { guarded } = programNamed('claude')!.launch!;
    const words = [place.binary, ...guarded!, '--continue'].join(' ');
    await tmux.run('kill-pane', '-t', `=${session}:worker`);
    await tmux.run('new-window', '-d', '-n', 'again', '-t', `=${session}:`, '-c', place.workingFolder, words);
    await shows(/^❯\u00a0/m, 'again');
  });

  test('a worker asks before it acts, and with --yolo is not started behind a warning that nobody has read', async () => {
    const place = await knownFolder({ IS_SANDBOX: '1' });
    expect(await typed(place, 'start', 'worker', '--no-attach', '--agent', 'claude')).toMatchObject({ code: 0 });
    expect(await typed(place, 'send', '--wait', '60', 'RUN: touch proof')).toMatchObject({ code: 0 });
    await shows(/Do you want to proceed\?/);
    expect(existsSync(join(place.workingFolder, 'proof'))).toBe(false);

    const again = await typed(
      place,
      'start',
      'worker',
      '--no-attach',
      '--agent',
      'claude',
      '--reset-session',
      '--yolo',
    );
    expect(again.stdout).toContain('started claude --dangerously-skip-permissions');
    await shows(/WARNING: Claude Code running in Bypass Permissions mode/);
    const sent = await typed(place, 'send', '--force', 'RUN: touch proof');
    expect(sent).toMatchObject({ code: 2 });
    expect(existsSync(join(place.workingFolder, 'proof'))).toBe(false);
  });
});
