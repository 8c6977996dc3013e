import { isWaiting, step } from '../core/delivery-machine.ts';
import type { Journal } from '../journal/journal.ts';
import { type Calls, callsKey, movedCalls } from '../requests/alerts.ts';
import { countersKey } from '../requests/budget.ts';
import { type Counters, movedCounters } from '../requests/limits.ts';

/** Less is drift, and harms no deadline. */
const stepMs = 1_000;

/** A clock that goes on whatever becomes of the system's, until it follows that; as in host/clock.ts. */
interface Followed {
  now(): number;
  readonly aheadMs: number;
  follow(): void;
}

/**
 * Takes over what became of the system's clock while the bridge ran, by a person, by NTP, or while the machine slept: what
 * was to expire in ten minutes still does so in ten minutes.
 * @returns by how many milliseconds the clock tells more now; 0 where it was not set, or `mayFollow` says that something is
 * being measured by it
 */
export function followClock(clock: Followed, journal: Journal, mayFollow: () => boolean): number {
  const byMs = Math.round(clock.aheadMs);
  if (Math.abs(byMs) < stepMs || !mayFollow() || isTyping(journal)) return 0;
  moveInstants(journal, byMs, clock.now() + byMs);
  clock.follow();
  return byMs;
}

/**
 * Where what was written last is still to come, the clock was set back while no bridge ran. How far it was set forward
 * nobody can tell.
 * @returns as `followClock`
 */
export function clampToClock(journal: Journal, now: number): number {
  return journal.transact(() => {
    const lastAt = journal.events({ limit: 1 })[0]?.at ?? now;
    if (lastAt - now < stepMs) return 0;
    moveInstants(journal, now - lastAt, now);
    return now - lastAt;
  });
}

/** What became of it is read from the screen and from who pressed keys since: that instant does not move meanwhile. */
function isTyping(journal: Journal): boolean {
  return journal.deliveries({ open: true }).some(({ state }) => !isWaiting(state));
}

/** Every stored instant of which somebody measures how long ago it was, or how long it still is. What was recorded stays. */
function moveInstants(journal: Journal, byMs: number, at: number): void {
  journal.transact(() => {
    journal.record({ at, kind: 'clock-stepped', subject: 'bridge', data: { byMs } });
    for (const request of journal.requests({ open: true })) {
      const moved = {
        ...request,
        ...(request.deadlineAt !== null && { deadlineAt: request.deadlineAt + byMs }),
        // nobody was asked yet: it waits to be seen a second time
        ...(request.state.is === 'open' && { openedAt: request.openedAt + byMs }),
      };
      const { deadlineAt } = moved;
      const event = { at, kind: 'request-deadline-moved' as const, subject: request.id, data: { deadlineAt, byMs } };
      if (deadlineAt !== null || request.state.is === 'open') journal.saveRequest(moved, event);
    }
    for (const delivery of journal.deliveries({ open: true })) {
      const moved = step(delivery, { type: 'clock-set', byMs });
      if (!moved.changed) continue;
      const { deadlineAt } = moved.delivery;
      const event = { at, kind: 'delivery-deadline-moved' as const, subject: delivery.id, data: { deadlineAt, byMs } };
      journal.saveDelivery(moved.delivery, event);
    }
    journal.mail.moveDeadlines(byMs, at);
    const counters = journal.memory<Counters>(countersKey);
    if (counters !== null) journal.saveMemory(countersKey, movedCounters(counters, byMs));
    const calls = journal.memory<Calls>(callsKey);
    if (calls !== null) journal.saveMemory(callsKey, movedCalls(calls, byMs));
  });
}

/** `forward by 2 h`, as people say it. */
export function stepInWords(byMs: number): string {
  const seconds = Math.round(Math.abs(byMs) / 1000);
  const units = [
    [86_400, 'days'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const;
  const [size, unit] = units.find(([size]) => seconds >= 2 * size) ?? units[3];
  return `${byMs < 0 ? 'back' : 'forward'} by ${Math.round(seconds / size)} ${unit}`;
}
