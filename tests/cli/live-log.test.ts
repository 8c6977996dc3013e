import { describe, expect, test, vi } from 'vitest';
import type { Overview } from '../../bridge/api/overview.ts';
import { pause } from '../../bridge/api/pause.ts';
import { resume } from '../../bridge/api/resume.ts';
import type { Bridge } from '../../bridge/app/bridge.ts';
import { panesOf } from '../../bridge/app/choose-pane.ts';
import { LiveLog, renderLive } from '../../bridge/cli/live-log.ts';
import { reportFault } from '../../bridge/cli/output.ts';
import { repeats } from '../../bridge/cli/repeats.ts';
import { statusLine, statusLineToCut } from '../../bridge/cli/status-line.ts';
import { inWords } from '../../bridge/core/duration.ts';
import type { PublicEvent } from '../../bridge/core/events.ts';
import { BridgeError } from '../../bridge/core/failure.ts';
import type { PaneFacts } from '../../bridge/core/pane.ts';
import type { AgentState } from '../../bridge/core/reading.ts';
import type { RequestState } from '../../bridge/core/request.ts';
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
    renderLive({ type: 'request-changed', request: settled(via), what: 'request-opened' }, { verbose: true });
  expect(line('ask')).toMatch(/^answer {4}.* by rules: Use SQLite\.$/);
  expect(line('screen')).toMatch(/^settled {3}.*: the worker went on$/);
});

describe('the live log of a person', () => {
  const state = (is: AgentState, why: string): PublicEvent => ({
    type: 'state-changed',
    worker: 'worker',
    host: 'h',
    server: '1@2' as never,
    paneId: '%1' as never,
    state: is,
    why,
  });
  /** What is told of these events, `later` lets time pass. */
  const told = (events: ReadonlyArray<PublicEvent | 'later'>, verbose = false, quiet = false) => {
    const lines: string[] = [];
    const waiting = new Set<() => void>();
    const log = new LiveLog(
      { quiet, verbose },
      (line) => lines.push(line),
      (_, work) => {
        waiting.add(work);
        return () => waiting.delete(work);
      },
    );
    for (const event of events) {
      if (event !== 'later') log.take(event);
      else for (const work of [...waiting]) if (waiting.delete(work)) work();
    }
    return lines;
  };

  test('a line for each change of state; reasons, and what flickers between two states, only where asked for', () => {
    const events = [
      state('idle', 'the title is at rest'),
      state('idle', 'OSC 7501 says done'),
      state('unknown', 'was drawing a moment ago'),
      state('idle', 'the title is at rest'),
      state('busy', 'a spinner'),
      state('unknown', 'was drawing a moment ago'),
      state('idle', 'the title is at rest'),
    ];
    expect(told(events)).toEqual(['idle      worker', 'busy      worker', 'idle      worker']);
    expect(told(events, true)).toHaveLength(events.length);
    expect(told(events, true)[0]).toBe('idle      worker: the title is at rest');
    expect(told(events, false, true)).toEqual([]);
  });

  test('a screen that stays unknown is told, with the reason', () => {
    const events = [state('idle', 'at rest'), state('unknown', 'nothing here is known'), 'later', 'later'] as const;
    expect(told(events)).toEqual(['idle      worker', 'unknown   worker: nothing here is known']);
  });

  test('a text that is held is told once that lasts', () => {
    const queued: PublicEvent = { type: 'delivery-changed', delivery: sampleDelivery('d1', { is: 'queued' }) };
    expect(told([held('at work', 1), queued, 'later'])).toEqual([]);
    expect(told([held('at work', 1), held('still at work', 1), 'later', 'later'])).toEqual([
      'held      d1 to worker: busy: still at work',
    ]);
    expect(told([held('at work', 1)], true)).toEqual(['held      d1 to worker: busy: at work']);
  });

  test('the end of a request has the question, the answer, the time it took and what was seen, in one line', () => {
    const answer = { by: 'rules', instructions: 'Use SQLite.', notes: '', at: now + 400 };
    const text = 'id: req-1\nkind: decision\nquestion: Which database?\noptions: a, b';
    const request = (state: RequestState) => sampleRequest('r1', { text, openedAt: now, state });
    const receipt = { at: now, typedAt: now, evidence: 'composer-emptied-and-echoed', lines: [] };
    const arrived = sampleDelivery('d1', { is: 'acknowledged', receipt });
    const envelope = { ...arrived.envelope, thread: 'r1', inReplyTo: 'r1' as never };
    const changed = (is: RequestState): PublicEvent => ({
      type: 'request-changed',
      request: request(is),
      what: `request-${is.is}`,
    });
    const lines = told([
      changed({ is: 'open' }),
      changed({ is: 'asked', of: 'human', why: 'manual', at: now }),
      { type: 'human-needed', request: request({ is: 'open' }), why: 'mode is manual' },
      changed({ is: 'answered', answer, deliveryId: 'd1' as never }),
      { type: 'delivery-changed', delivery: { ...arrived, envelope } },
      changed({ is: 'delivered', answer, deliveryId: 'd1' as never, at: now + 1_200 }),
      changed({ is: 'settled', answer, at: now + 2_000 }),
    ]);
    expect(lines).toEqual([
      'request   r1 worker: Which database?',
      'needs you: r1 worker: mode is manual; `bridge show r1`',
      'answer    r1 worker by rules: Use SQLite.',
      'delivered r1 worker, 1.2 s after it asked: Which database? → Use SQLite. (confirmed on screen)',
    ]);
  });
});

test('the line at the bottom counts workers by what they do, with the longest time, and what waits for a person', () => {
  const seen = (state: string | null, ageMs: number) => ({ state, since: now - ageMs }) as Overview['workers'][number];
  const overview = {
    workers: [],
    waitingForYou: 0,
    answeredToday: 0,
    paused: false,
    dryRun: false,
  } as unknown as Overview;
  expect(statusLine(overview, now)).toBe('no worker yet · 0 answered today');
  const workers = [
    seen('dialog', 12_000),
    seen('idle', 1_000),
    seen('busy', 60_000),
    seen('idle', 5_000),
    seen('busy', 240_000),
  ];
  expect(statusLine({ ...overview, workers, waitingForYou: 1, answeredToday: 17 }, now)).toBe(
    '5 workers: 1 at a dialog 12 s, 2 busy 4m, 2 idle · 1 waiting for you · 17 answered today',
  );
  expect(statusLineToCut({ ...overview, workers, waitingForYou: 1, answeredToday: 17 }, now)).toBe(
    '1 waiting for you · 5 workers: 1 at a dialog 12 s, 2 busy 4m, 2 idle · 17 answered today',
  );
  expect(statusLine({ ...overview, workers: [seen(null, 0)], paused: true, dryRun: true }, now)).toBe(
    '1 worker: 1 unknown · 0 answered today · paused · dry run',
  );
});

test.each([
  [400, '0.4 s'],
  [9_960, '10 s'],
  [59_600, '1m'],
  [3_599_000, '1h 00m'],
  [7_500_000, '2h 05m'],
  [200_000_000, '2d 7h'],
  [-5, '0.0 s'],
])('%i ms are said as %s', (ms, said) => expect(inWords(ms)).toBe(said));
