import { beforeEach, expect, test } from 'vitest';
import type { AgentSignal } from '../../bridge/core/agent-signal.ts';
import { asPaneId, serverId } from '../../bridge/core/ids.ts';
import type { NewJournalEvent } from '../../bridge/core/journal-event.ts';
import type { PaneFacts, PaneIdentity } from '../../bridge/core/pane.ts';
import { HookReceiver, type SignalCall } from '../../bridge/panes/hook-receiver.ts';
import { inputDigest } from '../../bridge/screen/input-digest.ts';
import { snapshotOf } from '../screen/snapshots.ts';

/** Two panes: a codex in %1 (process 11, under the shim 10), a gemini in %2 (process 20). */
const programs: Record<string, { program: string; pid: number }> = {
  '%1': { program: 'codex', pid: 10 },
  '%2': { program: 'gemini', pid: 20 },
};
let now: number;
let recorded: NewJournalEvent[];
let receiver: HookReceiver;
let restarts: number;

const facts = (id: string): PaneFacts => ({ ...snapshotOf(['']).facts, paneId: asPaneId(id)! });
const identityOf = ({ paneId, socketPath, host, server, panePid }: PaneFacts): PaneIdentity => ({
  paneId,
  socketPath,
  host,
  server,
  panePid,
  agentPid: programs[paneId]!.pid,
  agentStartedAt: `${restarts}`,
});

beforeEach(() => {
  now = 100_000;
  restarts = 1;
  recorded = [];
  receiver = new HookReceiver({
    clock: { now: () => now, after: () => () => {} },
    panes: async () => [facts('%1'), facts('%2')],
    identify: (pane) => ({ identity: identityOf(pane), program: programs[pane.paneId]!.program }),
    record: (event) => recorded.push(event),
  });
});

const call = (more: Partial<Omit<SignalCall, 'signal'>> & { signal?: Partial<AgentSignal> } = {}): SignalCall => ({
  tmuxSocket: null,
  paneHint: null,
  pane: null,
  caller: { is: 'agent', program: 'codex', at: [11, 10].map((pid) => ({ pid, startedAt: '1' })) },
  ...more,
  signal: {
    agent: 'codex',
    kind: 'turn-ended',
    event: 'Stop',
    session: null,
    turn: null,
    input: null,
    at: now,
    ...more.signal,
  },
});

test('a word is laid to the pane whose agent the process tree proves, whatever its environment says', async () => {
  for (const paneHint of ['%1', '%2', null, '%99', 'nonsense']) {
    expect(await receiver.receive(call({ paneHint }))).toMatchObject({ is: 'heard', pane: { paneId: '%1' } });
  }
  expect(receiver.stateOf(identityOf(facts('%1')))).toEqual({ kind: 'turn-ended', agoMs: 0 });
  expect(receiver.stateOf(identityOf(facts('%2')))).toBeUndefined();
  expect(recorded[0]).toMatchObject({
    kind: 'agent-signalled',
    subject: '%1',
    data: { agent: 'codex', kind: 'turn-ended', at: 100_000, pane: { paneId: '%1', agentPid: 10 } },
  });
});

test('the message of a turn that ended is heard, and not written down', async () => {
  await receiver.receive(call({ signal: { said: 'Shall I?' } }));
  await receiver.receive(call({ signal: { said: 'Shall I?' }, caller: { is: 'nobody' } }));
  expect(receiver.stateOf(identityOf(facts('%1')))).toMatchObject({ said: 'Shall I?' });
  expect(recorded.map(({ kind }) => kind)).toEqual(['agent-signalled', 'agent-signal-dropped']);
  expect(JSON.stringify(recorded)).not.toContain('Shall');
});

test.each<[string, Partial<SignalCall>]>([
  ["codex's shared server", { caller: { is: 'apart', program: 'codex', reason: 'it has no terminal' }, pane: '%1' }],
  ['nobody above it', { caller: { is: 'nobody' }, paneHint: '%1' }],
  ['another agent than it says', { caller: { is: 'agent', program: 'gemini', at: [{ pid: 20, startedAt: '1' }] } }],
  ['an agent in none of our panes', { caller: { is: 'agent', program: 'codex', at: [{ pid: 77, startedAt: '1' }] } }],
  ['a pid that was reused', { caller: { is: 'agent', program: 'codex', at: [{ pid: 10, startedAt: '0' }] } }],
  ['a person, for a pane with another agent', { caller: { is: 'nobody' }, pane: '%2' }],
  ['a person, for a pane that is not there', { caller: { is: 'nobody' }, pane: '%99' }],
  ['a person in another tmux server', { caller: { is: 'nobody' }, pane: '%1', tmuxSocket: '/elsewhere' }],
])('%s: dropped, journaled with the reason, and nobody hears it', async (_, more) => {
  expect(await receiver.receive(call({ paneHint: '%1', ...more }))).toMatchObject({ is: 'dropped' });
  expect(recorded).toMatchObject([
    { kind: 'agent-signal-dropped', subject: 'bridge', data: { reason: expect.any(String) } },
  ]);
  for (const id of ['%1', '%2']) expect(receiver.stateOf(identityOf(facts(id)))).toBeUndefined();
});

test('a person may speak for a pane by name', async () => {
  expect(await receiver.receive(call({ caller: { is: 'nobody' }, pane: '%1' }))).toMatchObject({ is: 'heard' });
});

test('the word of an agent that has gone is not that of its successor in the pane', async () => {
  await receiver.receive(call({ signal: { kind: 'turn-began', input: inputDigest('x') } }));
  restarts = 2;
  expect(receiver.stateOf(identityOf(facts('%1')))).toBeUndefined();
  expect(receiver.took(identityOf(facts('%1')), 'x', 0)).toBe(false);
});

test('an input is known again by its words, from the instant that is asked about', async () => {
  await receiver.receive(
    call({ signal: { kind: 'turn-began', input: inputDigest('Use SQLite;\n one file.'), at: 99_000 } }),
  );
  const codex = identityOf(facts('%1'));
  expect(receiver.took(codex, 'Use SQLite; one file.', 99_000)).toBe(true);
  expect(receiver.took(codex, 'Use SQLite; one file.', 99_001)).toBe(false);
  expect(receiver.took(codex, 'Use SQLite; one', 0)).toBe(false);
  expect(receiver.took(identityOf(facts('%2')), 'Use SQLite; one file.', 0)).toBe(false);
});

test('a word from the future is a word from now', async () => {
  await receiver.receive(call({ signal: { kind: 'approval-wanted', at: now + 3_600_000 } }));
  now += 10_000;
  expect(receiver.stateOf(identityOf(facts('%1')))).toEqual({ kind: 'approval-wanted', agoMs: 10_000 });
  expect(receiver.asks(identityOf(facts('%1')))).toBe(false);
});

test('a loop that signals without end fills no journal', async () => {
  for (let count = 0; count < 500; count++) await receiver.receive(call());
  expect(recorded.length).toBe(101);
  expect(recorded.at(-1)).toMatchObject({ kind: 'agent-signals-flooded' });
  now += 10_001;
  expect(await receiver.receive(call())).toMatchObject({ is: 'heard' });
});

test('a pane that is named by hand is that of the caller’s own tmux server; without one, of the only server that has it', async () => {
  const there = { ...facts('%1'), socketPath: '/other', server: serverId(77, 7) };
  receiver = new HookReceiver({
    clock: { now: () => now, after: () => () => {} },
    panes: async () => [facts('%1'), there],
    identify: (pane) => ({ identity: identityOf(pane), program: 'codex' }),
    record: (event) => recorded.push(event),
  });
  const byHand = (tmuxSocket: string | null) => call({ caller: { is: 'nobody' }, pane: '%1', tmuxSocket });
  expect(await receiver.receive(byHand('/other'))).toMatchObject({ is: 'heard', pane: { server: '77@7' } });
  expect(receiver.stateOf(identityOf(facts('%1')))).toBeUndefined();
  expect(receiver.stateOf(identityOf(there))).toMatchObject({ kind: 'turn-ended' });
  expect(await receiver.receive(byHand(facts('%1').socketPath))).toMatchObject({
    pane: { server: facts('%1').server },
  });
  expect(await receiver.receive(byHand(null))).toMatchObject({
    is: 'dropped',
    reason: expect.stringMatching(/several/),
  });
});
