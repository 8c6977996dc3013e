import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { run } from './bridge-process.ts';
import { eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

eachTestStartsWith();
beforeEach(async () => {
  await tmux.run('new-session', '-d', '-s', 'macs', 'exec sleep 1000');
});

test('an id that is empty is a usage error in words, with and without a daemon', async () => {
  const words = { code: 64, stderr: expect.stringMatching(/^bridge: show: id: is empty\s*$/) };
  const bridge = await startWatching(['--mode', 'manual']);
  try {
    expect(await run(tmux, ['show', '', '--home', home])).toMatchObject(words);
  } finally {
    await bridge.stop('SIGKILL');
  }
  expect(await run(tmux, ['show', '', '--home', home])).toMatchObject(words);
  const answer = await run(tmux, ['answer', '', 'a text', '--home', home]);
  expect(answer).toMatchObject({ code: 64, stderr: expect.stringContaining('answer: id: is empty') });
});

test('what is too long or too much is said in the words of the command, with a daemon and without', async () => {
  const long = 'a'.repeat(300);
  const all: ReadonlyArray<readonly [readonly string[], string]> = [
    [['tell', long, 'hi'], 'member: aaaaaaaaaaaaaaaaaaaaaaaa…: is longer than 256 characters'],
    [['post', long, 'hi'], 'thread: aaaaaaaaaaaaaaaaaaaaaaaa…: is longer than 128 characters'],
    [['ack', long], 'message: aaaaaaaaaaaaaaaaaaaaaaaa…: is longer than 64 characters'],
    [['tell', 'x', 'hi', '--ttl', '100d'], 'tell: --ttl: is longer than 90 days'],
    [['thread', 'read', 'x', '-n', '9999999'], '-n: 9999999: is more than 100000'],
    [['explain', long], 'name: aaaaaaaaaaaaaaaaaaaaaaaa…: is longer than 256 characters'],
  ];
  const each = async () => {
    for (const [words, fault] of all)
      expect([words, await run(tmux, [...words, '--home', home])]).toEqual([
        words,
        expect.objectContaining({ code: 64, stderr: `bridge: ${fault}\n` }),
      ]);
  };
  await each();
  const bridge = await startWatching(['--mode', 'manual']);
  try {
    await each();
  } finally {
    await bridge.stop('SIGKILL');
  }
});

test('help that is piped is as wide as COLUMNS says', async () => {
  for (const [COLUMNS, width] of [
    ['40', 40],
    ['x', 80],
    ['-5', 80],
  ] as const) {
    const { stdout } = await run(tmux, ['tell', '--help'], { env: { COLUMNS } });
    const widest = Math.max(...stdout.split('\n').map((line) => line.length));
    expect([COLUMNS, widest > width - 10 && widest <= width]).toEqual([COLUMNS, true]);
  }
});

test('a text that is too long for a call is a usage error beside a daemon, too', async () => {
  const bridge = await startWatching(['--mode', 'manual']);
  try {
    const file = join(tmux.folder, 'long');
    writeFileSync(file, 'a'.repeat(10_000_000));
    expect(await run(tmux, ['tell', 'coder', '--file', file, '--home', home])).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/^bridge: tell: .*: is longer than 1048576 characters\s*$/),
    });
  } finally {
    await bridge.stop('SIGKILL');
  }
});

test.each([
  ['show', 'yf'],
  ['answer', 'yf', 'a text'],
  ['dismiss', 'yf'],
  ['settle', 'yf'],
])('%s in a state directory that no bridge has used says so, and makes none', async (...words) => {
  const mistyped = join(tmux.folder, 'hmoe');
  const said = await run(tmux, [...words, '--home', mistyped]);
  expect(said).toMatchObject({
    code: 64,
    stderr: expect.stringMatching(/unknown request 'yf': no bridge has run for .*hmoe yet/),
  });
  expect(existsSync(mistyped)).toBe(false);
});

test('nothing is open where no bridge has run, and no state directory is made', async () => {
  const mistyped = join(tmux.folder, 'hmoe');
  const said = await run(tmux, ['requests', '--json', '--home', mistyped]);
  expect(said).toMatchObject({ code: 0, stdout: '[]\n', stderr: expect.stringContaining('no bridge has run') });
  expect(existsSync(mistyped)).toBe(false);
});

test.each([
  [['help', 'frob'], "unknown command 'frob'", '`bridge --help` lists the commands'],
  [['frob'], "unknown command 'frob'", '`bridge --help` lists the commands'],
  [['reqests', '--all'], "unknown command 'reqests'", "did you mean 'requests'?", '`bridge --help` lists the commands'],
  [
    ['start', 'wroker'],
    "unknown command 'wroker'",
    "did you mean 'worker'?",
    '`bridge start --help` lists the commands',
  ],
  [['show', '--frob'], "unknown option '--frob'", '`bridge show --help` lists its flags'],
  [['--sesion', 'macs'], "unknown option '--sesion'", "did you mean '--session'?", '`bridge --help` lists its flags'],
  [['requests', 'more'], "too many arguments 'more'", '`bridge requests --help` shows what it takes'],
  [['show'], "missing argument 'id'", '`bridge show --help` shows what it takes'],
  [['show', 'yf', '--home'], "missing value of '--home <dir>'", '`bridge show --help` lists its flags'],
  [
    ['post', 'api', '--to', 'coder', 'hi'],
    'post: message: is missing',
    'the message comes before --to: bridge post THREAD "message" --to NAME NAME; - reads it from stdin',
  ],
  [['--mode', 'atuo'], "invalid --mode 'atuo'", "did you mean 'auto'?", 'expected one of auto, manual'],
  [
    ['hooks', 'install', 'claud'],
    "unknown agent program 'claud'",
    "did you mean 'claude'?",
    'hooks can be installed for',
  ],
])('%j is a usage error: what is wrong, the closest that there is, the next step', async (words, ...lines) => {
  const said = await run(tmux, words);
  expect([said.code, said.stdout]).toEqual([64, '']);
  const printed = said.stderr.trimEnd().split('\n');
  expect(printed.map((line, index) => line.slice(0, lines[index]!.length + 8))).toEqual(
    lines.map((line, index) => (index === 0 ? 'bridge: ' : ' '.repeat(8)) + line),
  );
});

test('a usage error is JSON under --json, with the next step', async () => {
  const said = await run(tmux, ['reqests', '--json']);
  expect(JSON.parse(said.stdout)).toMatchObject({ what: 'command', target: 'reqests', error: 'unknown' });
  expect(said.stderr).toContain("bridge: unknown command 'reqests'");
});

test.each([['send'], ['ask'], ['tell', 'coder'], ['post', 'api', '--to', 'coder']])(
  '%s of a text that begins with a dash says where it goes',
  async (...words) => {
    const said = await run(tmux, [...words, '- first do this', '--home', home]);
    expect(said).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('a text that begins with - goes after --'),
    });
  },
);

test.each([
  [
    ['--session', 'macs', '--worker', 'nosuch'],
    1,
    /target: nosuch: no pane in session "macs" .*\n +panes: %0 macs:0\.0 worker\n/,
  ],
  [
    ['--session', 'macs', '--worker', 'worker', '--worker', 'nosuch'],
    1,
    /target: nosuch: no pane .*\n +panes: %0 macs:0\.0 worker\n/,
  ],
  [['--session', 'nosuch'], 1, /session: nosuch: does not exist\n +sessions: macs\n/],
  [['pause', 'nosuch'], 64, /unknown worker 'nosuch'\n +known workers: \S+\/worker\n/],
  [['pause', 'wroker'], 64, /unknown worker 'wroker'\n +did you mean '\S+\/worker'\?\n +known workers: \S+\/worker\n/],
  [
    ['status', '--agent', 'claud'],
    64,
    /unknown agent program 'claud'\n +did you mean 'claude'\?\n +--agent: expected one of codex/,
  ],
  [['send', '--pane', 'nosuch', 'a text'], 1, /target: nosuch: no pane .*\n +panes: %0 macs:0\.0 worker\n/],
  [['status', '--pane', 'nosuch'], 1, /target: nosuch: no pane .*\n +panes: %0 macs:0\.0 worker\n/],
  [['list', '--worker', 'nosuch'], 64, /unknown option '--worker'/],
])('%j, a name that nobody has, ends with %i and names those that there are', async (words, code, stderr) => {
  await tmux.run('set-option', '-p', '-t', '%0', '@label', 'worker');
  const said = await run(tmux, [...words, '--home', home]);
  expect(said).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(stderr) });
});
