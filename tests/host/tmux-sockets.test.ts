import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { namedTmuxSockets } from '../../bridge/host/tmux-sockets.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bridge-proc-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function runs(pid: number, comm: string, ...argv: string[]): void {
  const folder = join(root, String(pid));
  mkdirSync(folder);
  writeFileSync(join(folder, 'comm'), `${comm}\n`);
  writeFileSync(join(folder, 'cmdline'), `${argv.join('\0')}\0`);
  symlinkSync('/work/shop', join(folder, 'cwd'));
}

test('the sockets that servers were started with, each once, absolute', () => {
  runs(1, 'tmux: server', 'tmux', '-S', '/run/a.sock', 'new-session', '-d');
  runs(2, 'tmux: server', '/usr/bin/tmux', '-u', '-f', '/dev/null', '-Sb.sock', 'new', '-S', '/not/this');
  runs(3, 'tmux: server', 'tmux', '-2uS', '/run/a.sock');
  runs(4, 'tmux: server', 'tmux', '-L', 'named', 'new-session', '-S', '/not/this');
  runs(5, 'tmux: client', 'tmux', '-S', '/run/client.sock', 'attach');
  runs(6, 'bash', 'bash', '-c', 'tmux -S /run/shell.sock');
  runs(7, 'tmux: server', 'tmux', '-S');
  expect(namedTmuxSockets(root)).toEqual(['/run/a.sock', '/work/shop/b.sock']);
});

test('where processes are no files, none', () => {
  expect(namedTmuxSockets(join(root, 'nowhere'))).toEqual([]);
});
