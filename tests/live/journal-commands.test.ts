import { chmodSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { inState, run, startBridge } from './bridge-process.ts';
import { eachTestStartsWith, endedWithTest, home, startWatching, startWorker, tmux } from './live-fixture.ts';

/** Far more than it takes, but for a machine with many at work. */
const limitMs = 40_000;

eachTestStartsWith();

const command = (...args: string[]) => run(tmux, [...args, '--home', home]);

/** Twelve requests of August 2026, eight of which have ended: tests/journal/migration.test.ts. */
function fromAugust(): void {
  copyFileSync(join(import.meta.dirname, '../journal/fixtures/schema-1.db'), join(home, 'bridge.db'));
  chmodSync(join(home, 'bridge.db'), 0o600);
}

test('verify audits a home and repairs its views; what it says is for people and machines', async () => {
  fromAugust();
  const found = await command('verify');
  expect(found).toMatchObject({ code: 1 });
  expect(found.stdout).toMatch(/page-missing[\s\S]*why[\s\S]*do {3}[\s\S]*12 requests, 9 deliveries, 87 events/);
  const machine = await command('verify', '--json');
  expect(JSON.parse(machine.stdout).findings).toMatchObject([
    { kind: 'page-missing', target: '20260811T120000.000Z-r00010', nextStep: expect.stringContaining('--repair') },
  ]);
  expect(await command('verify', '--repair')).toMatchObject({ code: 0, stdout: expect.stringContaining('repaired') });
  expect(await command('verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('OK, no problems found') });
  expect(readdirSync(join(home, 'inbox'))).toEqual(['20260811T120000.000Z-r00010.request.md']);
  expect(await run(tmux, ['verify', '--home', join(home, 'nowhere')])).toMatchObject({ code: 64 });
  expect(await command('verify', '--no-such-flag')).toMatchObject({ code: 64 });
});

test('archive moves what ended long ago, and what was archived is still shown', async () => {
  fromAugust();
  await command('requests');
  const pair = '20260801T120000.000Z-r00000.request.md';
  writeFileSync(join(home, 'archive', pair), 'the page', { mode: 0o600 });
  expect((await command('archive', '--dry-run', '--older-than', '1')).stdout).toMatch(/would move 8 threads/);
  const moved = await command('archive', '--older-than', '1', '--json');
  expect(JSON.parse(moved.stdout)).toMatchObject({ threads: 8, files: ['2026-08.db'], pages: 1 });
  expect(readFileSync(join(home, 'archive/2026-08', pair), 'utf8')).toBe('the page');
  expect(readdirSync(join(home, 'archive')).sort()).toEqual(['2026-08', '2026-08.db']);
  expect(JSON.parse((await command('requests', '--all', '--json')).stdout)).toHaveLength(4);
  const shown = await command('show', 'r00000');
  expect(shown.stdout).toMatch(/Question 0\?[\s\S]*Answer 0\.[\s\S]*confirmed on screen/);
  expect((await command('archive', '--older-than', '1')).stdout).toMatch(/moved 0 threads/);
  await command('verify', '--repair');
  expect((await command('verify')).stdout).toMatch(
    /4 requests, 2 deliveries, \d+ events, 15 archived; OK, no problems found/,
  );
  expect(await command('archive', '--older-than', 'x')).toMatchObject({ code: 64 });
});

test('a running bridge archives by itself, once retention-days say so, and never what is open', async () => {
  fromAugust();
  writeFileSync(join(home, 'bridge.yaml'), 'retention-days: 30\nmode: manual\n');
  await tmux.run('new-session', '-d', '-s', 'macs');
  const watching = await startWatching();
  await watching.line('archived', (line) => /8 threads .* moved to archive/.test(String(line.text)));
  const left = JSON.parse((await command('requests', '--json')).stdout) as Array<{ id: string }>;
  // of the four that were open, one was answered and not typed: for a pane that an older bridge named, and none lives
  expect(left).toHaveLength(3);
  expect((await command('verify')).stdout).toMatch(/OK, no problems found/);
});

test('a bridge that is killed while a controller in a pane is asked does not type the request there twice', async () => {
  const agents = await Promise.all(
    ['worker', 'controller'].map(async (name) => {
      return startWorker({ session: name, name, label: name });
    }),
  );
  const [worker, controller] = agents as [(typeof agents)[0], (typeof agents)[0]];
  const args = ['--controller-backend', 'pane', '--controller-pane', controller.paneId];
  const first = endedWithTest(await startBridge(tmux, home, args));
  await worker.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  const asked = await first.line('asked', inState('asked'), limitMs);
  await waitFor('the controller has it', () => controller.inputs().length === 1, { limitMs });
  await first.line(
    'acknowledged',
    (line) => line.type === 'delivery-changed' && line.state === 'acknowledged',
    limitMs,
  );
  await first.stop('SIGKILL');
  const second = endedWithTest(await startBridge(tmux, home, args));
  const response = `<<CONTROLLER_RESPONSE id=${asked.id}>>\nUse SQLite.\n<<CONTROLLER_RESPONSE_END>>`;
  await controller.perform({ play: [{ say: response }], input: 'think' });
  await second.line('delivered', inState('delivered'), limitMs);
  expect(worker.inputs()).toEqual(['Use SQLite.']);
  expect(controller.inputs()).toHaveLength(1);
});
