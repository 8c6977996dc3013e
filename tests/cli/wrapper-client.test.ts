import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { protocolVersion } from '../../bridge/server/protocol-version.ts';

/** scripts/wrapper.pl has a bridge do a wrapper's call where it surely may, and leaves it to Node where anything is odd. */

const client = resolve(import.meta.dirname, '../../scripts/wrapper.pl');

let folder: string;
let home: string;
let servers: Server[];
/** What came over the socket, a call a line. */
let asked: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wrapper-'));
  home = join(folder, 'home');
  mkdirSync(home, { mode: 0o700 });
  [servers, asked] = [[], []];
  // in the place of Node
  writeFileSync(join(folder, 'node'), '#!/bin/sh\necho "node: $*"\nexit 7\n', { mode: 0o755 });
});

afterEach(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

const pong = `{"id":0,"ok":{"session":null,"protocol":${protocolVersion},"version":"x","pid":1}}`;

/** What answers each line; null: it hangs up. */
async function listening(answers: readonly (string | null)[], at = join(home, 'bridge.sock')): Promise<void> {
  const server = createServer((socket) => {
    let text = '';
    let count = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        asked.push(text.slice(0, end));
        text = text.slice(end + 1);
        const answer = answers[count++];
        if (answer === null) socket.destroy();
        else if (answer !== undefined) socket.write(`${answer}\n`);
      }
    });
  });
  servers.push(server);
  server.listen(at);
  await once(server, 'listening');
}

async function ran(words: readonly string[] = ['whoami'], env: Record<string, string> = {}, name = 'agent-comms') {
  const child = spawn('/usr/bin/perl', [client, name, ...words], {
    env: { PATH: folder, HOME: folder, BRIDGE_HOME: home, SECRET: 'x', ...env },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}

const hex = (text: string) => Buffer.from(text).toString('hex');
const byNode = { code: 7, stdout: expect.stringContaining('dist/cli/wrapper.js agent-comms whoami') };

describe.skipIf(process.platform !== 'linux' || !existsSync('/usr/bin/perl'))('the client without Node', () => {
  test('it says what the bridge has it say, ends as it says, and sends no more of itself than is needed', async () => {
    const said = `o${hex('to stdout ✓\n')} e${hex('to stderr\n')}`;
    await listening([pong, `{"id":1,"ok":{"exitCode":3,"said":"${said}"}}`]);
    const words = ['send', 'bob', 'a "quoted"\\ line\nand ✓ another'];
    const env = { AGENT_COMMS_SELF: 'lead', TMUX_PANE: '%3', BRIDGE_TOKEN: 't' };
    expect(await ran(words, env)).toEqual({ code: 3, stdout: 'to stdout ✓\n', stderr: 'to stderr\n' });
    const call = JSON.parse(asked[1]!) as Record<string, unknown>;
    expect(call).toEqual({
      id: 1,
      verb: 'wrapper',
      protocol: protocolVersion,
      args: {
        name: 'agent-comms',
        argv: words,
        cwd: folder,
        env: { HOME: folder, BRIDGE_HOME: home, ...env },
        pid: expect.any(Number),
        pidNamespace: expect.stringMatching(/^pid:\[\d+\]$/),
      },
    });
  });

  test('text of megabytes comes whole, both ways', async () => {
    const long = 'z'.repeat(2_000_000);
    await listening([pong, `{"id":1,"ok":{"exitCode":0,"said":"o${hex(long)}"}}`]);
    const { stdout } = await ran(['send', 'bob', ...Array(20).fill('y'.repeat(100_000))]);
    expect([stdout === long, asked[1]!.length > 2_000_000]).toEqual([true, true]);
  });

  test('where no bridge is, or it has it run elsewhere, Node runs it', async () => {
    expect(await ran()).toMatchObject(byNode);
    await listening([pong, '{"id":1,"ok":{"elsewhere":"why"}}']);
    expect(await ran()).toMatchObject(byNode);
  });

  for (const [what, answers, calls] of [
    ['of another protocol', [pong.replace(/"protocol":\d+/, '"protocol":99')], 1],
    ['that says no protocol', ['{"id":0,"ok":{"pid":1}}'], 1],
    ['that is none', ['HTTP/1.1 400 Bad Request'], 1],
    ['that hangs up at once', [null], 1],
    ['that does not know the method', [pong, '{"id":1,"fault":{"message":"unknown method wrapper","exitCode":64}}'], 2],
  ] as const) {
    test(`with a bridge ${what} nothing was done, and Node runs it`, async () => {
      await listening(answers);
      expect(await ran()).toMatchObject(byNode);
      expect(asked).toHaveLength(calls);
    });
  }

  test('a bridge that answers nothing is left after four seconds, before anything was sent', async () => {
    await listening([]);
    const begun = performance.now();
    expect(await ran()).toMatchObject(byNode);
    expect(performance.now() - begun).toBeGreaterThan(3_000);
    expect(asked).toEqual(['{"id":0,"verb":"ping"}']);
  });

  test('what was sent is never run twice: a lost answer is said, with the exit code of what nobody can tell', async () => {
    await listening([pong, null]);
    const lost = { code: 3, stdout: '', stderr: expect.stringContaining('what was asked may have been done') };
    expect(await ran()).toEqual(lost);
    servers[0]!.close();
    rmSync(join(home, 'bridge.sock'), { force: true });
    await listening([pong, '{"id":1,"ok":']);
    expect(await ran()).toEqual(lost);
  });

  test('`bridge tell`: a lost answer is asked for again by Node, under the same key, and it is one message', async () => {
    const words = ['tell', 'coder', 'Build it.'];
    expect(await ran(words, {}, 'bridge')).toMatchObject({
      code: 7,
      stdout: expect.stringContaining('main.js tell coder Build it.'),
    });
    await listening([pong, null]);
    const lost = await ran(words, {}, 'bridge');
    const { argv } = (JSON.parse(asked[1]!) as { args: { argv: string[] } }).args;
    expect(argv).toEqual(['tell', '--idempotency-key', expect.stringMatching(/^[0-9a-f-]{26}$/), 'coder', 'Build it.']);
    expect(lost).toMatchObject({ code: 7, stdout: expect.stringContaining(`main.js ${argv.join(' ')}`) });
  });

  test('nothing is said to a socket in a folder that others may write to, or is linked there, nor to what is none', async () => {
    await listening([pong, null]);
    chmodSync(home, 0o770);
    expect(await ran()).toMatchObject(byNode);
    chmodSync(home, 0o700);
    symlinkSync(home, join(folder, 'link'));
    expect(await ran(undefined, { BRIDGE_HOME: join(folder, 'link') })).toMatchObject(byNode);
    mkdirSync(join(folder, 'other'), { mode: 0o700 });
    symlinkSync(join(home, 'bridge.sock'), join(folder, 'other/bridge.sock'));
    expect(await ran(undefined, { BRIDGE_HOME: join(folder, 'other') })).toMatchObject(byNode);
    // a path that counts from a folder, or has to be found out
    expect(await ran(undefined, { BRIDGE_HOME: 'home' })).toMatchObject(byNode);
    expect(asked).toEqual([]);
  });
});

test('it speaks the protocol of this version', () => {
  expect(readFileSync(client, 'utf8')).toContain(`my $protocol = ${protocolVersion};`);
});
