import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { processNames } from '../../bridge/agent-programs/index.ts';
import { type FoundProgram, ProcessTree } from '../../bridge/host/process-tree.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { eachTestStartsWith, tmux } from './live-fixture.ts';

/** Real processes on a real terminal. What is typed goes to our own private server only. */
let tree: ProcessTree;
let panePid: number;

eachTestStartsWith();
beforeEach(async () => {
  tree = new ProcessTree(processNames);
  await tmux.run('new-session', '-d', '-x', '80', '-y', '24', 'bash --norc --noprofile');
  panePid = Number(await tmux.run('display-message', '-p', '#{pane_pid}'));
});

const type = (line: string) => tmux.run('send-keys', '-l', line).then(() => tmux.run('send-keys', 'Enter'));

async function until(wanted: Partial<FoundProgram>): Promise<FoundProgram> {
  let last: FoundProgram | null = null;
  return waitFor(
    JSON.stringify(wanted),
    () => {
      last = tree.findProgram({ panePid, command: '' });
      const seen = last;
      return Object.entries(wanted).every(([key, value]) => seen[key as keyof FoundProgram] === value) && seen;
    },
    { describe: async () => JSON.stringify(last) },
  );
}

function script(name: string, text: string): string {
  const bin = join(tmux.folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), text);
  chmodSync(join(bin, name), 0o755);
  return join(bin, name);
}

const idle = 'process.stdin.resume();';

test('a bare bash is a shell, and so is what it becomes after a program', async () => {
  await until({ foreground: 'shell', program: null });
  await type(`${script('some-tui.mjs', `#!/usr/bin/env node\n${idle}`)}`);
  const found = await until({ foreground: 'program', program: 'some-tui' });
  expect(found.pid).not.toBe(panePid);
  await tmux.run('send-keys', 'C-c');
  await until({ foreground: 'shell', program: null, pid: null });
});

test('an agent behind a script and a shim is one agent, with one pid and one start', async () => {
  const native = join(tmux.folder, 'bin', 'native');
  mkdirSync(native, { recursive: true });
  copyFileSync('/usr/bin/sleep', join(native, 'codex'));
  const shim = script(
    'codex',
    `#!/usr/bin/env node
const { spawn } = require('node:child_process');
spawn(${JSON.stringify(join(native, 'codex'))}, ['100'], { stdio: 'inherit' });`,
  );
  await type(`bash ${script('start.sh', `${shim}\ntrue`)}`);
  const first = await until({ foreground: 'agent', program: 'codex' });
  for (let look = 0; look < 20; look++) expect(tree.findProgram({ panePid, command: '' })).toEqual(first);
  expect(new ProcessTree(processNames).findProgram({ panePid, command: '' })).toEqual(first);

  await tmux.run('send-keys', 'C-z');
  expect(await until({ foreground: 'shell' })).toEqual({ ...first, foreground: 'shell' });
  await type('fg');
  expect(await until({ foreground: 'agent' })).toEqual(first);
  await tmux.run('send-keys', 'C-c');
  await until({ foreground: 'shell', program: null });
  await type(shim);
  const second = await until({ foreground: 'agent', program: 'codex' });
  expect([second.pid, second.startedAt]).not.toEqual([first.pid, first.startedAt]);
});

test('node without a script is a REPL, with one it is the script, and python likewise', async () => {
  await type('node');
  await until({ foreground: 'repl', program: 'node' });
  await type('.exit');
  await until({ foreground: 'shell' });
  await type('if command -v python3; then python3; else node; fi');
  await until({ foreground: 'repl' });
});

test('a shell on a terminal of its own, below script, is a shell', async () => {
  await type('if command -v script; then script -qc "bash --norc" /dev/null; else bash --norc; fi');
  await waitFor('a second shell', async () => tree.findProgram({ panePid, command: '' }).foreground === 'shell');
  await type(`node ${script('inner-tui.mjs', idle)}`);
  await until({ foreground: 'program', program: 'inner-tui' });
});

test('a pane whose process has ended has nobody in it', async () => {
  await tmux.run('set-option', '-g', 'remain-on-exit', 'on');
  await type('exit');
  await until({ foreground: 'none', program: null });
});
