import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from './bridge-process.ts';
import { eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

eachTestStartsWith({ yaml: 'mode: manual\nlimits: { per-day: 20 }\n', worker: {} });

const doctor = async () => (await run(tmux, ['doctor'], { env: { BRIDGE_HOME: home } })).stdout.split('\n');

test('doctor says which bridge runs, which configuration counts and why, and which hooks are installed', async () => {
  const before = await doctor();
  expect(before).toContain(`ok   bridge: none runs for ${home}`);
  expect(before.find((line) => line.includes('hooks of agents'))).toMatch(/^ok .*none are installed/);
  const watching = await startWatching();
  mkdirSync(join(tmux.folder, '.claude'));
  writeFileSync(join(tmux.folder, '.claude', 'settings.json'), '{}\n');
  await run(tmux, ['hooks', 'install', 'claude'], { env: { BRIDGE_HOME: home } });
  const after = await doctor();
  expect(after.find((line) => line.startsWith('ok   bridge: '))).toMatch(
    new RegExp(`^ok   bridge: process ${watching.child.pid}, version [\\d.]+, of ${home}$`),
  );
  expect(after).toContain(
    `ok   configuration: ${home} (named by BRIDGE_HOME); environment: BRIDGE_HOME, TMUX_SOCKET; ${home}/bridge.yaml: mode, limits.per-day; everything else is default`,
  );
  expect(after).toContain(`ok   hooks of claude: installed in ${join(tmux.folder, '.claude', 'settings.json')}`);
  // installed for another state directory
  const other = await run(tmux, ['doctor', '--home', join(tmux.folder, 'other')]);
  expect(other.stdout).toMatch(/^note hooks of claude: .*another state directory\n +→ bridge hooks install claude$/m);
  expect(other.stdout).toContain('flags: --home');
});
