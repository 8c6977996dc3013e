import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimHome } from '../../bridge/host/instance.ts';
import { protocolVersion } from '../../bridge/server/protocol-version.ts';
import { call } from '../../bridge/server/socket.ts';
import { socketPath } from '../../bridge/server/socket-path.ts';
import { serve } from '../../bridge/server/socket-server.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bridge-instance-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const holder = { pid: process.pid, session: 'macs', since: '2026-11-21T00:00:00Z' };

test('a second bridge on the same home is told who holds it', () => {
  const first = claimHome(home, holder);
  expect(() => claimHome(home, holder)).toThrow(
    `is already in use by another bridge (pid ${process.pid}, session macs)`,
  );
  first.release();
  claimHome(home, holder).release();
});

test('the lock of a killed holder is free at once', async () => {
  const code = `
    import { DatabaseSync } from '@photostructure/sqlite';
    globalThis.kept = new DatabaseSync(process.argv[1]); kept.exec('BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, join(home, 'daemon.lock')], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(() => claimHome(home, holder)).toThrow(/is already in use by/);
  child.kill('SIGKILL');
  await once(child, 'exit');
  claimHome(home, holder).release();
});

test('a verb is answered over the socket, and its fault arrives with its exit code', async () => {
  const path = socketPath(home);
  const server = await serve(path, {
    double: async (args) => Number(args.n) * 2,
    fail: async () => {
      throw new Error('what: target: reason');
    },
  });
  expect(await call(path, 'double', { n: 21 })).toEqual({ ok: 42 });
  await expect(call(path, 'fail', {})).rejects.toThrow('what: target: reason');
  await expect(call(path, 'toString', {})).rejects.toThrow('unknown method');
  await server.close();
  expect(await call(path, 'double', { n: 21 })).toBeNull();
});

test('a caller who hangs up is noticed by the verb', async () => {
  const path = socketPath(home);
  let noticed: () => void = () => {};
  const hungUp = new Promise<void>((resolve) => {
    noticed = resolve;
  });
  let begun: () => void = () => {};
  const began = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const server = await serve(path, {
    wait: (_, closed) => {
      begun();
      return new Promise((resolve) => {
        closed.addEventListener('abort', () => {
          noticed();
          resolve(null);
        });
      });
    },
  });
  const { createConnection } = await import('node:net');
  const socket = createConnection(path);
  socket.write(`{"id":1,"verb":"wait","args":{},"protocol":${protocolVersion}}\n`);
  await began;
  socket.destroy();
  await hungUp;
  await server.close();
});

test('a home too deep for a socket name gets one in the runtime folder', () => {
  expect(socketPath(home)).toBe(join(home, 'bridge.sock'));
  expect(socketPath(join(home, 'x'.repeat(120))).length).toBeLessThan(108);
});
