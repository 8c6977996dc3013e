import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { program } from './bridge-process.ts';
import { command, eachMailTestStarts, found, home, member, ran, tmux, tool, watch } from './mail-fixture.ts';

/** What nobody should send: each is refused in words, and nothing of it is kept. */

eachMailTestStarts({ workers: ['coder'] });

const threads = async () => JSON.parse((await command('threads', '--json')).stdout);

/** `bridge` with something on its stdin. */
function withStdin(
  args: readonly string[],
  stdin: string | Buffer | 'closed',
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [program, ...args, '--home', home], {
    stdio: [stdin === 'closed' ? 'ignore' : 'pipe', 'ignore', 'pipe'],
    env: { ...process.env, TMUX: '', TMUX_PANE: '' },
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(stdin);
  let stderr = '';
  child.stderr!.on('data', (chunk) => {
    stderr += String(chunk);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

test('empty, too long, no text at all: from a word, a file, a pipe, a device without an end, a closed stdin', async () => {
  await command('add', 'coder');
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(tmux.folder, name), content);
    return join(tmux.folder, name);
  };
  const large = 'x'.repeat(10 * 1024 * 1024);
  const refused: ReadonlyArray<readonly [Promise<{ code: number | null; stderr: string }>, RegExp]> = [
    [command('tell', 'coder', ''), /is empty/],
    [command('tell', 'coder', ' \n\t\u200b'), /nothing visible/],
    [command('tell', 'coder', '--file', file('large', large)), /longer than 1048576/],
    [command('tell', 'coder', '--file', file('long', 'x'.repeat(65_537))), /65536 are the most/],
    [command('tell', 'coder', '--file', file('nothing', '')), /is empty/],
    [command('tell', 'coder', '--file', file('nul', '\0\0\x1b[2J\x07')), /nothing visible/],
    [command('tell', 'coder', '--file', file('latin', Buffer.from([0xe9, 0x20]))), /not UTF-8/],
    [command('tell', 'coder', '--file', '/dev/zero'), /longer than 1048576/],
    [command('tell', 'coder', '--file', tmux.folder), /cannot be read \(EISDIR\)/],
    [command('tell', 'coder', '--file', join(tmux.folder, 'gone')), /cannot be read \(ENOENT\)/],
    [withStdin(['tell', 'coder', '-'], large), /longer than 1048576/],
    [withStdin(['tell', 'coder', '-'], Buffer.from([0xff, 0xfe])), /not UTF-8/],
    [withStdin(['tell', 'coder', '-'], ''), /is empty/],
    [withStdin(['tell', 'coder', '-'], 'closed'), /is empty/],
    [withStdin(['tell', 'coder', '-'], 'a\0b\x1b[31mred\x1b[0m'), /holds control characters/],
    [withStdin(['tell', 'coder', '-'], 'ring\x07'), /holds control characters/],
  ];
  for (const [outcome, reason] of refused)
    expect(await outcome).toMatchObject({ code: 64, stderr: expect.stringMatching(reason) });
  expect(await threads()).toEqual([]);
  // colours of a program's output are no words: what is left is sent
  expect(await withStdin(['tell', 'coder', '-'], 'ab\x1b[31mred\x1b[0m')).toMatchObject({ code: 2 });
  expect((await command('thread', 'read', 'coder+human')).stdout).toContain('\n  abred\n');
});

test('names and threads that are none, ten thousand recipients, a queue of one: nobody is told, and nothing lies outside of the folder', async () => {
  await command('add', 'coder');
  const many = Array.from({ length: 10_000 }, (_, index) => `n${index}`);
  const members = ['', '../coder', 'a\nb', '=', '%3', '\u{1f389}', 'x'.repeat(5_000), 'coder\t'];
  const topics = ['../up', '/etc/x', '.hidden', 'a//b', 'a/', 'a\nb', 'a/../b', 'plan.md/sub', ' ', '-x'];
  const long = ['x'.repeat(129), '\u0645'.repeat(120)];
  const refused: ReadonlyArray<readonly [string[], RegExp]> = [
    [['tell', ...many, 'x'], /more than 200 names/],
    [['tell', 'coder', 'nobody', 'x'], /unknown member 'nobody'/],
    ...members.map((name): [string[], RegExp] => [['tell', name, 'x'], /unknown member|longer than/]),
    ...[...topics, ...long].map((name): [string[], RegExp] => [
      ['post', '--to', 'coder', '--', name, 'x'],
      /invalid thread|longer than/,
    ]),
  ];
  for (const [args, reason] of refused)
    expect({ args: args.slice(0, 4), ...(await command(...args)) }).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(reason),
    });
  expect(await threads()).toEqual([]);
  expect(readdirSync(home).filter((name) => name === 'threads')).toEqual([]);
  // a thread may have the name of a folder, and be one that differs in case only
  for (const name of ['plan/sub', 'plan', 'PLAN'])
    expect(await command('post', name, 'x', '--to', 'coder')).toMatchObject({ code: 2 });
  expect(
    (await threads()).map(({ name, messages }: { name: string; messages: number }) => [name, messages]).sort(),
  ).toEqual([
    ['plan', 2],
    ['plan/sub', 1],
  ]);
  expect(readdirSync(join(home, 'threads')).sort()).toEqual(['plan', 'plan.md']);
});

test('nobody writes to himself', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  await coder.perform({ play: [tool('tell', 'coder', 'x'), tool('post', 'plan', 'x', '--to', 'coder')], input: 'go' });
  const outcomes = await ran(coder, 2);
  for (const one of outcomes)
    expect(one).toMatchObject({ code: 64, stderr: expect.stringContaining('nobody writes to himself') });
  expect(await threads()).toEqual([]);
});

test('a full disk refuses a message in words, keeps none of it, and loses none that was taken', async () => {
  await command('add', 'coder');
  const watching = await watch();
  const limit = (bytes: number | null) =>
    execFileSync('prlimit', ['--pid', String(watching.child.pid), `--fsize=${bytes ?? 'unlimited'}:`]);
  expect(await command('tell', 'coder', 'before')).toMatchObject({ code: 2 });
  limit(statSync(join(home, 'bridge.db-wal')).size);
  expect(await command('tell', 'coder', 'meanwhile')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/nothing was written/),
  });
  limit(null);
  expect(await command('tell', 'coder', 'after')).toMatchObject({ code: 2 });
  expect((await command('thread', 'read', 'coder+human')).stdout.match(/^ {2}.*/gm)).toEqual(['  before', '  after']);
  await watching.stop();
  expect(readFileSync(join(home, 'threads/coder+human.md'), 'utf8').match(/^\w+$/gm)).toEqual(['before', 'after']);
  expect(await command('verify')).toMatchObject({ code: 0 });
});

test('a page that cannot be written is said, and the journal has all of it', async () => {
  await command('add', 'coder');
  mkdirSync(join(home, 'threads/coder+human.md'), { recursive: true, mode: 0o700 });
  const watching = await watch();
  expect(await command('tell', 'coder', 'one')).toMatchObject({ code: 2 });
  await watching.line(
    'it is said',
    (line) => line.type === 'said' && /coder\+human\.md cannot be written.*nothing is lost/.test(String(line.text)),
  );
  expect((await command('thread', 'read', 'coder+human')).stdout).toContain('\n  one\n');
});
