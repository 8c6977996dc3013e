import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { protocolVersion } from '../../bridge/server/protocol-version.ts';
import { sendOnly } from '../../bridge/server/send-only.ts';
import { call, pingDaemon } from '../../bridge/server/socket.ts';
import { listeningPath, socketPath, strangerAt } from '../../bridge/server/socket-path.ts';
import { serve } from '../../bridge/server/socket-server.ts';

let folder: string;
const ends: Array<() => unknown> = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-socket-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const socket = () => join(folder, 'bridge.sock');
async function served(path = socket()) {
  const server = await serve(path, {
    echo: async (args) => args,
    say: async ({ length }) => 'x'.repeat(Number(length)),
  });
  ends.push(() => server.close());
  return server;
}
async function connected(path = socket()): Promise<Socket> {
  const one = createConnection(path).on('error', () => {});
  ends.push(() => one.destroy());
  await once(one, 'connect');
  return one;
}
/** Somebody else's: a server that keeps what it is told. */
async function stranger(path: string): Promise<string[]> {
  const heard: string[] = [];
  const server = createServer((one) => one.on('data', (data) => heard.push(String(data))).on('error', () => {}));
  server.listen(path);
  await once(server, 'listening');
  ends.push(() => server.close());
  return heard;
}

function longHome(): string {
  const home = join(folder, 'd'.repeat(60), 'e'.repeat(40));
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return home;
}

test('the socket of a home with a long path is in a private folder, and found from a shell with another runtime folder', async () => {
  vi.stubEnv('XDG_RUNTIME_DIR', folder);
  const home = longHome();
  await served(listeningPath(home));
  const path = socketPath(home);
  expect(Buffer.byteLength(path)).toBeLessThan(104);
  expect(dirname(path)).toBe(join(folder, 'bridge'));
  expect(lstatSync(dirname(path)).mode & 0o777).toBe(0o700);
  expect(lstatSync(path).mode & 0o777).toBe(0o600);
  vi.stubEnv('XDG_RUNTIME_DIR', '');
  expect(await call(socketPath(home), 'echo', { a: 1 })).toEqual({ ok: { a: 1 } });
});

test('of a long home in which no bridge has listened, no path in a common folder is tried', async () => {
  vi.stubEnv('XDG_RUNTIME_DIR', folder);
  expect(dirname(socketPath(longHome()))).toBe(join(folder, 'bridge'));
  expect(await call(socketPath(longHome()), 'echo', {})).toBeNull();
});

test('a runtime folder that is a link or too long is refused with the next step', () => {
  vi.stubEnv('XDG_RUNTIME_DIR', folder);
  symlinkSync(tmpdir(), join(folder, 'bridge'));
  expect(() => listeningPath(longHome())).toThrow(/is not a folder of its own/);
  const deep = join(folder, 'x'.repeat(60));
  mkdirSync(deep);
  vi.stubEnv('XDG_RUNTIME_DIR', deep);
  expect(() => listeningPath(longHome())).toThrow(/has more than 100 bytes/);
});

test('nothing is said to a socket in a folder that others may write to, nor served there', async () => {
  const heard = await stranger(socket());
  chmodSync(folder, 0o777);
  await expect(call(socket(), 'echo', { secret: 1 })).rejects.toThrow(/others may write to: nothing is said/);
  await expect(pingDaemon(socket())).rejects.toThrow(/others may write to/);
  expect(await sendOnly(socket(), 'signal', {}, 250)).toBe('no-daemon');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(heard).toEqual([]);
  await expect(serve(join(folder, 'mine.sock'), {})).rejects.toThrow(/others may write to/);
});

test.runIf(process.getuid?.() === 0)(
  "nothing is said to another user's socket, or in another user's folder",
  async () => {
    const heard = await stranger(socket());
    chownSync(socket(), 12_345, 12_345);
    await expect(call(socket(), 'echo', { secret: 1 })).rejects.toThrow(/belongs to another user/);
    chownSync(socket(), 0, 0);
    chownSync(folder, 12_345, 12_345);
    await expect(call(socket(), 'echo', { secret: 1 })).rejects.toThrow(/folder of another user/);
    chownSync(folder, 0, 0);
    expect(heard).toEqual([]);
  },
);

test('what is no socket is no bridge, and is said', () => {
  writeFileSync(socket(), '');
  expect(strangerAt(socket())).toBe('is not a socket');
  expect(strangerAt(join(folder, 'absent'))).toBeNull();
});

test('a bridge that does not answer is reported within five seconds, with what to do', async () => {
  await stranger(socket());
  const startedAt = Date.now();
  const fault = await call(socket(), 'echo', {}).catch((cause) => cause);
  expect(fault).toMatchObject({ reason: expect.stringMatching(/has not answered within 4 s/) });
  expect(fault.nextStep).toMatch(/kill -9/);
  expect(Date.now() - startedAt).toBeLessThan(5_000);
}, 10_000);

test.runIf(process.platform === 'linux')(
  'one that was stopped is named, and how it goes on',
  async () => {
    const script = `require('net').createServer(() => {}).listen(process.argv[1], () => { console.log('on'); process.kill(process.pid, 'SIGSTOP'); })`;
    const child: ChildProcess = spawn(process.execPath, ['-e', script, socket()]);
    ends.push(() => child.kill('SIGKILL'));
    await once(child.stdout!, 'data');
    writeFileSync(join(folder, 'daemon.json'), JSON.stringify({ pid: child.pid }));
    const fault = await pingDaemon(socket()).catch((cause) => cause);
    expect(fault).toMatchObject({ target: `process ${child.pid}`, reason: expect.stringMatching(/is stopped/) });
    expect(fault.nextStep).toContain(`kill -CONT ${child.pid}`);
  },
  10_000,
);

test('a line that is not ended in time is hung up on, as is a caller that says nothing; who waits for an answer is not', async () => {
  const server = await serve(socket(), {
    wait: (_args, closed) => new Promise((resolve) => closed.addEventListener('abort', () => resolve(null))),
  });
  ends.push(() => server.close());
  const silent = await connected();
  const half = await connected();
  half.write('{"id":1,');
  const trickle = setInterval(() => half.write(' '), 500);
  ends.push(() => clearInterval(trickle));
  const waits = await connected();
  waits.write(`{"id":1,"verb":"wait","protocol":${protocolVersion}}\n`);
  // `once` would take what a write into the closed connection says for the end
  const closed = (one: Socket) => new Promise<void>((resolve) => one.once('close', () => resolve()));
  await Promise.all([silent, half].map(closed));
  expect(waits.destroyed).toBe(false);
}, 15_000);

test('lines that are not ended cost no more than they may together, and others are served', async () => {
  await served();
  const hung: Socket[] = [];
  for (let n = 0; n < 24; n++) {
    const one = await connected();
    one.on('close', () => hung.push(one));
    one.write(Buffer.alloc(3_900_000, 'x'));
  }
  await vi.waitFor(() => expect(hung.length).toBeGreaterThanOrEqual(15), { timeout: 4_000 });
  expect(await call(socket(), 'echo', { a: 1 })).toEqual({ ok: { a: 1 } });
}, 15_000);

test('a caller that asks and asks, and reads nothing, is hung up on', async () => {
  await served();
  const one = await connected();
  one.pause();
  const closed = new Promise((resolve) => one.once('close', resolve));
  for (let n = 0; n < 300 && !one.destroyed; n++) {
    one.write(`{"id":${n},"verb":"say","args":{"length":1000000},"protocol":${protocolVersion}}\n`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  one.resume();
  await closed;
  expect(await call(socket(), 'echo', { a: 1 })).toEqual({ ok: { a: 1 } });
  expect(existsSync(socket())).toBe(true);
}, 20_000);

test.each(['no json', '[]', '{"id":1}', 'null', '{"id":"1","verb":"echo"}'])(
  'a line that is no call (%s) is told how one looks, and the next is heard',
  async (line) => {
    await served();
    const one = await connected();
    const replies: string[] = [];
    one.on('data', (data) => replies.push(...String(data).trim().split('\n')));
    one.write(`${line}\n${JSON.stringify({ id: 7, verb: 'echo', args: { a: 1 }, protocol: protocolVersion })}\n`);
    await vi.waitFor(() => expect(replies).toHaveLength(2));
    const said = replies.map((reply) => JSON.parse(reply)).sort((a, b) => a.id - b.id);
    expect(said).toMatchObject([
      { id: -1, fault: { message: expect.stringContaining('is no call'), exitCode: 64 } },
      { id: 7, ok: { a: 1 } },
    ]);
  },
);
