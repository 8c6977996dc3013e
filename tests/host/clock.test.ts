import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FollowingClock } from '../../bridge/host/clock.ts';

/** A machine whose system clock can be set, as its monotonic one cannot. */
function machine() {
  const time = { passed: 5_000, wall: Date.UTC(2026, 10, 29) };
  return {
    clock: () => new FollowingClock({ monotonic: () => time.passed, system: () => time.wall }),
    pass(ms: number) {
      time.passed += ms;
      time.wall += ms;
    },
    set(byMs: number) {
      time.wall += byMs;
    },
  };
}

test('it begins with the wall clock', () => {
  expect(machine().clock().now()).toBe(Date.UTC(2026, 10, 29));
});

test('differences are those of the monotonic clock, however the system clock is set', () => {
  const steps = fc.array(fc.record({ ms: fc.nat(10_000_000), setBy: fc.integer({ min: -1e9, max: 1e9 }) }));
  fc.assert(
    fc.property(steps, (all) => {
      const one = machine();
      const clock = one.clock();
      for (const { ms, setBy } of all) {
        const before = clock.now();
        one.set(setBy);
        one.pass(ms);
        expect(clock.now() - before).toBe(ms);
      }
      expect(clock.aheadMs).toBe(all.reduce((sum, { setBy }) => sum + setBy, 0));
    }),
  );
});

test('once it follows it tells what the system clock tells, and is not ahead', () => {
  const one = machine();
  const clock = one.clock();
  one.set(-86_400_000);
  one.pass(10);
  clock.follow();
  expect(clock.now()).toBe(Date.UTC(2026, 10, 28) + 10);
  expect(clock.aheadMs).toBe(0);
  one.pass(30);
  expect(clock.now()).toBe(Date.UTC(2026, 10, 28) + 40);
});
