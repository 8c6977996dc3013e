import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PaneId, serverId } from '../../bridge/core/ids.ts';
import type { PaneIdentity } from '../../bridge/core/pane.ts';
import { PaneLocks } from '../../bridge/host/pane-locks.ts';
import { runtimeFolder } from '../../bridge/host/runtime-folder.ts';

const root = resolve(import.meta.dirname, '../..');
let base: string;
let folder: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'bridge-locks-'));
  folder = join(base, 'bridge');
});
afterEach(() => rmSync(base, { recursive: true }));

const pane = (change: Partial<PaneIdentity> = {}): PaneIdentity => ({
  socketPath: '/run/tmux/default',
  host: 'here',
  server: serverId(100, 1),
  paneId: '%3' as PaneId,
  panePid: 200,
  agentPid: 300,
  agentStartedAt: '1',
  ...change,
});

/** The real class, compiled for a process of its own; below node_modules so that the library is found from there. */
async function inAnotherProcess(then: string): Promise<{ kill(): Promise<void>; say: string[] }> {
  const out = mkdtempSync(join(root, 'node_modules', '.bridge-locks-'));
  try {
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      build: { ssr: 'bridge/host/pane-locks.ts', outDir: out, emptyOutDir: false },
    });
    const code = `
      const { PaneLocks } = await import(${JSON.stringify(join(out, readdirSync(out)[0]!))});
      const lock = await new PaneLocks(${JSON.stringify(folder)}).tryAcquire(${JSON.stringify(pane())});
      ${then}
      console.log(lock ? 'held' : 'refused');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await once(child.stdout, 'data');
    return {
      say: [String(said).trim()],
      async kill() {
        child.kill('SIGKILL');
        await once(child, 'exit');
      },
    };
  } finally {
    rmSync(out, { recursive: true });
  }
}

test('the lock of a process that was killed is free at once, and what it left is tidied', async () => {
  const child = await inAnotherProcess('');
  expect(child.say).toEqual(['held']);
  const locks = new PaneLocks(folder);
  expect(await locks.tryAcquire(pane())).toBeNull();
  await child.kill();
  expect(readdirSync(folder)).toHaveLength(1);
  const lock = await locks.tryAcquire(pane());
  expect(lock).not.toBeNull();
  lock!.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('another process is refused while we hold the pane', async () => {
  const lock = await new PaneLocks(folder).tryAcquire(pane());
  const child = await inAnotherProcess('');
  expect(child.say).toEqual(['refused']);
  await child.kill();
  lock!.release();
});

test('two holders in one process, even through two objects, are two holders', async () => {
  const first = await new PaneLocks(folder).tryAcquire(pane());
  const other = new PaneLocks(folder);
  expect(await other.tryAcquire(pane())).toBeNull();
  expect(await other.tryAcquire(pane())).toBeNull();
  first!.release();
  const second = await other.tryAcquire(pane());
  expect(second).not.toBeNull();
  expect(await new PaneLocks(folder).tryAcquire(pane())).toBeNull();
  second!.release();
});

test('a release that is called twice does not free the next holder', async () => {
  const locks = new PaneLocks(folder);
  const first = await locks.tryAcquire(pane());
  first!.release();
  const second = await locks.tryAcquire(pane());
  first!.release();
  expect(await locks.tryAcquire(pane())).toBeNull();
  second!.release();
});

test('the lock is the pane, not the agent in it: another agent in the same pane waits, another pane does not', async () => {
  const locks = new PaneLocks(folder);
  const lock = await locks.tryAcquire(pane());
  expect(await locks.tryAcquire(pane({ agentPid: 999, agentStartedAt: '2' }))).toBeNull();
  for (const change of [
    { paneId: '%4' as PaneId },
    { server: serverId(101, 1) },
    { server: serverId(100, 2) },
    { host: 'there' },
    { panePid: 201 },
  ]) {
    const other = await locks.tryAcquire(pane(change));
    expect(other).not.toBeNull();
    other!.release();
  }
  lock!.release();
});

test('what killed holders of other panes left is tidied, held locks and foreign files are not', async () => {
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, `${'0'.repeat(32)}.lock`), '');
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  const held = await new PaneLocks(folder).tryAcquire(pane());
  expect(readdirSync(folder)).toHaveLength(2);
  const other = await new PaneLocks(folder).tryAcquire(pane({ paneId: '%9' as PaneId }));
  expect(await new PaneLocks(folder).tryAcquire(pane())).toBeNull();
  other!.release();
  held!.release();
  expect(readdirSync(folder)).toEqual(['notes.txt']);
});

test('a link or a file in the place of the folder is refused', async () => {
  mkdirSync(join(base, 'elsewhere'));
  symlinkSync(join(base, 'elsewhere'), folder);
  await expect(new PaneLocks(folder).tryAcquire(pane())).rejects.toThrow(/is not a folder of its own/);
  rmSync(folder);
  writeFileSync(folder, '');
  await expect(new PaneLocks(folder).tryAcquire(pane())).rejects.toThrow(/is not a folder of its own/);
  expect(readdirSync(join(base, 'elsewhere'))).toEqual([]);
});

test('a folder that is open to others is closed to them', async () => {
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  (await new PaneLocks(folder).tryAcquire(pane()))!.release();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a folder that cannot be made is a fault with its reason, not a lock', async () => {
  await expect(new PaneLocks(join(base, 'no', 'such')).tryAcquire(pane())).rejects.toThrow(/lock: .*ENOENT/);
});

test('the folder is that of XDG_RUNTIME_DIR if it is ours, and a name with the user id elsewhere', () => {
  expect(runtimeFolder({ XDG_RUNTIME_DIR: base })).toBe(join(base, 'bridge'));
  expect(runtimeFolder({ XDG_RUNTIME_DIR: join(base, 'gone') })).not.toContain('gone');
  expect(runtimeFolder({ XDG_RUNTIME_DIR: 'relative' })).toMatch(/^\//);
});
