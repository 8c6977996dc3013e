import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Presence } from '../../bridge/server/hub/agent-chat/presence.ts';

/** Who of agent-chat's agents counts as there. */

let now: number;
let connected: string[];
let told: string[];
let presence: Presence;

beforeEach(() => {
  vi.useFakeTimers();
  [now, connected, told] = [1_000, [], []];
  presence = new Presence({
    clock: { now: () => now },
    isConnected: (name) => connected.includes(name),
    changed: (name, status) => told.push(`${name} ${status}`),
  });
});
afterEach(() => {
  presence.close();
  vi.useRealTimers();
});

function passes(ms: number): void {
  now += ms;
  vi.advanceTimersByTime(ms);
}

test('a call shows that it is there; two minutes without one, that it is not', () => {
  expect(presence.statusOf('bob')).toBe('offline');
  presence.seen('bob');
  passes(119_000);
  expect(presence.statusOf('bob')).toBe('online');
  presence.seen('bob');
  passes(150_000);
  expect(presence.statusOf('bob')).toBe('offline');
  expect(told).toEqual(['bob online', 'bob offline']);
});

test('whoever has a socket open is there; what it said of its work counts until it is away', () => {
  connected = ['bob'];
  presence.seen('bob');
  presence.says('bob', 'working');
  passes(600_000);
  expect(presence.statusOf('bob')).toBe('working');
  connected = [];
  passes(30_000);
  presence.seen('bob');
  expect(presence.statusOf('bob')).toBe('online');
  expect(told).toEqual(['bob online', 'bob working', 'bob offline', 'bob online']);
});

test('a name that is nobody’s any more is told as offline, once', () => {
  presence.seen('bob');
  presence.gone('bob');
  presence.gone('bob');
  expect(told).toEqual(['bob online', 'bob offline']);
});
