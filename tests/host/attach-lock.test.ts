import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AttachLock } from '../../bridge/host/attach-lock.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { Locks } from '../../bridge/host/locks.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'bridge-turns-'));
});
afterEach(() => rmSync(base, { recursive: true }));

const attachLock = (key: string, more = {}) =>
  new AttachLock({ key, clock: systemClock, locks: new Locks(join(base, 'bridge')), ...more });

/** Work that is under way from the moment of the call, until `end`. */
function begun(turns: AttachLock) {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const begins = new Promise<void>((resolve) => {
    void turns.exclusive(async () => {
      resolve();
      await ended;
    });
  });
  return { begins, end: () => end() };
}

test('one at a time passes; those of another key go their own way', async () => {
  const first = begun(attachLock('a'));
  await first.begins;
  const told: string[] = [];
  const second = attachLock('a').exclusive(async () => void told.push('second'));
  await attachLock('b').exclusive(async () => void told.push('other'));
  told.push('first ends');
  first.end();
  await second;
  expect(told).toEqual(['other', 'first ends', 'second']);
});

test('work that fails gives its turn back', async () => {
  await expect(attachLock('a').exclusive(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await attachLock('a').exclusive(async () => {});
});

test('whoever waits too long on one who hangs passes out of turn', async () => {
  const first = begun(attachLock('a'));
  await first.begins;
  let now = 0;
  const clock = {
    now: () => now,
    after: (delayMs: number, callback: () => void) => {
      now += delayMs;
      queueMicrotask(callback);
      return () => {};
    },
  };
  await attachLock('a', { clock }).exclusive(async () => {});
  expect(now).toBeGreaterThanOrEqual(20_000);
  first.end();
});

test('where no lock can be had, nobody is kept from their work', async () => {
  const file = join(base, 'file');
  writeFileSync(file, '');
  await attachLock('a', { locks: new Locks(file) }).exclusive(async () => {});
});

test('who passes tidies away the lock files that killed bridges have left', async () => {
  mkdirSync(join(base, 'bridge'), { mode: 0o700 });
  writeFileSync(join(base, 'bridge', `${'0'.repeat(32)}.lock`), '');
  await attachLock('a').exclusive(async () => {});
  expect(readdirSync(join(base, 'bridge'))).toEqual([]);
});
