import { expect, test } from 'vitest';
import { processNames } from '../../bridge/agent-programs/index.ts';
import { callerAbove, seenFrom } from '../../bridge/host/caller.ts';
import type { Process, ProcessSource } from '../../bridge/host/process-source.ts';

/** `pid: [parent, group, foreground group of its terminal, command line]` */
function tree(processes: Record<number, readonly [number, number, number, string]>): ProcessSource {
  const read = (pid: number): Process | null => {
    const found = processes[pid];
    if (!found) return null;
    const [parent, group, foregroundGroup] = found;
    return { pid, parent, group, foregroundGroup, stopped: false, startedAt: `${pid}00`, comm: '' };
  };
  return {
    read,
    children: () => [],
    commandLine: ({ pid }) => processes[pid]![3].split(' '),
    readsTerminal: () => true,
  };
}
const ids = (...pids: number[]) => pids.map((pid) => ({ pid, startedAt: `${pid}00` }));

const codexInPane = {
  10: [1, 10, 20, 'bash'],
  20: [10, 20, 20, 'node /opt/node_modules/.bin/codex'],
  21: [20, 20, 20, '/opt/codex-linux-x64/bin/codex'],
} as const;

test('a hook of codex, which has a session of its own, is laid to the codex above it and its shim', () => {
  const source = tree({ ...codexInPane, 30: [21, 30, -1, 'sh -c node /x/signal.js --agent codex || true'] });
  expect(callerAbove(source, 30, processNames)).toEqual({ is: 'agent', program: 'codex', at: ids(21, 20) });
});

test('a notify program of codex is its child, in its own job', () => {
  const source = tree({ ...codexInPane, 30: [21, 20, 20, 'node /x/signal.js --agent codex {}'] });
  expect(callerAbove(source, 30, processNames)).toEqual({ is: 'agent', program: 'codex', at: ids(21, 20) });
  expect(callerAbove(source, 21, processNames)).toEqual({ is: 'agent', program: 'codex', at: ids(21, 20) });
});

test("codex's shared server is below the TUI that started it, and is not taken for it", () => {
  const source = tree({
    ...codexInPane,
    40: [21, 40, -1, '/root/.codex/packages/codex app-server --listen unix://'],
    50: [40, 50, -1, 'sh -c x'],
  });
  expect(callerAbove(source, 50, processNames)).toMatchObject({ is: 'apart', program: 'codex' });
});

test("an agent that an agent's tool runs is not the agent in the pane", () => {
  const source = tree({
    ...codexInPane,
    40: [21, 40, 20, 'bash -c codex exec x'],
    41: [40, 40, 20, 'codex exec x'],
    50: [41, 50, -1, 'sh -c x'],
  });
  expect(callerAbove(source, 50, processNames)).toMatchObject({ is: 'apart', program: 'codex' });
});

test('an agent on a terminal of its own below another agent is itself, and not the other one', () => {
  const source = tree({
    ...codexInPane,
    40: [21, 40, 41, 'bash'],
    41: [40, 41, 41, 'gemini'],
    50: [41, 41, 41, 'bash -c x'],
  });
  expect(callerAbove(source, 50, processNames)).toEqual({ is: 'agent', program: 'gemini', at: ids(41) });
});

test("a person's own shell has no agent above it", () => {
  expect(callerAbove(tree({ 10: [1, 10, 10, '-bash'], 11: [10, 11, 11, 'make'] }), 11, processNames)).toEqual({
    is: 'nobody',
  });
  expect(callerAbove(tree({}), 4711, processNames)).toEqual({ is: 'nobody' });
});

test('a process that is its own parent ends the walk', () => {
  expect(callerAbove(tree({ 9: [9, 9, 9, 'x'] }), 9, processNames)).toEqual({ is: 'nobody' });
});

test('what runs in a sandbox with processes of its own is nobody whom one can see', () => {
  // codex 0.171 is the first process of its sandbox; bubblewrap is, where Claude Code uses it
  const inCodex = tree({ 1: [0, 0, 0, 'codex sandbox'], 2: [1, 0, 0, 'bash'] });
  expect(callerAbove(inCodex, 2, processNames)).toMatchObject({ is: 'apart', program: 'codex' });
  const read = tree({ 2: [1, 0, 0, 'bash'] });
  const inBubblewrap: ProcessSource = {
    ...read,
    read: (pid) => (pid === 1 ? { ...read.read(2)!, pid: 1, parent: 0, comm: 'bwrap' } : read.read(pid)),
    commandLine: () => ['x'],
  };
  expect(callerAbove(inBubblewrap, 2, processNames)).toMatchObject({ is: 'apart', program: 'bwrap' });
  const unseen = { is: 'apart', program: 'a sandbox' };
  expect(seenFrom('pid:[1]', { is: 'nobody' }, 'pid:[2]')).toMatchObject(unseen);
  expect(seenFrom(null, { is: 'nobody' }, 'pid:[2]')).toMatchObject(unseen);
});

test('a command that says nothing of its namespace, or runs in ours, is taken as it was found', () => {
  const agent = { is: 'agent', program: 'codex', at: ids(20) } as const;
  expect(seenFrom('pid:[1]', { is: 'nobody' }, 'pid:[1]')).toEqual({ is: 'nobody' });
  expect(seenFrom('pid:[1]', { is: 'nobody' }, null)).toEqual({ is: 'nobody' });
  expect(seenFrom('pid:[1]', agent, 'pid:[2]')).toEqual(agent);
});
