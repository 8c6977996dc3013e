import { expect, test } from 'vitest';
import { Activity } from '../../bridge/screen/activity.ts';
import { snapshotOf } from './snapshots.ts';

const bytes = (text: string) => Buffer.from(text);

test('quiet counts from the last byte or the last look that differed, whichever came later', () => {
  const activity = new Activity(1_000);
  activity.saw(snapshotOf(['a']), 1_100);
  expect(activity.quietForMs(1_500)).toBe(500);
  activity.saw(snapshotOf(['b']), 1_600);
  expect(activity.quietForMs(1_700)).toBe(100);
  activity.saw(snapshotOf(['b']), 1_800);
  expect(activity.quietForMs(1_900)).toBe(300);
  expect(activity.received(bytes('x'), 2_000)).toEqual({ isMarker: false, afterMs: 400 });
  expect(activity.quietForMs(2_050)).toBe(50);
});

test('an END rings, in any chunking', () => {
  const activity = new Activity(0);
  expect(activity.received(bytes('<<CONTROLLER_REQ'), 1).isMarker).toBe(false);
  expect(activity.received(bytes('UEST_END>>'), 2).isMarker).toBe(true);
});

test('bytes of which some may be missing move it, and nothing that they say is believed', () => {
  const activity = new Activity(0);
  activity.received(bytes('\x1b]7501;state=working:app=codex\x07\x1b[?2026l'), 10);
  expect([activity.signals.state, activity.isWhole()]).toEqual(['working', true]);
  activity.received(bytes('\x1b]7501;state=idle:app=codex\x07\x1b[?2026l'), 20, false);
  expect([activity.signals.state, activity.isWhole()]).toEqual([undefined, false]);
  expect(activity.quietForMs(25)).toBe(5);
});

test('a frame ends as its program ends each, in any chunking', () => {
  const end = /\x1b\[\d+;1H\x1b\[\d+;\d+H$/;
  const activity = new Activity(0);
  const ends = (text: string, isListenedTo = true) => {
    activity.received(bytes(text), 1, isListenedTo);
    return [activity.isWhole(), activity.isWhole(end)];
  };
  expect(ends('\x1b[H\r\x1b[2Cwords\x1b[40;1H\x1b[38')).toEqual([false, false]);
  expect(ends(';3H')).toEqual([false, true]);
  expect(ends('\x1b[H')).toEqual([false, false]);
  expect(ends('\x1b[40;1H\x1b[38;3H', false)).toEqual([false, false]);
  expect(ends(`${'x'.repeat(9_000)}\x1b[40;1H\x1b[38;3H`)).toEqual([false, true]);
});

test('a set clock moves what it knows along', () => {
  const activity = new Activity(1_000);
  activity.received(bytes('\x1b]7501;state=working:app=codex\x07\x1b[?2026h'), 2_000);
  activity.clockSet(-1_500);
  expect(activity.quietForMs(600)).toBe(100);
  expect(activity.signals.workedAt).toBe(500);
  expect(activity.isHalf(600)).toBe(true);
});
