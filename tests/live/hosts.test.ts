import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux } from '../fixtures/private-tmux.ts';
import { canServeSsh, knowHost, type SshServer, startSshServer } from '../fixtures/ssh-host.ts';
import { makeHome, run, startBridge } from './bridge-process.ts';

if (!canServeSsh) console.warn('other hosts: not tried, for it takes root and openssh-server');

let tmux: PrivateTmux;
let server: SshServer;

beforeEach(async () => {
  tmux = privateTmux();
});
afterEach(async () => {
  await tmux.stop();
});

const yaml = (options: readonly string[], more: object = {}) =>
  `hosts: ${JSON.stringify({ box: { ssh: 'root@127.0.0.1', options, socket: tmux.socketPath, ...more } })}\n`;

/** `bridge hosts …` in a home with this bridge.yaml. */
function hosts(file: string, ...words: string[]) {
  return run(tmux, ['hosts', ...words, '--home', makeHome(tmux, file)]);
}

test('hosts of bridge.yaml are listed; an unknown one is named with those there are; none is said', async () => {
  const file = 'hosts:\n  gpu: ada@gpu.example.org\n  box: {ssh: box, options: [-p, "2222"], socket: /tmp/work}\n';
  const listed = await hosts(file);
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  expect(listed.stdout.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['HOST', 'SSH', 'SOCKET'],
    ['gpu', 'ada@gpu.example.org'],
    ['box', '-p 2222 box', '/tmp/work'],
    [''],
  ]);
  expect(JSON.parse((await hosts(file, '--json')).stdout)).toEqual([
    { name: 'gpu', ssh: 'ada@gpu.example.org', options: [], socket: null, away: null },
    { name: 'box', ssh: 'box', options: ['-p', '2222'], socket: '/tmp/work', away: null },
  ]);
  const unknown = await hosts(file, 'check', 'gpus');
  expect(unknown.code).toBe(64);
  expect(unknown.stderr).toContain("unknown host 'gpus'");
  expect(unknown.stderr).toContain("did you mean 'gpu'?");
  expect((await hosts('mode: auto\n')).stdout).toContain('no other host');
});

describe.skipIf(!canServeSsh)('over ssh', () => {
  beforeEach(async () => {
    server = await startSshServer(tmux.folder);
  });
  afterEach(() => server.stop());

  test('a host that is known and lets in is looked at, with a bridge running and without', async () => {
    knowHost(server);
    await tmux.run('new-session', '-d', '-s', 'far', 'sh');
    await tmux.run('split-window', '-d', '-t', '=far:', 'sh');
    const id = (await tmux.run('display-message', '-p', '#{pid}@#{start_time}')).trim();
    const found = await hosts(yaml(server.options), 'check', '--json');
    expect(found).toMatchObject({ code: 0, stderr: '' });
    const expected = {
      is: 'reached',
      system: 'Linux',
      user: 'root',
      clockAheadS: 0,
      tmux: { path: expect.stringMatching(/\/tmux$/), version: expect.stringMatching(/^tmux \d/) },
      server: { id, panes: 2 },
      noServer: null,
      hasProcesses: true,
    };
    expect(JSON.parse(found.stdout)).toMatchObject([{ name: 'box', check: expected }]);

    const bridge = await startBridge(tmux, makeHome(tmux, yaml(server.options)), ['--mode', 'manual']);
    const beside = await hosts(yaml(server.options), 'check', 'box');
    expect(beside).toMatchObject({ code: 0, stderr: '' });
    expect(beside.stdout).toMatch(/^box {2}root@127\.0\.0\.1\n {2}ok {2}ssh: as root on Linux, in \d+ ms\n/);
    expect(beside.stdout).toContain(`  ok  server: ${id}, 2 panes\n`);
    expect(beside.stdout).toContain('  ok  processes: ps tells what is needed\n');
    await bridge.stop();
  });

  test('no tmux server, and a socket with signs of a shell in its name: the words of tmux, and nothing is run', async () => {
    knowHost(server);
    const socket = join(tmux.folder, `no $(touch ${tmux.folder}/ran) 'quote`);
    const found = await hosts(yaml(server.options, { socket }), 'check');
    expect(found.code).toBe(1);
    expect(found.stdout).toContain(`  BAD server: error connecting to ${socket}`);
    expect(found.stdout).toContain(`→ start tmux there: \`tmux -S ${socket}\``);
    expect(existsSync(join(tmux.folder, 'ran'))).toBe(false);
  });

  test('an unknown key, a changed one and a wrong one of ours are refused in the words of ssh, with what to do; nothing is asked', async () => {
    const unknown = await hosts(yaml(server.options), 'check');
    expect(unknown.code).toBe(1);
    expect(unknown.stdout).toMatch(/BAD ssh: [\s\S]*Host key verification failed\./);
    expect(unknown.stdout).toContain('→ its key is not known: run `ssh -F none -p');

    const other = await startSshServer(tmux.folder, 'other');
    knowHost(server, other);
    const changed = await hosts(yaml(server.options), 'check');
    expect(changed.code).toBe(1);
    expect(changed.stdout).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
    expect(changed.stdout).toContain('→ find out why its key is another one before you trust it');

    knowHost(server);
    const strangers = server.options.map((word) =>
      word.replace(`${tmux.folder}/sshd-host/id`, `${tmux.folder}/sshd-other/id`),
    );
    const refused = await hosts(yaml(strangers), 'check');
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('Permission denied');
    expect(refused.stdout).toContain('has to work without a password');
    await other.stop();
  });

  test('a host without tmux or a full ps, whose shell greets: what is missing is said', async () => {
    knowHost(server);
    // the PATH of the account, as a machine without them has it
    const bin = join(tmux.folder, 'bin');
    mkdirSync(bin);
    for (const [name, text] of [
      ['sh', '#!/bin/sh\necho welcome\nPATH=BIN:/nowhere exec /bin/sh "$@"\n'],
      ['uname', '#!/bin/sh\necho Plan9\n'],
      ['id', '#!/bin/sh\necho glenda\n'],
      ['date', '#!/bin/sh\necho 1000\n'],
      ['ps', '#!/bin/sh\nexit 1\n'],
    ] as const) {
      writeFileSync(join(bin, name), text.replace('BIN', bin));
      chmodSync(join(bin, name), 0o755);
    }
    const bare = await startSshServer(tmux.folder, 'bare', [`SetEnv PATH=${bin}`]);
    knowHost(bare);
    const found = await hosts(yaml(bare.options), 'check');
    await bare.stop();
    expect(found.code).toBe(1);
    expect(found.stdout).toMatch(/ok {2}ssh: as glenda on Plan9/);
    expect(found.stdout).toMatch(/clock: \d+ s behind this one's/);
    expect(found.stdout).toContain('BAD tmux: not there\n      → install tmux 3.2 or newer there');
    expect(found.stdout).toContain('BAD processes: ps does not tell what is needed');
  });

  test('where nothing listens, and where whoever listens never speaks: refused in time', async () => {
    knowHost(server);
    await server.stop();
    const closed = await hosts(yaml(server.options), 'check');
    expect(closed.stdout).toContain('Connection refused');
    expect(closed.stdout).toContain('→ see that it is up and lets ssh in');

    const silent = createServer(() => {}).listen(server.port, '127.0.0.1');
    const waited = await hosts(yaml(server.options), 'check');
    silent.close();
    expect(waited.code).toBe(1);
    expect(waited.stdout).toMatch(/BAD ssh: .*timed out/);
  });
});
