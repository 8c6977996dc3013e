import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const execute = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

const shipped = [
  ...['ARCHITECTURE', 'CHANGELOG', 'CONTRIBUTING', 'README', 'SECURITY'].map((page) => `${page}.md`),
  ...['LICENSE', 'bridge.yaml', 'package.json', 'start-controller', 'start-controller.sh', 'start-worker.sh'],
  ...[
    'prompts/controller.md',
    'prompts/worker.md',
    'skills/controller/SKILL.md',
    'skills/mail/SKILL.md',
    'skills/worker/SKILL.md',
  ],
  ...[
    'agent-chat',
    'agent-comms',
    'agent-pane',
    'agent_comms',
    'bridge-from-ssh',
    'bridge-over-ssh',
    'record-screen',
    'start-controller',
    'start-worker',
    'tmux-bridge',
    'wrapper.pl',
  ].map((name) => `scripts/${name}`),
  ...[
    'agent-send',
    'macs-command',
    'macs-common',
    'notify',
    'send',
    'send-message',
    'set_target',
    'snapshot',
    'start_controller',
    'start_worker',
    'status',
    'wrapper',
  ].map((name) => `scripts/${name}.sh`),
  'bridge/demo/scripted-agent.mjs',
  ...['agent', 'codex-screen', 'commands', 'composer', 'keys', 'layout', 'mcp-client', 'rollout', 'surfaces'].map(
    (name) => `bridge/demo/scripted-agent/${name}.mjs`,
  ),
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-package-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a packed tarball holds no runtime files, installs elsewhere, and runs there: version, help, the demo', async () => {
  const packed = await execute('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
  });
  const [{ filename, files }] = JSON.parse(packed.stdout) as [{ filename: string; files: Array<{ path: string }> }];
  const paths = files.map((file) => file.path);
  expect(paths.filter((path) => /^(inbox|outbox|archive|bridge\.db)/.test(path))).toEqual([]);
  // what people meet: the program, its pages, what launchers install, and MACS's paths; nothing that only a clone needs
  expect(paths.filter((path) => !/^(?:dist|docs|tools)\//.test(path)).sort()).toEqual(shipped.sort());
  expect(paths.filter((path) => /^docs\/(?!.*\.(?:md|svg|png)$)|\.compiled$/.test(path))).toEqual([]);
  expect(paths).toEqual(
    expect.arrayContaining(['dist/cli/main.js', 'prompts/controller.md', 'skills/worker/SKILL.md']),
  );

  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  await execute('npm', ['init', '-y'], { cwd: elsewhere });
  await execute('npm', ['install', '--no-fund', '--no-audit', '--prefer-offline', join(folder, filename)], {
    cwd: elsewhere,
  });
  const bridge = join(elsewhere, 'node_modules', '.bin', 'bridge');
  const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder };
  expect((await execute(bridge, ['--version'], { env })).stdout).toMatch(/^\d+\.\d+\.\d+$/m);
  expect((await execute('npx', ['--no-install', 'bridge', '--help'], { cwd: elsewhere, env })).stdout).toContain(
    'Usage: bridge',
  );
  const demo = await execute(bridge, ['demo'], { env, cwd: elsewhere });
  expect(demo.stdout).toContain('asked, answered, delivered once, verified');
}, 180_000);
