import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimHome } from '../../bridge/host/instance.ts';
import { Locks } from '../../bridge/host/locks.ts';
import { Ownership } from '../../bridge/host/ownership.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Nothing names what `take` gave any more, and twice everything that nothing names was collected and put away. */
async function forgotten(take: () => unknown): Promise<void> {
  take();
  for (let round = 0; round < 2; round++) {
    await turn();
    collect();
  }
  await turn();
}

test('a lock that nothing names any more is held all the same', async () => {
  await forgotten(() => new Locks(folder).tryAcquire('pane'));
  expect(new Locks(folder).tryAcquire('pane')).toBeNull();
});

test('so is a home', async () => {
  const holder = { pid: process.pid, session: null, since: '2026-11-29T00:00:00Z' };
  await forgotten(() => claimHome(folder, holder));
  expect(() => claimHome(folder, holder)).toThrow(/is already in use by/);
});

test('and so are the panes of a bridge', async () => {
  await forgotten(() => new Ownership({ home: '/a', now: () => 1, folder }).keep(['p1']));
  const claim = new Ownership({ home: '/b', now: () => 1, folder }).keep(['p1']).get('p1');
  expect(claim).toMatchObject({ is: 'theirs', owner: { home: '/a' } });
});
