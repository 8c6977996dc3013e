import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BridgeError } from '../../bridge/core/failure.ts';
import { resolveSocket, socketPathOf } from '../../bridge/tmux/socket.ts';

let folder: string;
let server: Server;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-socket-'));
  server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const fault = (choice: Parameters<typeof resolveSocket>[0]): BridgeError => {
  try {
    resolveSocket(choice);
  } catch (thrown) {
    if (thrown instanceof BridgeError) return thrown;
  }
  throw new Error('no BridgeError');
};

test('--socket wins over TMUX_SOCKET, that over $TMUX, and that over the default', () => {
  const env = { TMUX_SOCKET: '/b', TMUX: '/c,d,12,0', TMUX_TMPDIR: '/e' };
  expect(socketPathOf({ socket: '/a', env })).toBe('/a');
  expect(socketPathOf({ env })).toBe('/b');
  expect(socketPathOf({ socket: null, env: { ...env, TMUX_SOCKET: '' } })).toBe('/c,d');
  expect(socketPathOf({ env: { TMUX_TMPDIR: '/e' } })).toBe(`/e/tmux-${process.getuid?.()}/default`);
  expect(socketPathOf({ env: { TMUX: 'nonsense' } })).toBe(`/tmp/tmux-${process.getuid?.()}/default`);
});

test('the default is where tmux itself puts it', () => {
  const env = { ...process.env, TMUX: undefined, TMUX_TMPDIR: folder };
  try {
    execFileSync('tmux', ['-f', '/dev/null', 'new-session', '-d', 'sleep 100'], { env });
    expect(resolveSocket({ env: { TMUX_TMPDIR: folder } })).toBe(
      execFileSync('tmux', ['display-message', '-p', '#{socket_path}'], { env, encoding: 'utf8' }).trim(),
    );
  } finally {
    execFileSync('tmux', ['kill-server'], { env });
  }
});

test('a socket that is there is taken, a relative path from here', () => {
  expect(resolveSocket({ socket: join(folder, 's'), env: {} })).toBe(join(folder, 's'));
  expect(socketPathOf({ socket: 'x/s', env: {} })).toBe(join(process.cwd(), 'x/s'));
});

test('a socket that is absent, or no socket, is told with where it came from and what to do', () => {
  const absent = fault({ env: { TMUX_SOCKET: join(folder, 'none') } });
  expect(absent.message).toMatch(/no tmux server is running there \(from TMUX_SOCKET\)/);
  expect(absent.nextStep).toMatch(/--socket/);
  writeFileSync(join(folder, 'file'), '');
  expect(fault({ socket: join(folder, 'file'), env: {} }).message).toMatch(/is not a socket/);
  expect(fault({ socket: join(folder, 'file', 's'), env: {} }).message).toMatch(/no tmux server/);
});
