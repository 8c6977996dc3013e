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

/** The demo, as a shell starts it: in a process group of its own, so that Ctrl-C goes to all of it. */
function start(...args: string[]) {
  const demo = spawn(process.execPath, [program, 'demo', ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' },
  });
  const said = { text: '' };
  demo.stdout.setEncoding('utf8').on('data', (piece: string) => {
    said.text += piece;
  });
  return { demo, said, ended: once(demo, 'exit') };
}

test('three agents write to each other: an answer, a thread that rings, mail for one that was down, and a loop that stops', async () => {
  const { said, ended } = start('--mail');
  const end = await ended;
  const { text } = said;
  expect(end, text).toEqual([0, null]);
  const receipts = [
    /coder → lead #\w+: its text, \d+ ms after/,
    /lead → coder #\w+: a doorbell, \d+ ms after/,
    /critic is down[\s\S]*bridge watches critic[\s\S]*lead → critic #\w+: a doorbell, \d+ ms after[\s\S]*read +lead → critic/,
    /held +thread coder\+lead: .*11 messages without a person/,
  ];
  for (const receipt of receipts) expect(text).toMatch(receipt);
  await waitFor('no process is left', () => processes().length === 0);
  expect(readdirSync(folder)).toEqual([]);
});

test.each(['bridge watches', 'is down', 'ping'])('Ctrl-C in the demo of mail leaves nothing: %s', async (moment) => {
  const { demo, said, ended } = start('--mail');
  await waitFor(moment, () => said.text.includes(moment), { limitMs: 30_000, everyMs: 1 });
  process.kill(-demo.pid!, 'SIGINT');
  expect(await ended).toEqual([130, null]);
  await waitFor('no process is left', () => processes().length === 0);
  expect(readdirSync(folder)).toEqual([]);
});

test('two with MCP clients: one writes to the other, which asks its controller and goes on with the answer', async () => {
  const { said, ended } = start('--hub');
  const startedAt = performance.now();
  const end = await ended;
  const { text } = said;
  expect(end, text).toEqual([0, null]);
  for (const step of [
    /lead is connected, protocol \d{4}-\d\d-\d\d, \d+ ms/,
    /lead → coder #\w+, \d+ ms after it was sent/,
    /coder ask_controller, \d+ ms: The answer: SQLite/,
    /I go on with: SQLite/,
    /each once/,
  ])
    expect(text).toMatch(step);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  await waitFor('no process is left', () => processes().length === 0);
  expect(readdirSync(folder)).toEqual([]);
});

test.each(['bridge watches', 'is connected', 'tool'])(
  'Ctrl-C in the demo of the hub leaves nothing: %s',
  async (moment) => {
    const { demo, said, ended } = start('--hub');
    await waitFor(moment, () => new RegExp(moment).test(said.text), { limitMs: 30_000, everyMs: 1 });
    process.kill(-demo.pid!, 'SIGINT');
    expect(await ended).toEqual([130, null]);
    await waitFor('no process is left', () => processes().length === 0);
    expect(readdirSync(folder)).toEqual([]);
  },
);

const moments = ['its folder is there', 'a worker starts', 'bridge watches', 'request', 'receipt', 'what the worker'];

test.each(moments)('Ctrl-C in the demo leaves nothing, once: %s', async (moment) => {
  const { demo, said, ended } = start();
  const isNow = () => (moment === moments[0] ? readdirSync(folder).length > 0 : said.text.includes(moment));
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
