import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { codexThreads } from '../../bridge/agent-programs/codex/threads.ts';
import type { ProcessInfo } from '../../bridge/core/process-info.ts';
import { type ProgramPane, ThreadPanes } from '../../bridge/panes/thread-panes.ts';

const [one, two] = ['01a22dd2-ebae-7942-b600-5f4e8cddc5c2', '01a22dd3-542b-7ee3-9ded-f9106847c07e'] as const;
const serverPid = 10;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-threads-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const named = (names: Readonly<Record<string, string>>) =>
  writeFileSync(
    join(folder, 'session_index.jsonl'),
    Object.entries(names)
      .map(([id, thread_name]) => `${JSON.stringify({ id, thread_name })}\n`)
      .join(''),
  );
const lock = (thread: string, home = folder) => join(home, 'thread-writer-locks', `${thread}.lock`);
const process = (pid: number, argv: readonly string[], open: readonly string[]): ProcessInfo => ({
  ...{ pid, argv, cwd: '/work/shop', executable: '/opt/codex', open },
});
const server = (...threads: string[]) =>
  process(
    serverPid,
    ['codex', 'app-server'],
    threads.map((thread) => lock(thread)),
  );

/** A pane whose codex has these files open. */
const drawn = (pid: number, title: string) =>
  ({
    facts: { title, currentPath: '/work/shop', socketPath: '/tmp/tmux/default', host: 'here' },
    identity: { agentPid: pid, agentStartedAt: String(pid) },
  }) as unknown as ProgramPane;
const state = () => [join(folder, 'state_5.sqlite')];

function find(
  thread: string,
  panes: readonly ProgramPane[],
  { processes, above = [serverPid] }: { processes: readonly ProcessInfo[]; above?: readonly number[] },
) {
  const table = {
    ours: (isWanted: (process: ProcessInfo) => boolean) => processes.filter(isWanted),
    program: (pid: number) => processes.filter((process) => process.pid === pid),
  };
  return new ThreadPanes(table).find(codexThreads, thread, above, panes);
}

test('the one pane that shows the name of a thread is its pane', () => {
  named({ [one]: 'Which port', [two]: 'Fix it' });
  const panes = [drawn(1, 'Which port | shop'), drawn(2, '⠴ Fix it | shop')];
  const processes = [server(one, two), process(1, ['codex'], state()), process(2, ['codex'], state())];
  expect(find(one, panes, { processes })).toBe(panes[0]);
  expect(find(two, panes, { processes })).toBe(panes[1]);
});

test.each<[string, () => ReturnType<typeof find>]>([
  [
    'its server is none above the caller',
    () =>
      find(one, [drawn(1, 'Which port | shop')], {
        processes: [server(one), process(1, ['codex'], state())],
        above: [11],
      }),
  ],
  [
    'another thread that is open has the same name',
    () =>
      find(one, [drawn(1, 'Same | shop')], {
        processes: [server(one, two), process(1, ['codex'], state())],
      }),
  ],
  [
    'two panes show it',
    () =>
      find(one, [drawn(1, 'Which port | shop'), drawn(2, 'Which port | shop')], {
        processes: [server(one), process(1, ['codex'], state()), process(2, ['codex'], state())],
      }),
  ],
  [
    'the pane is of a codex with a home of its own',
    () =>
      find(one, [drawn(1, 'Which port | shop')], {
        processes: [server(one), process(1, ['codex'], ['/other/.codex/state_5.sqlite'])],
      }),
  ],
  [
    'the pane runs a thread of its own',
    () =>
      find(one, [drawn(1, 'Which port | shop')], {
        processes: [server(one), process(1, ['codex'], [...state(), lock(two)])],
      }),
  ],
  [
    'the pane is in another folder',
    () =>
      find(one, [drawn(1, 'Which port | till')], {
        processes: [server(one), process(1, ['codex'], state())],
      }),
  ],
  [
    'the pane is not on this machine',
    () => {
      const away = drawn(1, 'Which port | shop');
      const facts = { ...away.facts, socketPath: 'gpu:/tmp/tmux/default' };
      return find(one, [{ ...away, facts }], { processes: [server(one), process(1, ['codex'], state())] });
    },
  ],
])('nothing is known where %s', (why, found) => {
  named(why.includes('the same name') ? { [one]: 'Same', [two]: 'Same' } : { [one]: 'Which port', [two]: 'Fix it' });
  expect(found()).toBeNull();
});

test('a thread is named in a call by codex, and by nobody else', () => {
  expect(codexThreads.named({ threadId: one, sessionId: two })).toBe(one);
  expect(codexThreads.named({ 'x-codex-turn-metadata': { thread_id: one } })).toBe(one);
  for (const meta of [{}, { threadId: '../../x' }, { threadId: 5 }, { 'x-codex-turn-metadata': null }])
    expect(codexThreads.named(meta)).toBeNull();
});

test.each([
  ['Please look at the port of the service and te... | shop', true],
  ['⠴ Please look at the port of the service and te... | shop', true],
  ['[ ! ] Action Required | Please look at the port of the service and te... | shop', true],
  ['Please look... | shop', false],
  ['shop', false],
  ['Please look at the port of the service and te... | shop | x', false],
])('the title %s shows the thread: %s', (title, isShown) => {
  const name = 'Please look at the port of the service and tell me whether…';
  expect(codexThreads.isShown(name, { title, currentPath: '/work/shop' })).toBe(isShown);
});
