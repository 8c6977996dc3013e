import { expect, test } from 'vitest';
import { ReadMarks } from '../../bridge/app/read-marks.ts';
import { type PaneId, serverId } from '../../bridge/core/ids.ts';
import type { PaneIdentity } from '../../bridge/core/pane.ts';
import { isFresh, markLastsMs, type ReadMark } from '../../bridge/core/read-mark.ts';
import { Journal } from '../../bridge/journal/journal.ts';

const now = 1_800_000_000_000;

function paneOf(id: number, server = 1): PaneIdentity {
  return {
    socketPath: '/tmp/s',
    host: 'here',
    server: serverId(server, 1),
    paneId: `%${id}` as PaneId,
    panePid: 200,
    agentPid: null,
    agentStartedAt: null,
  };
}

function mark(reader: string, pane: PaneIdentity, at = now): ReadMark {
  return { reader, pane, at, state: 'idle', dialog: null, composer: 'empty', cursorRow: 'x' };
}

function setUp() {
  const { journal } = Journal.open(':memory:', { now });
  return { journal, marks: new ReadMarks(journal) };
}

test('a mark is of one reader and one pane of one server, and is taken once', () => {
  const { marks } = setUp();
  marks.keep(mark('lead', paneOf(1)));
  expect(marks.of('coder', paneOf(1))).toBeNull();
  expect(marks.of('lead', paneOf(2))).toBeNull();
  expect(marks.of('lead', paneOf(1, 2))).toBeNull();
  expect(marks.take('lead', paneOf(1))).toMatchObject({ reader: 'lead' });
  expect(marks.take('lead', paneOf(1))).toBeNull();
});

test('names that hold what separates them elsewhere are kept apart', () => {
  const { marks } = setUp();
  marks.keep(mark('a","here|1@1|%1', paneOf(1)));
  expect(marks.of('a', paneOf(1))).toBeNull();
});

test('what took a mark and did not come to its end has not taken it', () => {
  const { journal, marks } = setUp();
  marks.keep(mark('lead', paneOf(1)));
  const posting = () =>
    journal.transact(() => {
      marks.take('lead', paneOf(1));
      throw new Error('the disk is full');
    });
  expect(posting).toThrow('the disk is full');
  expect(marks.of('lead', paneOf(1))).not.toBeNull();
});

test('a mark lasts a minute, and one of an instant that is still to come does not count', () => {
  expect(isFresh({ at: now - markLastsMs }, now)).toBe(true);
  expect(isFresh({ at: now - markLastsMs - 1 }, now)).toBe(false);
  expect(isFresh({ at: now + 1 }, now)).toBe(false);
});

test('a new read forgets what is older than a minute, and no more than two hundred are kept', () => {
  const { journal, marks } = setUp();
  marks.keep(mark('lead', paneOf(1), now - markLastsMs - 1));
  for (let id = 2; id <= 300; id++) marks.keep(mark('lead', paneOf(id), now + id));
  expect(marks.of('lead', paneOf(1))).toBeNull();
  expect(marks.of('lead', paneOf(100))).toBeNull();
  expect(marks.of('lead', paneOf(101))).not.toBeNull();
  expect(Object.keys(journal.memory<object>('read-marks') ?? {})).toHaveLength(200);
});
