import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packageRoot } from '../../bridge/launch/package-root.ts';
import { LaunchHarness } from './launch-harness.ts';

/** What the scripts hand to `bridge`: a copy of them, beside a bridge that only writes down how it was called. */
let harness: LaunchHarness;
let pane: string;
beforeEach(() => {
  harness = new LaunchHarness();
  cpSync(join(packageRoot, 'scripts'), join(harness.folder, 'scripts'), { recursive: true });
  mkdirSync(join(harness.folder, 'dist/cli'), { recursive: true });
  writeFileSync(
    join(harness.folder, 'dist/cli/main.js'),
    `const { readFileSync, writeFileSync } = require('node:fs');
const words = process.argv.slice(2);
writeFileSync(${JSON.stringify(join(harness.folder, 'called'))}, words.map((word) => word + '\\n').join(''));
if (words.at(-1) === '-') writeFileSync(${JSON.stringify(join(harness.folder, 'text'))}, readFileSync(0));
process.stdout.write(process.env.SAY ?? 'idle');
process.exitCode = Number(process.env.CODE ?? 0);
`,
  );
  pane = harness.openPane('new-session', '-d', '-s', 'macs', '-n', 'worker', 'sleep', '1000');
});
afterEach(() => harness.remove());

interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
  argv: string[];
  text: string | null;
}
async function run(
  script: string,
  argv: string[],
  more: { env?: Record<string, string>; stdin?: string; shell?: string } = {},
): Promise<Ran> {
  for (const file of ['called', 'text']) rmSync(join(harness.folder, file), { force: true });
  const file = script.startsWith('/') ? script : join(harness.folder, 'scripts', script);
  const child = spawn('bash', [file, ...argv], {
    cwd: harness.folder,
    env: {
      PATH: process.env.PATH,
      HOME: harness.folder,
      TMUX_SOCKET: harness.socket,
      ...more.env,
    },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (stdout += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (stderr += piece));
  child.stdin.on('error', () => {});
  child.stdin.end(more.stdin ?? '');
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const read = (name: string) =>
    existsSync(join(harness.folder, name)) ? readFileSync(join(harness.folder, name), 'utf8') : null;
  return { code, stdout, stderr, argv: (read('called') ?? '').split('\n').slice(0, -1), text: read('text') };
}
const target = () => ['--socket', harness.socket, '--pane', pane];
const pin = (text: string) => {
  mkdirSync(join(harness.folder, '.codex'), { recursive: true });
  writeFileSync(join(harness.folder, '.codex/target-pane.txt'), text);
};

test('send hands the text over on stdin, whole, whatever it looks like', async () => {
  const texts = [
    'plain',
    'a;',
    '-n',
    '%s %d \\n',
    '$(touch x) `touch x` "q" \'q\'',
    'two\nlines\n\nand four',
    'é 漢 🙂',
  ];
  for (const text of texts) {
    const ran = await run('send.sh', ['--', text]);
    expect(ran).toMatchObject({ code: 0, argv: ['send', ...target(), '-'], text });
    expect((await run('send.sh', [], { stdin: text })).text).toBe(text);
  }
  expect(existsSync(join(harness.folder, 'x'))).toBe(false);
});

test('words are joined by one space, and blank lines around the text go, without a loop', async () => {
  expect((await run('send.sh', ['run', '', 'the tests'])).text).toBe('run  the tests');
  expect((await run('send.sh', ['\n\n first\nlast\n\n'])).text).toBe(' first\nlast');
  for (const nothing of [[''], ['\n\n'], []]) {
    expect(await run('send.sh', nothing)).toMatchObject({
      code: 1,
      argv: [],
      stderr: expect.stringContaining('No message provided.'),
    });
  }
});

test('an unknown flag is an error and never text', async () => {
  for (const script of ['send.sh', 'snapshot.sh', 'status.sh', 'set_target.sh', 'notify.sh']) {
    const ran = await run(script, ['--forse', 'rm -rf /']);
    expect(ran).toMatchObject({ code: 64, argv: [], stderr: expect.stringContaining('--forse') });
  }
  expect((await run('send.sh', ['text', '--also'])).code).toBe(64);
  for (const flag of ['--pane', '--session', '--socket', '--label', '--submit-keys', '--type-delay-ms']) {
    expect(await run('send.sh', ['text', flag])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining(`Missing value for ${flag}`),
    });
  }
  expect((await run('send.sh', ['--type-delay-ms', 'x', 'text'])).code).toBe(64);
});

test('only TARGET_PANE_ALLOW_SHELL=1 lets send type at a bare shell', async () => {
  expect((await run('send.sh', ['x'])).argv).not.toContain('--allow-shell');
  expect((await run('send.sh', ['x'], { env: { TARGET_PANE_ALLOW_SHELL: '0' } })).argv).not.toContain('--allow-shell');
  expect((await run('send.sh', ['x'], { env: { TARGET_PANE_ALLOW_SHELL: '1' } })).argv).toContain('--allow-shell');
  expect(await run('send.sh', ['--allow-shell', 'x'])).toMatchObject({ code: 64, argv: [] });
});

test('the old flags are taken: some mean the same, the delays and keys mean nothing now', async () => {
  const old = [
    '--literal',
    '--submit-after',
    '--submit-repeat',
    '3',
    '--submit-delay-ms',
    '200',
    '--type-delay-ms',
    '400',
    '--submit-keys',
    'Enter,C-m',
  ];
  const ran = await run('send.sh', [...old, 'x']);
  expect(ran).toMatchObject({ code: 0, argv: ['send', ...target(), '-'], text: 'x', stderr: '' });
  expect((await run('send.sh', ['--submit-key', 'Tab', 'x'])).stderr).toContain("submit keys 'Tab' are not offered");
  expect((await run('send.sh', ['--force', '--line-mode', '--wait', '5', '--agent', 'codex', 'x'])).argv).toEqual([
    'send',
    ...target(),
    '--agent',
    'codex',
    '--wait',
    '5',
    '--force',
    '--line-mode',
    '-',
  ]);
  expect((await run('send.sh', ['--command', '/compact'])).argv).toEqual(['send', ...target(), '--command', '-']);
  expect((await run('send.sh', ['x'], { env: { TARGET_PANE_GUARD_BUSY: '0' } })).argv).toContain('--force');
  expect((await run('send.sh', ['a\\nb'])).text).toBe('a\\nb');
  expect((await run('send.sh', ['--expand-escapes', 'a\\nb'])).text).toBe('a\nb');
});

test("the bridge's exit codes come through: 1 error, 2 held, 3 typed and not seen to be submitted", async () => {
  for (const code of [0, 1, 2, 3]) expect((await run('send.sh', ['x'], { env: { CODE: `${code}` } })).code).toBe(code);
});

test('status says IDLE only for idle, and cannot say BUSY about a pane it could not look at', async () => {
  const idle = await run('status.sh', ['--exit-code']);
  expect(idle).toMatchObject({
    code: 0,
    stdout: `Resolved target: session=macs pane=${pane}\nIDLE\n`,
    stderr: 'idle\n',
  });
  expect(idle.argv).toEqual(['status', '--exit-code', ...target()]);
  const busy = { env: { SAY: 'dialog', CODE: '1' } };
  expect(await run('status.sh', ['--exit-code'], busy)).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/BUSY\n$/),
  });
  expect(await run('status.sh', [], busy)).toMatchObject({ code: 0, stdout: expect.stringMatching(/BUSY\n$/) });
  const broken = await run('status.sh', ['--exit-code'], { env: { SAY: ' ', CODE: '64' } });
  expect(broken.code).toBe(2);
  expect(broken.stdout).not.toMatch(/BUSY|IDLE/);
  expect(await run('status.sh', ['--exit-code', '--pane', '%99'])).toMatchObject({ code: 2, argv: [], stdout: '' });
});

test('snapshot asks for TARGET_PANE_LINES, and --lines wins', async () => {
  expect((await run('snapshot.sh', [])).argv).toEqual(['snapshot', ...target(), '--lines', '200']);
  expect((await run('snapshot.sh', [], { env: { TARGET_PANE_LINES: '50' } })).argv.at(-1)).toBe('50');
  expect((await run('snapshot.sh', ['--lines=7'], { env: { TARGET_PANE_LINES: '50' } })).argv.at(-1)).toBe('7');
  expect((await run('snapshot.sh', ['--lines', '-5'])).code).toBe(64);
});

test('the label is found while another window is active, before title, window name and program', async () => {
  const labelled = harness.openPane('new-window', '-t', 'macs:', '-n', 'elsewhere', 'sleep', '1000');
  harness.tmux('set-option', '-p', '-t', labelled, '@label', 'worker');
  harness.tmux('select-window', '-t', 'macs:worker');
  expect((await run('snapshot.sh', [])).argv).toContain(labelled);
  expect((await run('snapshot.sh', ['--label', 'elsewhere'])).argv).toContain(labelled);
  expect(await run('snapshot.sh', ['--label', 'work'])).toMatchObject({ code: 1, argv: [] });
});

test('a pin is used while its pane lives on its server; a label that was asked for wins over it', async () => {
  const other = harness.openPane('new-window', '-t', 'macs:', '-n', 'other', 'sleep', '1000');
  pin(`${other}\n`);
  expect((await run('snapshot.sh', [])).argv).toContain(other);
  expect((await run('snapshot.sh', ['--label', 'worker'])).argv).toContain(pane);
  pin('%9999\n');
  expect((await run('send.sh', ['x'])).argv).toContain(pane);
  pin(`${other}\nsocket=/nowhere\nserver-pid=1\n`);
  expect((await run('snapshot.sh', [])).argv).toContain(pane);
  pin(`${other}\nsocket=${harness.socket}\nserver-pid=1\n`);
  expect((await run('snapshot.sh', [])).argv).toContain(pane);
  pin(`${other}\nsocket=${harness.socket}\nserver-pid=${harness.tmux('display-message', '-p', '#{pid}')}\n`);
  expect((await run('snapshot.sh', [])).argv).toContain(other);
});

test('a pin in another session than the one named is not used', async () => {
  const other = harness.openPane('new-session', '-d', '-s', 'macs-alt', '-n', 'worker', 'sleep', '1000');
  pin(`${other}\n`);
  expect((await run('send.sh', ['--session', 'macs', 'x'])).argv).toContain(pane);
  expect(await run('send.sh', ['--session', 'mac', 'x'])).toMatchObject({ code: 1, argv: [] });
});

test('several sessions are warned about, and refused where an explicit session is required', async () => {
  harness.tmux('new-session', '-d', '-s', 'macs-alt', '-n', 'worker', 'sleep', '1000');
  const warned = await run('send.sh', ['x']);
  expect(warned).toMatchObject({ code: 0, text: 'x' });
  expect(warned.stderr).toContain("Warning: multiple matching sessions found for label 'worker': macs, macs-alt");
  const required = { TARGET_PANE_REQUIRE_EXPLICIT_SESSION_ON_MULTI: '1' };
  for (const refused of [
    await run('send.sh', ['--require-explicit-session', 'x']),
    await run('send.sh', ['x'], { env: required }),
  ]) {
    expect(refused).toMatchObject({
      code: 1,
      argv: [],
      stderr: expect.stringContaining('Refusing to send without an explicit --session'),
    });
  }
});

test('two workers in one session are looked at with a warning, and not typed into', async () => {
  harness.tmux('split-window', '-t', 'macs:', 'sleep', '1000');
  expect(await run('snapshot.sh', [])).toMatchObject({ code: 0, stderr: expect.stringContaining('several panes') });
  expect(await run('send.sh', ['x'])).toMatchObject({
    code: 1,
    argv: [],
    stderr: expect.stringContaining('Several panes of session macs'),
  });
});

test('the only pane is taken for a look; for a send it must be named', async () => {
  harness.tmux('rename-window', '-t', 'macs:', 'x');
  expect(await run('snapshot.sh', [])).toMatchObject({ code: 0, stderr: `Auto-selected only pane: ${pane}\n` });
  const refused = await run('send.sh', ['x']);
  expect(refused).toMatchObject({ code: 1, argv: [] });
  expect(refused.stderr).toMatch(
    /Unable to find target pane[\s\S]*Available panes:[\s\S]*%0 macs[\s\S]*Tip: .*set_target\.sh/,
  );
});

test('a server that is not there is explained', async () => {
  const none = await run('snapshot.sh', [], { env: { TMUX_SOCKET: join(harness.folder, 'none') } });
  expect(none).toMatchObject({
    code: 1,
    argv: [],
    stderr: expect.stringMatching(/tmux error: .*\nNo tmux server running/),
  });
});

test("without TMUX_SOCKET the pin's server, the recorded one and the repository's own are used", async () => {
  mkdirSync(join(harness.folder, '.codex'));
  writeFileSync(join(harness.folder, '.codex/tmux-socket.txt'), `${harness.socket}\n`);
  expect((await run('snapshot.sh', [], { env: { TMUX_SOCKET: '' } })).argv).toEqual([
    'snapshot',
    ...target(),
    '--lines',
    '200',
  ]);
});

test('a session and a window with spaces and format characters are only names', async () => {
  harness.tmux('rename-session', '-t', 'macs', 'my project');
  harness.tmux('rename-window', '-t', 'my project:', 'a %1 b');
  const found = await run('send.sh', ['--session', 'my project', '--label', 'a %1 b', 'x']);
  expect(found).toMatchObject({ code: 0, argv: ['send', ...target(), '-'] });
});

test('set_target pins the pane that it found by name, and not one that does not exist', async () => {
  pin('%9999\n');
  expect(await run('set_target.sh', [])).toMatchObject({
    code: 0,
    argv: ['target', '--socket', harness.socket, pane],
    stdout: `Target pane set to: ${pane}\n`,
  });
  expect(await run('set_target.sh', ['--pane', '%99'])).toMatchObject({ code: 1, argv: [], stdout: '' });
  expect(await run('set_target.sh', ['--pane', '%.*'])).toMatchObject({ code: 1, argv: [] });
});

test('notify hands its words over and ends well even where nobody can be called', async () => {
  expect(await run('notify.sh', ['done', '$(x)'], { env: { CODE: '1' } })).toMatchObject({
    code: 0,
    argv: ['notify', '--', 'done', '$(x)'],
  });
  expect((await run('notify.sh', [])).argv).toEqual(['notify', '--']);
});

test('the launchers hand every word over', async () => {
  for (const [script, role] of [
    ['start_worker.sh', 'worker'],
    ['start-worker', 'worker'],
    ['start_controller.sh', 'controller'],
    ['start-controller', 'controller'],
  ] as const) {
    expect(await run(script, ['my session', '--no-codex', ''])).toMatchObject({
      code: 0,
      argv: ['start', role, 'my session', '--no-codex', ''],
    });
  }
});

test('a script is found through a link to it', async () => {
  mkdirSync(join(harness.folder, 'bin'));
  symlinkSync('../scripts/status.sh', join(harness.folder, 'bin/worker-status'));
  expect((await run(join(harness.folder, 'bin/worker-status'), [])).code).toBe(0);
});

test('a bridge that is on PATH is never taken for that of the package, built or not', async () => {
  const bin = join(harness.folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'bridge'), `#!/bin/sh\ntouch ${harness.folder}/other\n`, { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env.PATH}` };
  expect(await run('status.sh', target(), { env })).toMatchObject({
    code: 0,
    argv: expect.arrayContaining(['status']),
  });
  rmSync(join(harness.folder, 'dist'), { recursive: true });
  const unbuilt = await run('status.sh', target(), { env });
  expect(unbuilt).toMatchObject({ code: 1, stderr: expect.stringContaining('the bridge is not built') });
  expect(existsSync(join(harness.folder, 'other'))).toBe(false);
});
