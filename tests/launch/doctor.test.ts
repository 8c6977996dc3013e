import { expect, test } from 'vitest';
import { diagnose } from '../../bridge/launch/doctor.ts';
import type { Check, Machine } from '../../bridge/launch/doctor-check.ts';

const socket = '/tmp/s';
type Said = { code: number | null; stdout: string; stderr: string };
const says = (stdout: string): Said => ({ code: 0, stdout, stderr: '' });
const fails = (stderr: string): Said => ({ code: 1, stdout: '', stderr });

/** A healthy machine, changed as a test needs it. */
function machine(
  more: Partial<Machine> & { programs?: string[]; said?: (argv: string[]) => Said | undefined } = {},
): Machine {
  const { programs = ['tmux', 'codex', 'notify-send'], said, ...rest } = more;
  return {
    env: {},
    platform: 'linux',
    uid: 1000,
    nodeVersion: 'v20.19.0',
    socketPath: socket,
    home: '/home/u/.bridge',
    find: (program) => (programs.includes(program) ? `/bin/${program}` : null),
    run: async (...argv) => {
      const answer = said?.(argv);
      if (answer) return answer;
      if (argv[1] === '-V') return says('tmux 3.3a\n');
      if (argv[1] === '--version') return says('codex-cli 0.169.0\n');
      if (argv.includes('list-sessions')) return says('macs\n');
      if (argv.includes('show-hooks')) return says('after-send-keys\nafter-new-window[0] "display-message hi"\n');
      if (argv.includes('show-options')) return says('command-alias[0] split-pane=split-window\n');
      if (argv.includes('list-panes')) return says('%1 0 80 24 worker\n%2 0 80 24 \n');
      throw new Error(`unexpected ${argv.join(' ')}`);
    },
    stat: async (path) =>
      path === socket
        ? { kind: 'socket', mode: 0o600, uid: 1000 }
        : path === '/home/u/.bridge'
          ? { kind: 'folder', mode: 0o700, uid: 1000 }
          : null,
    list: async () => [],
    owned: async () => [],
    ...rest,
  };
}
const check = async (name: string, machine: Machine): Promise<Check> => {
  const found = (await diagnose(machine)).find((one) => one.name === name);
  if (!found) throw new Error(`no check ${name}`);
  return found;
};

test('a healthy machine passes every check', async () => {
  const checks = await diagnose(machine());
  expect(checks.filter((one) => one.ok !== true)).toEqual([]);
  expect(checks.map((one) => one.name)).toEqual([
    'node',
    'tmux',
    'socket',
    'panes',
    'owners',
    'agent codex',
    'home',
    'notifications',
    'sandbox',
  ]);
});

test('a machine with nothing on it is told everything, each with its remedy', async () => {
  const checks = await diagnose(
    machine({
      programs: [],
      nodeVersion: 'v18.20.0',
      stat: async () => null,
      said: () => ({ code: null, stdout: '', stderr: 'ENOENT' }),
    }),
  );
  expect(checks.map((one) => [one.name, one.ok])).toEqual([
    ['node', false],
    ['tmux', false],
    ['socket', 'warn'],
    ['panes', 'warn'],
    ['owners', true],
    ['agents', 'warn'],
    ['home', true],
    ['notifications', 'warn'],
    ['sandbox', true],
  ]);
  for (const one of checks) if (one.ok === false) expect(one.remedy).toBeTruthy();
});

test('a look that throws is a finding of its own and stops no other', async () => {
  const checks = await diagnose(
    machine({
      stat: () => Promise.reject(new Error('EIO')),
      run: () => Promise.reject(new Error('fork failed')),
    }),
  );
  expect(checks.find((one) => one.name === 'socket')).toMatchObject({
    ok: false,
    detail: 'could not be looked at: EIO',
  });
  expect(checks.find((one) => one.name === 'node')?.ok).toBe(true);
  expect(checks.find((one) => one.name === 'sandbox')?.ok).toBe(true);
});

test('the panes that another bridge watches are named with its state directory, as are our own', async () => {
  const ours = { pane: 'worker %1', home: '/home/u/.bridge', pid: 7 };
  expect(await check('owners', machine({ owned: async () => [ours] }))).toMatchObject({
    ok: true,
    detail: "this home's bridge watches worker %1",
  });
  const theirs = { pane: '%2', home: '/srv/other', pid: 8 };
  expect(await check('owners', machine({ owned: async () => [ours, theirs] }))).toMatchObject({
    ok: 'warn',
    detail: '%2 is watched by the bridge of /srv/other (pid 8)',
  });
});

test.each([
  ['tmux 3.10', true],
  ['tmux next-3.6', true],
  ['tmux master', true],
  ['tmux openbsd-7.4', true],
  ['tmux 3.1c', false],
  ['tmux 2.9a', false],
])('%s: new enough is %s', async (version, ok) => {
  const broken = machine({ said: (argv) => (argv[1] === '-V' ? says(`${version}\n`) : undefined) });
  expect((await check('tmux', broken)).ok).toBe(ok);
});

test.each([
  ['tmux 3.2', 'warn', ['pane that has closed', 'control client', 'respawn-pane'], 'take tmux 3.3a or newer'],
  ['tmux 3.2a', 'warn', ['pane that has closed', 'control client', 'respawn-pane'], 'take tmux 3.3a or newer'],
  ['tmux 3.3a', true, ['control client', 'respawn-pane'], undefined],
  ['tmux 3.6b', true, ['control client', 'respawn-pane'], undefined],
  ['tmux 3.7c', true, ['respawn-pane'], undefined],
  ['tmux 3.8', true, [], undefined],
  ['tmux next-3.6', true, [], undefined],
])('%s: its known faults are named, with what to do', async (version, ok, faults, remedy) => {
  const broken = machine({ said: (argv) => (argv[1] === '-V' ? says(`${version}\n`) : undefined) });
  const found = await check('tmux', broken);
  expect(found.ok).toBe(ok);
  expect(found.remedy).toBe(remedy);
  for (const words of ['pane that has closed', 'control client (', 'respawn-pane']) {
    const isNamed = faults.some((fault) => words.startsWith(fault));
    expect(found.detail.includes(words), words).toBe(isNamed);
  }
});

test('hooks and aliases that come with every key of the bridge are named', async () => {
  const broken = machine({
    said: (argv) => {
      if (argv.includes('show-hooks')) return says('after-paste-buffer\nafter-send-keys[3] "send-keys -t %9 Enter"\n');
      if (argv.includes('show-options'))
        return says('command-alias[100] "display-message=run-shell x ; display-message"\n');
      return undefined;
    },
  });
  expect(await check('tmux hooks', broken)).toMatchObject({
    ok: 'warn',
    detail: expect.stringMatching(/after-send-keys\[3\] .*command-alias\[100\]/),
  });
});

test.each([
  ['v20.18.9', false],
  ['v20.19.0', true],
  ['v22.0.0', true],
  ['v9.11.2', false],
])('node %s: new enough is %s', async (nodeVersion, ok) => {
  expect((await check('node', machine({ nodeVersion }))).ok).toBe(ok);
});

test.each([
  ['linux', ['apt-get'], 1000, 'sudo apt-get install -y tmux'],
  ['linux', ['apk'], 0, 'apk add tmux'],
  ['linux', ['dnf'], 1000, 'sudo dnf install -y tmux'],
  ['darwin', ['brew'], 501, 'brew install tmux'],
  ['linux', [], 1000, 'install tmux 3.2 or newer'],
  ['win32', [], 0, 'WSL'],
])('on %s with %j the install line is the one of that machine', async (platform, programs, uid, line) => {
  expect((await check('tmux', machine({ platform, programs, uid }))).remedy).toContain(line);
});

test('a socket of another user is told apart from one that a sandbox hides', async () => {
  const denied = (argv: string[]) =>
    argv.includes('list-sessions') ? fails('error connecting to /tmp/s (Operation not permitted)') : undefined;
  const hidden = await check('socket', machine({ said: denied }));
  expect(hidden).toMatchObject({ ok: false, remedy: expect.stringContaining('outside the sandbox') });
  const foreign = await check(
    'socket',
    machine({ said: denied, stat: async () => ({ kind: 'socket', mode: 0o600, uid: 7 }) }),
  );
  expect(foreign).toMatchObject({ ok: false, detail: expect.stringContaining('user 7') });
});

test('a window that types into all its panes is named, with the panes that are held by it', async () => {
  const broken = machine({
    said: (argv) =>
      argv.includes('list-panes') ? says('%1 1 80 24 worker\n%2 1 80 24 \n%3 0 80 24 controller\n') : undefined,
  });
  expect(await check('panes', broken)).toMatchObject({
    ok: 'warn',
    detail: expect.stringMatching(/types into all its panes \(synchronize-panes\).*worker %1, %2$/),
    remedy: expect.stringContaining('synchronize-panes off'),
  });
});

test('a worker in a pane that is too small to be read is named; another program may be as small as it likes', async () => {
  const broken = machine({
    said: (argv) =>
      argv.includes('list-panes') ? says('%1 0 80 7 worker\n%2 0 80 3 \n%3 0 39 40 controller\n') : undefined,
  });
  expect(await check('panes', broken)).toMatchObject({
    ok: 'warn',
    detail: expect.stringMatching(/too small to be read .*: worker %1 80x7, controller %3 39x40$/),
    remedy: expect.stringContaining('enlarge'),
  });
});

test('no server running is explained, and a thing that is no socket is named', async () => {
  const gone = machine({
    said: (argv) => (argv.includes('list-sessions') ? fails('no server running on /tmp/s') : undefined),
  });
  expect(await check('socket', gone)).toMatchObject({
    ok: 'warn',
    detail: expect.stringContaining('no server running'),
    remedy: expect.stringContaining('`bridge start worker`'),
  });
  const file = machine({ stat: async () => ({ kind: 'file', mode: 0o600, uid: 1000 }) });
  expect(await check('socket', file)).toMatchObject({ ok: false, detail: '/tmp/s is not a socket' });
});

test('an open home is shown file by file with the line that closes it', async () => {
  const modes: Record<string, number> = {
    '/h': 0o755,
    '/h/inbox': 0o700,
    '/h/bridge.db': 0o644,
    '/h/bridge.sock': 0o600,
  };
  const broken = machine({
    home: '/h',
    list: async () => ['bridge.db', 'bridge.sock', 'notes.txt'],
    stat: async (path) =>
      path in modes ? { kind: path.includes('.') ? 'file' : 'folder', mode: modes[path]!, uid: 1000 } : null,
  });
  expect(await check('home', broken)).toMatchObject({ ok: 'warn', remedy: 'chmod go-rwx /h /h/bridge.db' });
});

test('an agent that does not answer is a warning and not the end', async () => {
  const broken = machine({
    said: (argv) => (argv[1] === '--version' ? { code: null, stdout: '', stderr: '' } : undefined),
  });
  expect(await check('agent codex', broken)).toMatchObject({
    ok: 'warn',
    detail: expect.stringContaining('/bin/codex'),
  });
});

test("inside an agent's sandbox the doctor says so", async () => {
  expect(await check('sandbox', machine({ env: { CODEX_SANDBOX: 'seatbelt' } }))).toMatchObject({
    ok: 'warn',
    detail: expect.stringContaining('CODEX_SANDBOX'),
  });
});
