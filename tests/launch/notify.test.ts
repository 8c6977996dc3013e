import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { desktopArguments, desktopTool, notifyHuman } from '../../bridge/host/notify.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-notify-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hostile = `$(touch x) "; touch x #\`touch x\` 'q' \u001b]0;owned\u0007<b>&\nsecond line`;
const environment = (more = {}) => ({
  env: { PATH: `${folder}:${process.env.PATH}` },
  terminals: async () => [],
  limitMs: 5000,
  ...more,
});
const none = { bell: false, desktop: false, command: null };

/** A program on PATH that writes down how it was called. */
function program(name: string, body = '') {
  const script = `#!/bin/sh\n{ for word in "$@"; do printf '[%s]' "$word"; done; printf '|%s|%s|' "$BRIDGE_TITLE" "$BRIDGE_TEXT"; cat; } > ${folder}/said.part; mv ${folder}/said.part ${folder}/said\n${body}`;
  writeFileSync(join(folder, name), script, { mode: 0o755 });
}

test('a command gets the text in its environment and on stdin, whole, and never as program text', async () => {
  program('call-me');
  const report = await notifyHuman(
    { title: 'worker asks', text: hostile },
    { ...none, command: ['call-me', '--now', '$(touch x)'] },
    environment(),
  );
  expect(report).toEqual({ done: ['command: call-me'], failed: [] });
  const plain = hostile.replace('\u001b', '\\x1b').replace('\u0007', '\\x07');
  expect(readFileSync(join(folder, 'said'), 'utf8')).toBe(`[--now][$(touch x)]|worker asks|${plain}|${plain}`);
  expect(existsSync(join(folder, 'x')) || existsSync('x')).toBe(false);
});

test('a desktop notification carries title and text as words, with its markup made plain', async () => {
  program('notify-send');
  const report = await notifyHuman(
    { title: '-i evil', text: '<b>&' },
    { ...none, desktop: true },
    environment({ platform: 'linux' }),
  );
  expect(report.done).toEqual(['desktop: notify-send']);
  expect(readFileSync(join(folder, 'said'), 'utf8')).toContain('[--app-name=bridge][--][i evil][&lt;b&gt;&amp;]');
});

test('a link stands below the text and in BRIDGE_LINK, whole however long the text is', async () => {
  const link = `https://hub.example.org/a/${'x'.repeat(32)}`;
  writeFileSync(
    join(folder, 'call-me'),
    `#!/bin/sh\nprintf '%s|' "$BRIDGE_LINK" > ${folder}/said; cat >> ${folder}/said\n`,
    {
      mode: 0o755,
    },
  );
  await notifyHuman({ title: 't', text: 'y'.repeat(2_000), link }, { ...none, command: ['call-me'] }, environment());
  const [named, text] = readFileSync(join(folder, 'said'), 'utf8').split('|');
  expect([named, text!.split('\n')[1], text!.length]).toEqual([link, link, 600]);
});

test('no desktop tool puts title or text into a program text', () => {
  for (const tool of ['osascript', 'powershell.exe']) {
    const words = desktopArguments(tool, { title: 'T"T', text: 'X"X' });
    const programs = words.filter((_, index) => ['-e', '-Command'].includes(words[index - 1] ?? ''));
    expect(programs.length).toBeGreaterThan(0);
    expect(programs.join()).not.toMatch(/T"T|X"X/);
  }
});

test('the tool of the platform is named, and none where there is none', async () => {
  expect(await desktopTool({ env: { PATH: folder }, platform: 'linux' })).toBeNull();
  program('osascript');
  expect(await desktopTool({ env: { PATH: folder }, platform: 'linux' })).toBeNull();
  expect(await desktopTool({ env: { PATH: folder }, platform: 'darwin' })).toBe('osascript');
});

test('a command that hangs is stopped at the limit, with everything it started', async () => {
  program('hang', `(sleep 1000; touch ${folder}/late) & echo $! > ${folder}/pid; sleep 1000\n`);
  const report = await notifyHuman(
    { title: 't', text: 't' },
    { ...none, command: ['hang'] },
    environment({ limitMs: 1000 }),
  );
  expect(report.failed).toEqual([{ way: 'command', reason: 'hang did not end within 1000 ms' }]);
  const child = Number(readFileSync(join(folder, 'pid'), 'utf8'));
  await expect.poll(() => isRunning(child)).toBe(false);
});

test('a command that ends does not wait for what it left in the background', async () => {
  program('quick', '(sleep 3 &) \n');
  const report = await notifyHuman(
    { title: 't', text: 't' },
    { ...none, command: ['quick'] },
    environment({ limitMs: 2000 }),
  );
  expect(report.done).toEqual(['command: quick']);
});

test('whatever fails is reported and never thrown', async () => {
  program('fails', 'exit 3\n');
  const failing = await notifyHuman({ title: 't', text: 't' }, { ...none, command: ['fails'] }, environment());
  expect(failing.failed[0]?.reason).toBe('fails ended with 3');
  const missing = await notifyHuman(
    { title: 't', text: 't' },
    { ...none, command: ['no-such-program'] },
    environment(),
  );
  expect(missing.failed[0]?.reason).toMatch(/ENOENT/);
  const empty = await notifyHuman({ title: '', text: '' }, { bell: true, desktop: true, command: [] }, environment());
  expect(empty.failed.map((one) => one.way).sort()).toEqual(['bell', 'command']);
  const blind = await notifyHuman(
    { title: 't', text: 't' },
    { ...none, bell: true },
    environment({ terminals: () => Promise.reject(new Error('no server')) }),
  );
  expect(blind.failed).toEqual([{ way: 'bell', reason: 'no server' }]);
});

test('the bell rings every terminal that can be reached, and is one byte', async () => {
  const tty = join(folder, 'tty');
  writeFileSync(tty, '');
  const report = await notifyHuman(
    { title: 't', text: 'secret' },
    { ...none, bell: true },
    environment({ terminals: async () => [join(folder, 'gone'), tty] }),
  );
  expect(report).toEqual({ done: ['bell: 1 terminal'], failed: [] });
  expect(readFileSync(tty, 'utf8')).toBe('\u0007');
});

test('a text that its reader does not want to read harms nobody', async () => {
  writeFileSync(join(folder, 'deaf'), '#!/bin/sh\nexec 0<&-\nexit 0\n', { mode: 0o755 });
  const report = await notifyHuman(
    { title: 't', text: 'x'.repeat(1_000_000) },
    { ...none, command: ['deaf'] },
    environment(),
  );
  expect(report.failed).toEqual([]);
});

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')) && process.kill(pid, 0);
  } catch {
    return false;
  }
}
