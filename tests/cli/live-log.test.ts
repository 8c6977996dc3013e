import { expect, test, vi } from 'vitest';
import { pause } from '../../bridge/api/pause.ts';
import { resume } from '../../bridge/api/resume.ts';
import type { Bridge } from '../../bridge/app/bridge.ts';
import { panesOf } from '../../bridge/app/choose-pane.ts';
import { renderLive, repeats } from '../../bridge/cli/live-log.ts';
import { reportFault } from '../../bridge/cli/output.ts';
import type { PublicEvent } from '../../bridge/core/events.ts';
import { BridgeError } from '../../bridge/core/failure.ts';
import type { PaneFacts } from '../../bridge/core/pane.ts';
import { now, sampleDelivery, sampleRequest } from '../journal/samples.ts';

const changed = (is: 'open' | 'expired'): PublicEvent => ({
  type: 'request-changed',
  request: sampleRequest('r1', { state: is === 'open' ? { is } : { is, at: now } }),
  what: 'request-opened',
});
const held = (detail: string, since: number): PublicEvent => ({
  type: 'delivery-changed',
  delivery: sampleDelivery('d1', { is: 'held', reason: 'busy', detail, since }),
});

test('the same about one request or delivery is said once; what is new, and a call for a person, always', () => {
  const isRepeated = repeats();
  const told = [
    changed('open'),
    changed('open'),
    held('at work', 1),
    held('at work', 2),
    held('at work still', 3),
    changed('expired'),
    changed('open'),
  ].map((event) => isRepeated(event));
  expect(told).toEqual([false, true, false, true, false, false, false]);
  const call: PublicEvent = { type: 'human-needed', request: sampleRequest('r1'), why: 'manual' };
  expect([isRepeated(call), isRepeated(call)]).toEqual([false, false]);
  const said: PublicEvent = { type: 'said', level: 'info', text: 'x' };
  expect([isRepeated(said), isRepeated(said)]).toEqual([false, false]);
});

test('a fault of the bridge names it once', () => {
  const lines: unknown[] = [];
  const written = vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(line) > 0);
  reportFault(new BridgeError({ what: 'bridge', target: 'process 7', reason: 'is stopped' }), false);
  reportFault(new BridgeError({ what: 'session', target: 'x', reason: 'does not exist' }), false);
  written.mockRestore();
  expect(lines).toEqual(['bridge: process 7: is stopped\n', 'bridge: session: x: does not exist\n']);
});

test('a session that is not there is an error that names those that are', () => {
  const panes = ['macs', 'macs', '0'].map((sessionName) => ({ sessionName }) as PaneFacts);
  expect(panesOf(null, panes)).toHaveLength(3);
  expect(panesOf('macs', panes)).toHaveLength(2);
  expect(() => panesOf('nosuch', panes)).toThrow(
    expect.objectContaining({ message: 'session: nosuch: does not exist', nextStep: 'sessions: macs, 0' }),
  );
});

test('pausing and resuming are told in the log of the bridge', async () => {
  const pauses: Record<string, unknown> = {};
  const said: string[] = [];
  const bridge = {
    say: (_level: string, text: string) => said.push(text),
    shown: (name: string) => name,
    workerNames: [],
    journal: { requests: () => [] },
    requests: {
      pauses,
      pause: () => void Object.assign(pauses, { '*': {} }),
      endPause: () => Object.keys(pauses),
    },
  } as unknown as Bridge;
  const closed = new AbortController().signal;
  const by = 'human:cli';
  await pause.run(bridge, pause.args.parse({ reason: 'lunch', by }), closed);
  await resume.run(bridge, resume.args.parse({ by, caller: { is: 'nobody' } }), closed);
  expect(said).toEqual(['all workers: paused (human:cli): lunch', 'all workers: resumed (human:cli)']);
});

test('the answer to an ask is told, though it is never typed: who asked reads it', () => {
  const answer = { by: 'rules', instructions: 'Use SQLite.', notes: '', at: now };
  const settled = (via: 'ask' | 'screen') =>
    sampleRequest('r1', { via, state: { is: 'settled', answer, at: now } } as Parameters<typeof sampleRequest>[1]);
  const line = (via: 'ask' | 'screen') =>
    renderLive({ type: 'request-changed', request: settled(via), what: 'request-opened' }, false);
  expect(line('ask')).toMatch(/^answer .* by rules: Use SQLite\.$/);
  expect(line('screen')).toMatch(/^settled .*: the worker went on$/);
});
