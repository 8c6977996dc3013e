import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { eachTestStartsWith, home, tmux } from './live-fixture.ts';

/** A program that no release of bridge knows: it gets one file and one line in the catalogue, or six lines in bridge.yaml. */
const root = resolve(import.meta.dirname, '../..');
const scripted = fileURLToPath(new URL('../../bridge/demo/scripted-agent.mjs', import.meta.url));

let bridge: string;
let work: string;
eachTestStartsWith();
beforeEach(() => {
  for (const folder of ['package', 'bin', 'work']) mkdirSync(join(tmux.folder, folder));
  bridge = join(tmux.folder, 'package');
  work = join(tmux.folder, 'work');
  for (const name of ['package.json', 'dist', 'prompts', 'scripts', 'skills'])
    cpSync(join(root, name), join(bridge, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(bridge, 'node_modules'));
  symlinkSync(scripted, join(tmux.folder, 'bin', 'hal'));
  symlinkSync(join(root, 'bridge/demo/scripted-agent'), join(tmux.folder, 'bin', 'scripted-agent'));
  execFileSync('git', ['init', '-q', work]);
});

const facts = `{
  composer: { row: '^>(?: |$)|^ {2}', prompt: '^>(?: |$)', indent: '^ {2}', below: 1, cursor: 'shown' },
  busy: { status: ['^[|/\\\\\\\\-] working$'] },
  takesKeysAtOnce: true,
  quietMs: 300,
  quietAloneMs: 600,
  dialogs: [],
  transcript: { input: '^> (.+)$', gutter: 0 },
}`;

function run(...words: string[]): string {
  const env = {
    ...process.env,
    PATH: `${join(tmux.folder, 'bin')}:${process.env.PATH}`,
    HOME: tmux.folder,
    BRIDGE_HOME: home,
  };
  for (const name of ['TMUX', 'TMUX_PANE', 'TMUX_SOCKET']) delete (env as Record<string, unknown>)[name];
  const argv = [join(bridge, 'dist/cli/main.js'), ...words];
  return execFileSync(process.execPath, argv, { cwd: work, env, encoding: 'utf8', timeout: 60_000 });
}

const log = () => join(tmux.folder, 'hal.log');
const words = () => ['--style', 'generic', '--log', log()].flatMap((word) => ['--agent-arg', word]);
const inputs = () =>
  readFileSync(log(), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"input"'))
    .map((line) => JSON.parse(line).input as string);

async function isReadAndDeliveredTo(name: string): Promise<void> {
  const at = ['--socket', tmux.socketPath];
  await waitFor('it rests', () => run('status', ...at, '--json').includes('"idle"'), {
    limitMs: 30_000,
    describe: async () => `${run('status', ...at, '--json')}\n${await tmux.screen('macs:')}`,
  });
  const listed = JSON.parse(run('list', ...at, '--json')) as Array<Record<string, unknown>>;
  expect(listed).toMatchObject([{ label: 'worker', agent: 'hal', state: 'idle' }]);
  expect(JSON.parse(run('status', ...at, '--json'))).toMatchObject({ agent: name, state: 'idle', ready: true });
  const sent = run('send', ...at, '--wait', '20', '--', 'Open the pod bay doors.\nPlease.');
  expect(sent).toMatch(/submitted|delivered|acknowledged/);
  expect(inputs()).toEqual(['Open the pod bay doors.\nPlease.']);
}

test('one file and one line in the catalogue: it is launched, listed, read and delivered to', async () => {
  cpSync(join(root, 'bridge'), join(bridge, 'bridge'), { recursive: true });
  const catalogue = join(bridge, 'bridge/agent-programs');
  writeFileSync(
    join(catalogue, 'hal.ts'),
    `import { declared } from '../screen/declared/reader.ts';
import { generic } from './generic.ts';
export const hal = {
  name: 'hal',
  programs: ['hal'],
  seenWith: [],
  composer: { ...generic.composer, agent: 'hal' },
  screen: declared('hal', ${facts}),
  launch: { executable: 'hal', guarded: [], guardedBy: 'its good will', yolo: ['--yolo'], controller: null,
    install: 'npm install -g hal' },
};
`,
  );
  const list = join(catalogue, 'index.ts');
  const before = readFileSync(list, 'utf8');
  const after = before.replace('AgentProgram[] = [', 'AgentProgram[] = [hal,');
  expect(after).not.toBe(before);
  writeFileSync(list, `import { hal } from './hal.ts';\n${after}`);
  execFileSync(process.execPath, [join(bridge, 'scripts/bundle.mjs')]);

  // wherever the lines end
  expect(run('--help')).toMatch(/hal,\s+codex/);
  expect(run('start', 'worker', '--help')).toMatch(/hal,\s+codex/);
  run(
    'start',
    'worker',
    '--tmux-socket',
    tmux.socketPath,
    '--agent',
    'hal',
    '--no-attach',
    '--skip-skills',
    ...words(),
  );
  await isReadAndDeliveredTo('hal');
});

test('bridge.yaml alone: it is launched by its command, listed, read and delivered to', async () => {
  const settings = JSON.stringify({
    agents: { hal: { programs: ['hal'], screen: new Function(`return ${facts}`)() } },
  });
  writeFileSync(join(home, 'bridge.yaml'), settings);
  run(
    'start',
    'worker',
    '--tmux-socket',
    tmux.socketPath,
    '--agent-command',
    'hal',
    '--no-attach',
    '--skip-skills',
    ...words(),
  );
  await isReadAndDeliveredTo('hal');
});
