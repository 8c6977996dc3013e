import { expect, test } from 'vitest';
import { processNames } from '../../bridge/agent-programs/index.ts';
import { type Process, type ProcessSource, parsePs, parseStat, psSource } from '../../bridge/host/process-source.ts';
import { ProcessTree } from '../../bridge/host/process-tree.ts';
import { programName } from '../../bridge/host/program-names.ts';

const kindOf = (line: string) => {
  const { name, kind } = programName(line.split(' '), '', processNames);
  return `${kind} ${name}`;
};

test('a shell that reads what is typed is a shell, however it was started', () => {
  const lines = [
    'bash',
    '-bash',
    '/usr/bin/zsh -l',
    'fish -C clear',
    'bash --rcfile /x -i',
    'bash -s',
    'sh -is',
    'dash',
  ];
  lines.push('tcsh', 'ksh93', 'nu', 'pwsh -NoExit -Command x', 'bash -O extglob', 'bash -ic x', 'bash --norc -o posix');
  for (const line of lines) expect([line, kindOf(line)]).toEqual([line, expect.stringMatching(/^shell /)]);
});

test('a shell that runs a script or a command reads nothing itself', () => {
  expect(kindOf('bash /opt/start-it.sh -i')).toBe('program start-it');
  expect(kindOf('sh -c codex --x')).toBe('program sh');
  expect(kindOf('bash -lc true')).toBe('program bash');
  expect(kindOf('bash -o pipefail /x/run')).toBe('program run');
  expect(kindOf('bash /usr/local/bin/codex')).toBe('agent codex');
});

test('an interpreter without a script is a REPL, and with one it is the script', () => {
  for (const line of [
    'node',
    'python3',
    'python3 -i app.py',
    'node --inspect',
    'python -',
    'bun repl',
    'lua',
    'ruby',
  ]) {
    expect([line, kindOf(line)]).toEqual([line, expect.stringMatching(/^repl /)]);
  }
  expect(kindOf('python3 /usr/bin/ipython')).toBe('repl ipython');
  expect(kindOf('ruby /usr/bin/irb')).toBe('repl irb');
  expect(kindOf('python -m pdb x.py')).toBe('repl pdb');
  expect(kindOf('node inspect x.js')).toBe('repl node');
  expect(kindOf('node -e x')).toBe('program node');
  expect(kindOf('python3 -c x')).toBe('program python3');
  expect(kindOf('python3 -m http.server')).toBe('program http.server');
  expect(kindOf('node --import ./a.js app.mjs')).toBe('program app');
  expect(kindOf('python3.11 -W ignore /usr/bin/aider')).toBe('agent aider');
});

test('an agent is known by its own name, by its script and by the package it lies in', () => {
  expect(kindOf('codex --yolo')).toBe('agent codex');
  expect(kindOf('node --max-old-space-size=4096 /usr/bin/gemini -m x')).toBe('agent gemini');
  expect(kindOf('node /x/node_modules/@google/gemini-cli/dist/index.js')).toBe('agent gemini');
  expect(kindOf('node /x/node_modules/@qwen-code/qwen-code/cli.js')).toBe('agent qwen');
  expect(kindOf('node /x/node_modules/@anthropic-ai/claude-code/cli.js')).toBe('agent claude');
  expect(kindOf('/x/node_modules/@openai/codex/vendor/x86_64-unknown-linux-musl/codex/codex')).toBe('agent codex');
  expect(kindOf('/home/ada/.local/share/claude/versions/2.0.1')).toBe('agent claude');
  expect(kindOf('bun run /x/opencode.ts')).toBe('agent opencode');
  expect(programName(['gemini (main)'], 'node', processNames).name).toBe('gemini');
  expect(programName(['/My Tools/codex'], 'codex', processNames).name).toBe('codex');
});

test('what only mentions an agent is not one', () => {
  expect(kindOf('vim codex')).toBe('program vim');
  expect(kindOf('node /work/codex/server.js')).toBe('program server');
  expect(kindOf('less /x/claude')).toBe('program less');
  expect(kindOf('codex-notes')).toBe('program codex-notes');
  expect(kindOf('node /x/node_modules/@openai/codex/scripts/postinstall.js')).toBe('program postinstall');
});

test('what carries keys to another machine or terminal is remote', () => {
  for (const line of ['ssh host', 'mosh-client x', 'docker run -it x', 'kubectl exec -it x', 'tmux attach', 'sftp h']) {
    expect([line, kindOf(line)]).toEqual([line, expect.stringMatching(/^remote /)]);
  }
});

test('the line of a process is read even if its name holds spaces and parentheses; a zombie is no process', () => {
  const tail = '1 77 77 34816 99 4194304 1 2 3 4 5 6 7 8 20 0 1 0 123456 1 2';
  expect(parseStat(`77 (a) b (c) S ${tail}`)).toEqual({
    pid: 77,
    parent: 1,
    group: 77,
    foregroundGroup: 99,
    stopped: false,
    startedAt: '123456',
    comm: 'a) b (c',
  });
  expect(parseStat(`77 (x) Z ${tail}`)).toBeNull();
  expect(parseStat('')).toBeNull();
});

/** A made-up process table: [pid, parent, group, foreground group, command line, stopped?, keys from elsewhere?]. */
type Line = readonly [number, number, number, number, string, { stopped?: true; piped?: true }?];

function processes(lines: readonly Line[]): ProcessSource {
  const row = (pid: number) => lines.find((line) => line[0] === pid);
  return {
    read(pid) {
      const line = row(pid);
      if (!line) return null;
      const [, parent, group, foregroundGroup, command, more] = line;
      return {
        pid,
        parent,
        group,
        foregroundGroup,
        stopped: !!more?.stopped,
        startedAt: `t${pid}`,
        comm: command.slice(0, 15),
      };
    },
    children: (pid) => lines.filter((line) => line[1] === pid).map((line) => line[0]),
    commandLine: ({ pid }: Process) => row(pid)?.[4].split(' ') ?? [],
    readsTerminal: (pid) => !row(pid)?.[5]?.piped,
  };
}

const look = (lines: readonly Line[], command = '') =>
  new ProcessTree(processNames, processes(lines)).findProgram({ panePid: 10, command });

test('an agent behind npx, a script and a node shim is found once, at its outermost process', () => {
  const found = look([
    [10, 1, 10, 20, '-bash'],
    [20, 10, 20, 20, 'bash /opt/start.sh'],
    [21, 20, 20, 20, 'npm exec codex'],
    [22, 21, 20, 20, 'sh -c codex'],
    [23, 22, 20, 20, 'node /usr/bin/codex'],
    [24, 23, 20, 20, '/x/vendor/codex'],
  ]);
  expect(found).toEqual({ program: 'codex', pid: 23, startedAt: 't23', foreground: 'agent' });
});

test('an agent stopped with Ctrl-Z is still known, but the shell reads the keys', () => {
  const found = look([
    [10, 1, 10, 10, '-bash'],
    [20, 10, 20, 10, 'node /usr/bin/codex', { stopped: true }],
  ]);
  expect(found).toEqual({ program: 'codex', pid: 20, startedAt: 't20', foreground: 'shell' });
});

test('an agent whose job has begun to stop is stopped, also while it runs a moment longer than its script', () => {
  const found = look([
    [10, 1, 10, 10, '-bash'],
    [20, 10, 20, 10, 'bash /opt/start.sh', { stopped: true }],
    [21, 20, 20, 10, 'node /usr/bin/codex'],
  ]);
  expect(found).toMatchObject({ program: 'codex', pid: 21, foreground: 'shell' });
});

test('an agent that works in the background is not who reads the keys', () => {
  const found = look([
    [10, 1, 10, 10, '-bash'],
    [20, 10, 20, 10, 'codex exec hello'],
  ]);
  expect(found).toEqual({ program: null, pid: null, startedAt: null, foreground: 'shell' });
});

test('a shell that an agent opened for the human is a shell', () => {
  const found = look([
    [10, 1, 10, 30, 'codex'],
    [30, 10, 30, 30, 'bash -i'],
  ]);
  expect(found.foreground).toBe('shell');
});

test('a helper that an agent talks to through a pipe is not who reads the keys', () => {
  const lines: Line[] = [
    [10, 1, 10, 10, 'node /opt/my-tui.js'],
    [11, 10, 10, 10, 'bash', { piped: true }],
    [12, 10, 10, 10, 'codex app-server', { piped: true }],
  ];
  expect(look(lines)).toEqual({ program: 'my-tui', pid: 10, startedAt: 't10', foreground: 'program' });
});

test('ssh in a script, a REPL in a script and a shell below sudo are what they are', () => {
  const below = (command: string): Line[] => [
    [10, 1, 10, 20, '-bash'],
    [20, 10, 20, 20, 'bash /opt/go.sh'],
    [21, 20, 20, 20, command],
  ];
  expect(look(below('ssh host')).foreground).toBe('remote');
  expect(look(below('python3')).foreground).toBe('repl');
  const sudo: Line[] = [
    [10, 1, 10, 20, '-bash'],
    [20, 10, 20, 20, 'sudo -i'],
    [21, 20, 21, 22, 'sudo -i'],
    [22, 21, 22, 22, '-bash'],
  ];
  expect(look(sudo).foreground).toBe('shell');
  expect(look([...sudo.slice(0, 3), [22, 21, 22, 22, 'codex']])).toMatchObject({
    program: 'codex',
    foreground: 'agent',
  });
});

test('a leader that lost its parent is found by the terminal itself', () => {
  const found = look([
    [10, 1, 10, 50, '-bash'],
    [50, 1, 50, 50, 'codex'],
  ]);
  expect(found).toMatchObject({ program: 'codex', pid: 50, foreground: 'agent' });
});

test('where the foreground cannot be seen, tmux naming a shell is enough to keep off', () => {
  const hidden: Line[] = [[10, 1, 10, 50, 'login']];
  expect(look(hidden, 'zsh').foreground).toBe('shell');
  expect(look(hidden, 'ssh').foreground).toBe('remote');
  expect(look(hidden, 'codex')).toEqual({ program: null, pid: null, startedAt: null, foreground: 'program' });
  expect(look([], 'codex').foreground).toBe('none');
});

test('what was remembered of an agent is dropped when it ends, is stopped, or another took its pid', () => {
  const running: Line[] = [
    [10, 1, 10, 20, '-bash'],
    [20, 10, 20, 20, 'codex'],
  ];
  let lines: Line[] = running;
  let asked = 0;
  const tree = new ProcessTree(processNames, {
    read: (pid) => processes(lines).read(pid),
    children(pid) {
      asked++;
      return processes(lines).children(pid);
    },
    commandLine: (process) => processes(lines).commandLine(process),
    readsTerminal: () => true,
  });
  const find = () => tree.findProgram({ panePid: 10, command: '' });
  expect(find().program).toBe('codex');
  const asked1 = asked;
  expect(find().program).toBe('codex');
  expect(asked).toBe(asked1);
  lines = [
    [10, 1, 10, 10, '-bash'],
    [20, 10, 20, 10, 'codex', { stopped: true }],
  ];
  expect(find().foreground).toBe('shell');
  lines = running;
  expect(find().foreground).toBe('agent');
  lines = [[10, 1, 10, 10, '-bash']];
  expect(find()).toMatchObject({ program: null, foreground: 'shell' });
  lines = running;
  find();
  // the same pid and group, but the program in it replaced itself
  lines = [running[0]!, [20, 10, 20, 20, 'bash']];
  expect(find().foreground).toBe('shell');
});

test("macOS's ps is read whole, asked once for many panes, and asked again when its answer is old", () => {
  const text = [
    '    1     0     1     0 Ss   Thu Nov 20 09:00:00 2026 /sbin/launchd',
    '  501     1   501   620 Ss   Fri Nov 21 01:34:05 2026 -zsh',
    '  620   501   620   620 S+   Fri Nov  1 01:35:00 2026 node /opt/homebrew/bin/codex --yolo',
    '  621   620   620   620 S+   Fri Nov 21 01:35:01 2026 /opt/x/vendor/aarch64-apple-darwin/codex/codex --yolo',
    '  700   501   700   620 T    Fri Nov 21 01:36:00 2026 vim notes',
    '  701   501   701   620 Z    Fri Nov 21 01:36:00 2026 (gone)',
    'nonsense',
  ].join('\n');
  expect(parsePs(text).map((process) => process.pid)).toEqual([1, 501, 620, 621, 700]);
  let now = 0;
  let runs = 0;
  const tree = new ProcessTree(
    processNames,
    psSource(
      () => now,
      () => {
        runs++;
        return text;
      },
    ),
  );
  const found = { program: 'codex', pid: 620, startedAt: 'Fri Nov 1 01:35:00 2026', foreground: 'agent' };
  for (let pane = 0; pane < 50; pane++) expect(tree.findProgram({ panePid: 501, command: 'node' })).toEqual(found);
  expect(runs).toBe(1);
  now = 1000;
  tree.findProgram({ panePid: 501, command: 'node' });
  expect(runs).toBe(2);
});
