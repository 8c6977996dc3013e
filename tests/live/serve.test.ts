import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { makeHome, run, startBridge } from './bridge-process.ts';

/** `bridge serve` as people start and stop it. */

let tmux: PrivateTmux;
let home: string;
beforeEach(() => {
  tmux = privateTmux();
  home = makeHome(tmux, 'mode: manual\n');
});
afterEach(async () => {
  await bridge('stop');
  await tmux.stop();
});

const bridge = (...args: string[]) => run(tmux, [...args, '--home', home]);
const json = async (...args: string[]) => JSON.parse((await bridge(...args, '--json')).stdout);
const file = (name: string) => join(home, name);
const health = async (url: string) => (await fetch(`${url}/health`)).status;

test('in the background it keeps every option, listens before its pid is there, and ends without a trace', async () => {
  const begun = await json('serve', '--detach', '--port', '0', '--host', 'localhost', '--log', file('events.log'));
  expect(begun).toMatchObject({
    url: expect.stringMatching(/^http:\/\/localhost:\d+$/),
    adminToken: file('admin.token'),
  });
  expect(readFileSync(file('server.pid'), 'utf8')).toBe(`${begun.pid}\n`);
  expect(await health(begun.url)).toBe(200);
  expect(readFileSync(file('server.log'), 'utf8')).toContain(begun.url);
  expect(existsSync(file('events.log'))).toBe(true);
  expect(statSync(file('admin.token')).mode & 0o777).toBe(0o600);
  expect(await json('status', '--server')).toMatchObject({ url: begun.url, bridge: true });
  const token = readFileSync(file('admin.token'), 'utf8').trim();
  const seen = await fetch(`${begun.url}/api/v1/overview`, { headers: { authorization: `Bearer ${token}` } });
  expect(await seen.json()).toMatchObject({ pid: begun.pid, home });
  // a second one says that it is open, and the first goes on
  expect(await bridge('serve', '--detach', '--port', '0')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is open already'),
  });
  expect(await health(begun.url)).toBe(200);
  expect(await bridge('stop')).toMatchObject({ code: 0 });
  await expect(health(begun.url)).rejects.toThrow();
  expect([existsSync(file('server.pid')), existsSync(file('bridge.sock'))]).toEqual([false, false]);
  // the token is that of the next start, too
  await json('serve', '--detach', '--port', '0');
  expect(readFileSync(file('admin.token'), 'utf8').trim()).toBe(token);
});

test('a bridge that runs opens the port and closes it again, and goes on', async () => {
  const running = await startBridge(tmux, home, []);
  expect(await bridge('status', '--server')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('bridge serve'),
  });
  const opened = await json('serve', '--port', '0');
  expect(readFileSync(file('server.pid'), 'utf8')).toBe(`${running.child.pid}\n`);
  expect(await health(opened.url)).toBe(200);
  expect(await bridge('stop', '--server')).toMatchObject({
    code: 0,
    stdout: 'the server is closed; the bridge goes on\n',
  });
  await expect(health(opened.url)).rejects.toThrow();
  expect(await bridge('stop', '--server')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no server is open'),
  });
  const again = await json('serve', '--port', String(opened.port));
  expect([again.url, await health(again.url)]).toEqual([opened.url, 200]);
  expect(await running.stop()).toBe(0);
  expect(existsSync(file('server.pid'))).toBe(false);
});

test('a port that is taken, a network without TLS and a file that is broken are refused, and nothing is left running', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const port = String((taken.address() as AddressInfo).port);
  for (const detach of [[], ['--detach']])
    expect(await bridge('serve', '--port', port, ...detach)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('another program listens there'),
    });
  taken.close();
  const refused = async (words: string[], ...args: string[]) => {
    const { code, stderr } = await bridge('serve', '--port', '0', ...args);
    expect([args, code, words.filter((word) => !stderr.includes(word))]).toEqual([args, 64, []]);
  };
  await refused(['without TLS', '--insecure-network'], '--host', '0.0.0.0');
  await refused(['belong together'], '--tls-cert', 'x.pem');
  await refused(['port'], '--port', 'many');
  await refused(['is not there'], '--config', 'nowhere.yaml');
  writeFileSync(file('broken.yaml'), 'server: { port: 99999 }\n');
  await refused(['broken.yaml:1', 'server.port'], '--config', file('broken.yaml'));
  expect(await bridge('serve', '--port', '0', '--tls-cert', 'x.pem', '--tls-key', 'y.pem')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--tls-cert'),
  });
  expect(await bridge('status', '--server')).toMatchObject({ code: 1 });
  expect(existsSync(file('bridge.sock'))).toBe(false);
});

const certificate = () => {
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...[
      '-subj',
      '/CN=hub.test',
      '-addext',
      'subjectAltName=DNS:hub.test',
      '-keyout',
      file('key.pem'),
      '-out',
      file('cert.pem'),
    ],
  ]);
  return made.status === 0;
};

test.runIf(spawnSync('openssl', ['version']).status === 0)(
  'with TLS it may be reached from the network, by its own names',
  async () => {
    expect(certificate()).toBe(true);
    const tls = ['--tls-cert', file('cert.pem'), '--tls-key', file('key.pem')];
    const { port } = await json('serve', '--detach', '--port', '0', '--host', '0.0.0.0', ...tls);
    const ca = readFileSync(file('cert.pem'));
    const status = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const options = { host: '127.0.0.1', port, path: '/health', ca, servername: 'hub.test', headers: { host } };
        request(options, (reply) => {
          reply.resume();
          resolve(reply.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect([await status(`127.0.0.1:${port}`), await status(`evil.example:${port}`)]).toEqual([200, 421]);
  },
);

test('--insecure-network is said at every start', async () => {
  await json('serve', '--detach', '--port', '0', '--host', '0.0.0.0', '--insecure-network');
  await waitFor('it is said', () =>
    readFileSync(file('server.log'), 'utf8').includes('open to the network without TLS'),
  );
});
