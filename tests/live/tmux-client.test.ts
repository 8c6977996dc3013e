import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ClientNotice, ControlClient } from '../../bridge/tmux/client.ts';
import { ExecCommands } from '../../bridge/tmux/exec.ts';
import { wayHere } from '../../bridge/tmux/way.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { controlClientsOf, openTmuxHarness, type TmuxHarness } from '../tmux/tmux-harness.ts';

let harness: TmuxHarness;
beforeEach(async () => {
  harness = await openTmuxHarness();
});
afterEach(() => harness.stop());

const attach = (change: Partial<Parameters<typeof ControlClient.attach>[0]> = {}) =>
  ControlClient.attach({ way: wayHere(harness.tmux.socketPath), session: '=main', ...change });

test('any argument reaches tmux as it is, over either way', async () => {
  const client = await harness.attach();
  const file = join(harness.tmux.folder, 'round');
  const argument = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0'));
  const roundTrip = async (t: ControlClient | ExecCommands, text: string) => {
    if (text !== '') {
      // a buffer's bytes: what an option's value is printed as differs between versions (3.5a leaves out a carriage return)
      await t.run('set-buffer', '-b', 'round', '--', text);
      await t.run('save-buffer', '-b', 'round', file);
      expect(readFileSync(file, 'utf8')).toBe(text);
      return;
    }
    await t.run('set-option', '-s', '@round', text);
    expect((await t.run('show-options', '-s', '-v', '@round')).join('\n')).toBe(text);
  };
  for (const text of [
    '',
    ';',
    'a;',
    '\\;',
    '~',
    '~root',
    '%if',
    '#{pid}',
    '$HOME',
    '"',
    "'",
    '{',
    '}',
    '\n',
    '\r\n',
    '\x1b[2J',
  ]) {
    await roundTrip(client, text);
    await roundTrip(harness.exec, text);
  }
  await fc.assert(
    fc.asyncProperty(argument, (text) => roundTrip(client, text)),
    { numRuns: 300 },
  );
  await fc.assert(
    fc.asyncProperty(argument, (text) => roundTrip(harness.exec, text)),
    { numRuns: 20 },
  );
});

test('a thousand commands at once get their own replies, in order, and a failing one stops none', async () => {
  const client = await harness.attach();
  const commands = Array.from({ length: 1000 }, (_, n) =>
    n % 10 === 3 ? ['no-such', `${n}`] : ['display-message', '-p', `${n}`],
  );
  const results = await client.runAll(commands);
  expect(results.map((result) => (result.ok ? result.lines : result.error))).toEqual(
    commands.map((_, n) => (n % 10 === 3 ? 'parse error: unknown command: no-such' : [`${n}`])),
  );
});

test('nested commands answer for the one that holds them, and what comes after is not mixed up', async () => {
  const client = await harness.attach();
  const [both, failing, after] = await client.runAll([
    ['if-shell', '-F', '1', 'display-message -p a ; display-message -p b', 'display-message -p c'],
    ['if-shell', '-F', '', 'display-message -p a', 'display-message -p b ; kill-pane -t %99 ; display-message -p c'],
    ['display-message', '-p', 'after'],
  ]);
  expect(both).toEqual({ ok: true, lines: ['a', 'b'] });
  expect(failing).toEqual({ ok: false, error: "can't find pane: %99" });
  expect(after).toEqual({ ok: true, lines: ['after'] });
});

test('a pane full of control-mode lines is text', async () => {
  const client = await harness.attach();
  const lines = [...Array.from({ length: 20 }, (_, n) => `%end 1 ${n} 1`), '%exit', '%output %1 x', 'READY'];
  const paneId = await harness.show(`printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')}; sleep 1000`);
  expect((await client.run('capture-pane', '-p', '-t', paneId)).slice(0, 23)).toEqual(lines);
});

test('hooks that print and windows that come and go do not disturb the replies', async () => {
  const client = await harness.attach();
  await client.run('set-hook', '-g', 'after-display-message', 'list-sessions');
  await client.run('set-hook', '-g', 'after-new-window', 'display-message -p hooked');
  for (let round = 0; round < 5; round++) {
    const results = await client.runAll([
      ['new-window', '-d', '-t', '=main:', 'sleep 1000'],
      ['display-message', '-p', 'one'],
      ['if-shell', '-F', '1', 'display-message -p two'],
      ['display-message', '-p', 'three'],
    ]);
    expect(results.map((result) => (result.ok ? result.lines : result.error))).toEqual([
      [],
      ['one'],
      ['two'],
      ['three'],
    ]);
  }
});

test('what a program in the session draws is told with its pane, as its bytes', async () => {
  const notices: ClientNotice[] = [];
  const client = await attach({ onNotification: (notice) => notices.push(notice) });
  const paneId = await harness.show(`printf '\\033]7501;state=idle\\007 \\\\ 漢 READY'; sleep 1000`);
  const bytesOf = () =>
    Buffer.concat(
      notices.flatMap((notice) => (notice.type === 'output' && notice.paneId === paneId ? [notice.bytes] : [])),
    );
  await waitFor('the bytes are told', () => bytesOf().includes('\x1b]7501;state=idle\x07 \\ 漢 READY'));
  await client.close();
});

test('a reader that was slow is paused by tmux, continued by us, and rings', async () => {
  const notices: ClientNotice[] = [];
  const client = await attach({ onNotification: (notice) => notices.push(notice) });
  const paneId = await harness.show(`trap : INT; echo READY; read go; seq 1 100000000; echo DONE; exec sleep 1000`);
  await client.run('send-keys', '-t', paneId, 'Enter');
  const paused = () =>
    notices.some((notice) => notice.type === 'notification' && notice.name === 'pause' && notice.rest === paneId);
  await waitFor(
    'tmux has paused the pane for us',
    () => {
      if (paused()) return true;
      // nothing is read while this process stands still
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200);
      return false;
    },
    { limitMs: 30_000 },
  );
  await harness.tmux.run('send-keys', '-t', paneId, 'C-c');
  // tmux 3.3a does not say %continue: what is drawn later tells it
  const heard = () => Buffer.concat(notices.flatMap((notice) => (notice.type === 'output' ? [notice.bytes] : [])));
  await waitFor('what is drawn later is told', () => heard().subarray(-2_000).includes('DONE'), { limitMs: 30_000 });
  const rung = notices.some(
    (notice) => notice.type === 'output' && notice.paneId === paneId && notice.bytes.length === 0,
  );
  expect(rung).toBe(true);
  await client.close();
});

test('a session that is not there, a server that is not there and a tmux that is not there are three different faults', async () => {
  await expect(attach({ session: '=mai' })).rejects.toMatchObject({ kind: 'error', reason: "can't find session: mai" });
  await expect(attach({ way: wayHere(`${harness.tmux.socketPath}-none`) })).rejects.toMatchObject({ kind: 'gone' });
  await expect(attach({ way: wayHere(harness.tmux.socketPath, 'no-such-tmux') })).rejects.toMatchObject({
    kind: 'missing',
    nextStep: expect.stringMatching(/install tmux/),
  });
  const exec = (socketPath: string, tmux?: string) =>
    new ExecCommands({ socketPath, ...(tmux ? { tmux } : {}) }).run('list-panes', '-a');
  await expect(exec(`${harness.tmux.socketPath}-none`)).rejects.toMatchObject({
    kind: 'gone',
    nextStep: expect.stringMatching(/start a session/),
  });
  await expect(exec(harness.tmux.socketPath, 'no-such-tmux')).rejects.toMatchObject({ kind: 'missing' });
  await expect(harness.exec.run('kill-pane', '-t', '%99')).rejects.toMatchObject({
    kind: 'error',
    reason: "can't find pane: %99",
  });
});

test('a server that does not answer breaks the client in time, and with it every command that waits', async () => {
  const client = await attach({ commandLimitMs: 300 });
  const server = Number((await client.run('display-message', '-p', '#{pid}'))[0]);
  process.kill(server, 'SIGSTOP');
  const continueIt = setTimeout(() => process.kill(server, 'SIGCONT'), 20_000);
  try {
    const commands = [client.run('display-message', '-p', 'a'), client.run('display-message', '-p', 'b')];
    expect(await Promise.allSettled(commands)).toMatchObject([
      { status: 'rejected', reason: { kind: 'timeout' } },
      { status: 'rejected', reason: { kind: 'timeout' } },
    ]);
    expect(await client.closed).toMatch(/no answer/);
    await expect(client.run('display-message', '-p', 'c')).rejects.toMatchObject({ kind: 'timeout' });
  } finally {
    clearTimeout(continueIt);
    process.kill(server, 'SIGCONT');
  }
});

test('commands under way when the server is killed are rejected as gone, and the process is gone too', async () => {
  const client = await harness.attach();
  const server = Number((await client.run('display-message', '-p', '#{pid}'))[0]);
  process.kill(server, 'SIGSTOP');
  const waiting = Promise.allSettled([
    client.run('display-message', '-p', 'x'),
    client.run('if-shell', '-F', '1', 'kill-pane'),
  ]);
  process.kill(server, 'SIGKILL');
  expect((await waiting).map((result) => result.status === 'rejected' && result.reason.kind)).toEqual(['gone', 'gone']);
  await client.closed;
  expect(client.living).toBe(false);
  expect(controlClientsOf(harness.tmux.socketPath)).toEqual([]);
});

test('closing detaches, waits for the process, and may be done twice', async () => {
  const client = await harness.attach();
  expect(controlClientsOf(harness.tmux.socketPath)).toEqual([client.pid]);
  await Promise.all([client.close(), client.close()]);
  expect(controlClientsOf(harness.tmux.socketPath)).toEqual([]);
  expect(await harness.exec.run('list-clients')).toEqual([]);
});

test('closing lets the commands that are under way finish, and takes no new ones', async () => {
  const client = await harness.attach();
  const commands = Array.from({ length: 200 }, (_, n) => client.run('display-message', '-p', `${n}`));
  const closing = client.close();
  await expect(client.run('display-message', '-p', 'late')).rejects.toMatchObject({ kind: 'gone' });
  expect((await Promise.all(commands)).flat()).toEqual(commands.map((_, n) => `${n}`));
  await closing;
});

test("attaching changes neither the window's size nor the session's environment", async () => {
  await harness.exec.run('set-environment', '-t', '=main', 'SSH_AUTH_SOCK', '/kept');
  const before = await harness.exec.run('display-message', '-p', '-t', '=main:', '#{window_width}x#{window_height}');
  const client = await harness.attach();
  expect(await client.run('display-message', '-p', '-t', '=main:', '#{window_width}x#{window_height}')).toEqual(before);
  expect(await client.run('show-environment', '-t', '=main', 'SSH_AUTH_SOCK')).toEqual(['SSH_AUTH_SOCK=/kept']);
});

test('characters outside ASCII survive a process without a UTF-8 locale', async () => {
  await harness.exec.run('set-option', '-s', '@word', '漢é');
  const { LC_ALL, LANG } = process.env;
  Object.assign(process.env, { LC_ALL: 'C', LANG: 'C' });
  try {
    const client = await harness.attach();
    for (const t of [client, harness.exec]) expect(await t.run('display-message', '-p', '#{@word}')).toEqual(['漢é']);
  } finally {
    Object.assign(process.env, { LANG: LANG ?? 'C.UTF-8' });
    if (LC_ALL === undefined) delete process.env.LC_ALL;
    else process.env.LC_ALL = LC_ALL;
  }
});
