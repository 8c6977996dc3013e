import { expect, test } from 'vitest';
import { Changes } from '../../bridge/app/changes.ts';
import { systemClock } from '../../bridge/host/clock.ts';

const forever = new AbortController().signal;

test('who waits looks once the step that made a change is done, never in the middle of it', async () => {
  const changes = new Changes(systemClock);
  let state = 'on its way';
  const seen: string[] = [];
  const settled = changes.until(
    () => {
      seen.push(state);
      return state === 'on its way' ? null : state;
    },
    forever,
    null,
  );
  state = 'held';
  changes.wake();
  state = 'on its way';
  changes.wake();
  await Promise.resolve();
  state = 'submitted';
  changes.wake();
  expect(await settled).toBe('submitted');
  expect(seen).toEqual(['on its way', 'on its way', 'submitted']);
});

test('whoever begins to wait between a change and its look is not looked after twice, nor forgotten', async () => {
  const changes = new Changes(systemClock);
  let isDone = false;
  changes.wake();
  const done = changes.until(() => (isDone ? 'done' : null), forever, null);
  await Promise.resolve();
  isDone = true;
  changes.wake();
  expect(await done).toBe('done');
});

test('it ends with null when its time has passed, or when nobody waits for it any more', async () => {
  const changes = new Changes(systemClock);
  expect(await changes.until(() => null, forever, 1)).toBe(null);
  const gone = new AbortController();
  const waits = changes.until(() => null, gone.signal, null);
  gone.abort();
  expect(await waits).toBe(null);
  expect(await changes.until(() => 'there', gone.signal, null)).toBe(null);
});
