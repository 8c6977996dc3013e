import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { program } from './bridge-process.ts';

/** Where the demo puts everything that it makes. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-demo-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The processes that have to do with this demo: its folder is in their environment or their command line. */
function processes(): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return ['environ', 'cmdline'].some((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(folder));
    } catch {
      return false; // it ended meanwhile, or is another user's
    }
  });
}

const moments = ['its folder is there', 'a worker starts', 'bridge watches', 'request', 'receipt', 'what the worker'];

test.each(moments)('Ctrl-C in the demo leaves nothing, once: %s', async (moment) => {
  const demo = spawn(process.execPath, [program, 'demo'], {
    // a process group of its own, as a shell gives it: Ctrl-C goes to all of it
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' },
  });
  const ended = once(demo, 'exit');
  let text = '';
  demo.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const isNow = () => (moment === moments[0] ? readdirSync(folder).length > 0 : text.includes(moment));
  await waitFor(moment, isNow, { limitMs: 30_000, everyMs: 1 });
  process.kill(-demo.pid!, 'SIGINT');
  // where the answer has arrived it may have told all that it has to tell
  const codes = ['receipt', 'what the worker'].includes(moment) ? [0, 130] : [130];
  const [code, signal] = await ended;
  expect(codes).toContain(code);
  expect(signal).toBeNull();
  await waitFor('no process is left', () => processes().length === 0);
  expect(readdirSync(folder)).toEqual([]);
});
