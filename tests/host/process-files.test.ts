import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProcessFiles, parseTcp } from '../../bridge/host/process-files.ts';
import { procSource } from '../../bridge/host/process-source.ts';

let folder: string;
let child: ChildProcess | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-ground-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** A program with a helper in its own group and a tool in a group of its own; each holds a file, the program a port. */
const script = `
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
openSync('held-by-program', 'w');
const run = (file, detached) => spawn(process.execPath, ['-e', 'require("fs").openSync(' + JSON.stringify(file) + ', "w"); console.log("up"); process.stdin.resume()', file], { detached, stdio: ['pipe', 'pipe', 'inherit'] });
const up = (one) => new Promise((resolve) => one.stdout.once('data', resolve));
const [helper, tool] = [run('held-by-helper', false), run('held-by-tool', true)];
await Promise.all([up(helper), up(tool)]);
createServer().listen(0, '127.0.0.1', function () {
  console.log(JSON.stringify({ port: this.address().port, helper: helper.pid, tool: tool.pid }));
});
`;

test("a program's own processes are told, with what they hold; the tools it starts in groups of their own are not", async () => {
  writeFileSync(join(folder, 'program.mjs'), script);
  child = spawn(process.execPath, ['program.mjs', '--flag', 'a value'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const pid = child.pid!;
  const line = await new Promise<string>((resolve) => createInterface({ input: child!.stdout! }).once('line', resolve));
  const { port, helper, tool } = JSON.parse(line) as { port: number; helper: number; tool: number };
  try {
    const ground = new ProcessFiles();
    const { startedAt } = procSource().read(pid)!;
    const program = ground.program(pid, startedAt);
    expect(program.map((member) => member.pid)).toEqual([pid, helper]);
    expect(program[0]).toMatchObject({ argv: [process.execPath, 'program.mjs', '--flag', 'a value'], cwd: folder });
    const held = program.flatMap(({ open }) => open).filter((path) => path.startsWith(folder));
    expect(held.sort()).toEqual([join(folder, 'held-by-helper'), join(folder, 'held-by-program')]);

    const listening = ground.tcp().filter(({ local, isListening }) => isListening && local === `127.0.0.1:${port}`);
    expect(listening).toHaveLength(1);
    expect(program[0]!.open).toContain(`socket:[${listening[0]!.inode}]`);
    expect(ground.others().find((other) => other.pid === tool)).toMatchObject({ cwd: folder });
    const [itself, ...others] = ground.ours(({ argv }) => argv.includes('held-by-tool'));
    expect([itself?.pid, itself?.open.includes(join(folder, 'held-by-tool')), others]).toEqual([tool, true, []]);
    // a pid that another process has now
    expect(ground.program(pid, `${startedAt}0`)).toEqual([]);
  } finally {
    process.kill(tool, 'SIGKILL');
  }
});

test('rows of /proc/net/tcp are read; what is no row is none', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:B8CF 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 9014130 1 0000 100 0 0 10 0
   1: 0100007F:1388 0100007F:B8CF 01 00000000:00000000 00:00000000 00000000     0        0 9014131 1 0000 20 4 30 10 -1
   2: garbage`;
  expect(parseTcp(text)).toEqual([
    { local: '127.0.0.1:47311', remote: '0.0.0.0:0', isListening: true, inode: '9014130' },
    { local: '127.0.0.1:5000', remote: '127.0.0.1:47311', isListening: false, inode: '9014131' },
  ]);
});
