import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { startWatching, startWorker, tmux } from './live-fixture.ts';
import { eachWrapperTestStartsWith, recording, shell, tool } from './wrappers-fixture.ts';

eachWrapperTestStartsWith();

const bridge = (...args: string[]) => tool('tmux-bridge', args);

test('tmux-bridge: list, name, resolve, id, version, help and doctor print what scripts look for', async () => {
  const { code, stdout } = await bridge('name', shell, 'lead');
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  const list = (await bridge('list')).stdout.split('\n');
  expect(list[0]).toMatch(/^TARGET +SESSION:WIN +SIZE +PROCESS +LABEL +CWD$/);
  expect(list[1]).toMatch(new RegExp(`^${shell} +macs:0 +120x30 +bash +lead +\\S`));
  expect(await bridge('resolve', 'lead')).toMatchObject({ code: 0, stdout: `${shell}\n` });
  expect(await bridge('resolve', 'nobody')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: .*nobody/),
  });
  expect(await bridge('id')).toMatchObject({ code: 0, stdout: `${shell}\n` });
  expect(await bridge('version')).toMatchObject({ code: 0, stdout: 'tmux-bridge 2.0.0\n' });
  for (const words of [[], ['help'], ['--help']])
    expect(await bridge(...words)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/cross-pane communication.*\n\nUsage: tmux-bridge/),
    });
  expect(await bridge('frobnicate')).toMatchObject({ code: 1, stderr: expect.stringContaining('unknown command') });
  expect(await tool('tmux-bridge', ['id'], { env: { TMUX_PANE: '' } })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not running inside a tmux pane'),
  });
});

test('tmux-bridge: doctor says what it finds, also where there is nothing to find', async () => {
  await bridge('name', shell, 'lead');
  const { code, stdout } = await bridge('doctor');
  expect({ code, lines: stdout.split('\n').map((line) => line.replace(/ +/g, ' ')) }).toEqual({
    code: 0,
    lines: [
      'tmux-bridge doctor v2.0.0',
      '---',
      `TMUX_PANE: ${shell}`,
      expect.stringMatching(/^TMUX: \//),
      'TMUX_BRIDGE_SOCKET: <unset>',
      `Detected socket: ${tmux.socketPath} ($TMUX)`,
      'Total panes: 1',
      'Labeled panes: 1',
      `This pane (${shell}): visible to server`,
      '---',
      'Status: OK',
      '',
    ],
  });
  const none = { TMUX_BRIDGE_SOCKET: join(tmux.folder, 'none') };
  expect(await tool('tmux-bridge', ['doctor'], { env: none })).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/Status: ISSUES DETECTED\nissue: .* is not a valid socket\n$/),
  });
  expect(await tool('tmux-bridge', ['list'], { env: none })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is not a valid socket'),
  });
  expect((await tool('tmux-bridge', ['doctor'], { env: { TMUX_PANE: '%99' } })).stdout).toMatch(
    /^This pane \(%99\): +NOT visible to server\n---\nStatus: ISSUES DETECTED\nissue: pane %99 /m,
  );
});

test('tmux-bridge: a target is a label before it is a session, and a number a window of one’s own session', async () => {
  await recording('bob');
  await tmux.run('new-window', '-d', '-t', '=macs:7', 'echo seventh; exec cat');
  await tmux.run('set-option', '-p', '-t', '=macs:7', '@name', 'bob');
  await waitFor('it has begun', async () => (await tmux.screen('=macs:7')).includes('seventh'));
  expect((await bridge('read', 'bob')).stdout).toContain('seventh');
  expect((await bridge('read', '7')).stdout).toContain('seventh');
  await tmux.run('set-option', '-pu', '-t', '=macs:7', '@name');
  expect((await bridge('read', 'bob')).stdout).toContain('ready');
  const refusals = {
    '%99': 'invalid target: %99',
    'macs:9.9': 'invalid target: macs:9.9',
    bbo: "no pane found with label 'bbo'",
  };
  for (const [target, reason] of Object.entries(refusals))
    expect(await bridge('read', target)).toEqual({
      code: 1,
      stdout: '',
      stderr: `error: ${reason}. Run: tmux-bridge list\n`,
    });
});

test('tmux-bridge: a type, message or keys without a read is refused in its very words, and each consumes its read', async () => {
  const inputs = await recording('bob');
  await tmux.run('set-option', '-p', '-t', '=bob:', '@name', 'bob');
  const unread = {
    code: 1,
    stdout: '',
    stderr: 'error: must read the pane before interacting. Run: tmux-bridge read bob\n',
  };
  for (const words of [
    ['type', 'bob', 'x'],
    ['message', 'bob', 'x'],
    ['msg', 'bob', 'x'],
    ['keys', 'bob', 'Enter'],
  ])
    expect(await bridge(...words)).toEqual(unread);
  expect(await bridge('read', 'bob', '1')).toMatchObject({ code: 0, stdout: '>\n' });
  expect(await bridge('type', 'bob', 'hello', 'there;')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await bridge('type', 'bob', 'again')).toEqual(unread);
  expect((await bridge('read', 'bob', '1')).stdout).toBe('> hello there;\n');
  expect(await bridge('keys', 'bob', 'Enter')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(inputs()).toEqual(['hello there;']);
  // the same pane by another name is the same pane
  await bridge('read', 'bob:');
  await tmux.run('set-option', '-p', '-t', shell, '@name', 'lead');
  expect(await bridge('message', 'bob', 'Which port?')).toMatchObject({ code: 0 });
  await bridge('read', 'bob');
  await bridge('keys', 'bob', 'Enter');
  // nothing shows that this command runs there
  expect(inputs()[1]).toBe(
    `[tmux-bridge from:lead? pane:${shell} at:macs:0.0 — load the smux skill to reply] Which port?`,
  );
});

test('tmux-bridge: what the guard refuses is said with why: oneself, a dialog, another’s draft, a pane that has changed', async () => {
  await recording('bob');
  await bridge('read', shell);
  expect(await bridge('type', shell, 'x')).toMatchObject({ code: 1, stderr: expect.stringContaining('your own pane') });
  await bridge('read', 'bob:');
  await tmux.run('send-keys', '-t', '=bob:', 'of a person');
  await waitFor('it stands there', async () => (await tmux.screen('=bob:')).includes('of a person'));
  expect(await bridge('type', 'bob:', 'x')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not as it was read'),
  });
  await bridge('read', 'bob:');
  expect(await bridge('keys', 'bob:', 'Enter')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not yours'),
  });
  const agent = await startWorker();
  await agent.perform({ dialog: 'npm test' });
  await bridge('read', 'worker');
  expect(await bridge('type', 'worker', 'y')).toMatchObject({ code: 1, stderr: expect.stringContaining('dialog') });
});

test('tmux-bridge: the server is that of TMUX_BRIDGE_SOCKET, of $TMUX where it lives, else the one that owns $TMUX_PANE', async () => {
  const ask = (env: Record<string, string>) => tool('tmux-bridge', ['doctor'], { env });
  expect((await ask({})).stdout).toContain(`socket:    ${tmux.socketPath} ($TMUX)`);
  expect((await ask({ TMUX_BRIDGE_SOCKET: tmux.socketPath })).stdout).toContain('(TMUX_BRIDGE_SOCKET)');
  // a pane of that id on another server is not this one, unless this command runs in it
  expect((await ask({ TMUX: '/nowhere/s,1,0' })).stdout).toContain('(default)');
});

for (const place of ['without a daemon', 'through the daemon'] as const) {
  test(`tmux-bridge: an agent gets one input, with a receipt, ${place}`, async () => {
    const agent = await startWorker();
    if (place === 'through the daemon') await startWatching(['--mode', 'manual']);
    for (const words of [
      ['read', 'worker'],
      ['type', 'worker', 'Build the service.'],
      ['read', 'worker'],
      ['keys', 'worker', 'Enter'],
    ])
      expect(await bridge(...words)).toMatchObject({ code: 0, stderr: '' });
    expect(agent.inputs()).toEqual(['Build the service.']);
  });
}
