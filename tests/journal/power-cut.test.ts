import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isEnded } from '../../bridge/core/delivery-machine.ts';
import { doubtOf } from '../../bridge/core/request.ts';
import { auditJournal } from '../../bridge/journal/audit.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { copyDisk, live, liveUntilDeath, SimulatedBridge } from './life.ts';

/** Thousands of commits: a copy of what was written is the cut here, so nothing need reach a real disk. */
const memoryDisk = '/dev/shm';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(existsSync(memoryDisk) ? memoryDisk : tmpdir(), 'bridge-power-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const findingsIn = (home: string) => auditJournal(join(home, 'bridge.db'), join(home, 'archive')).findings;
/** Numbers that look random and are the same every time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Moves what is in the -wal into the file, as SQLite does from time to time. */
function checkpoint(home: string): void {
  const db = new DatabaseSync(join(home, 'bridge.db'));
  db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  db.close();
}

test('the life that is cut below has everything in it', async () => {
  const bridge = new SimulatedBridge(join(folder, 'whole'));
  await live(bridge);
  expect(bridge.pane.submissions).toEqual(['by rule', 'Yes, add it.', 'Use SQLite.', 'The last answer.']);
  expect(bridge.journal.requests().map((request) => request.state.is)).toEqual([
    'settled',
    'settled',
    'settled',
    'dismissed',
    'settled',
    'settled',
  ]);
  const ends = bridge.journal.deliveries().map((delivery) => delivery.state.is);
  expect(ends).toEqual(['acknowledged', 'acknowledged', 'typed-not-submitted', 'acknowledged', 'acknowledged']);
  expect(findingsIn(join(folder, 'whole'))).toEqual([]);
  bridge.close();
});

async function cutAt(commit: number, before: boolean): Promise<{ readonly died: boolean; readonly doubts: number }> {
  const [home, left] = [`${commit}-${before}`, `${commit}-${before}-left`].map((name) => join(folder, name)) as [
    string,
    string,
  ];
  const bridge = new SimulatedBridge(home);
  const { memory } = bridge.harness;
  Object.assign(memory, { dieIn: commit, dieBefore: before, atDeath: () => copyDisk(home, left) });
  if (commit % 3 === 0) checkpoint(home);
  await liveUntilDeath(bridge);
  if (!memory.dead) {
    bridge.close();
    return { died: false, doubts: 0 };
  }
  expect(findingsIn(left)).toEqual([]);
  const { setAside } = bridge.reboot(left);
  expect(setAside).toBeNull();

  // the rest is repaired: the agent hears, nobody types into its pane, and time passes
  Object.assign(bridge.pane, { deaf: false });
  bridge.pane.change((it) => Object.assign(it, { busy: false }));
  await bridge.pass(70);
  const doubts = bridge.journal.requests().filter((request) => doubtOf(request) !== null);
  for (const request of bridge.journal.requests({ open: true })) {
    if (doubtOf(request) === null) bridge.answer(request.id, `Answer of ${request.id}.`);
  }
  await bridge.pass(10);

  const where = `cut ${before ? 'before' : 'after'} commit ${commit}`;
  expect(findingsIn(left), where).toEqual([]);
  const { submissions } = bridge.pane;
  expect(new Set(submissions).size, `${where}: ${submissions.join(' | ')}`).toBe(submissions.length);
  for (const delivery of bridge.journal.deliveries()) expect(isEnded(delivery.state), where).toBe(true);
  for (const request of bridge.journal.requests()) {
    const text = bridge.accepted.get(request.id);
    const doubt = doubtOf(request);
    expect(['open', 'answered'], where).not.toContain(request.state.is);
    expect(request.state.is === 'asked' ? doubt : 'ended', where).not.toBeNull();
    if (text === undefined || request.via === 'ask' || request.state.is === 'dismissed') continue;
    // what a person was told is accepted was typed, once, or he is asked about exactly that
    const possible = [text, bridge.unheard.get(request.id)];
    const carried = doubt?.answer.instructions ?? submissions.find((each) => possible.includes(each));
    expect(possible, where).toContain(carried ?? 'nothing');
  }
  bridge.close();
  return { died: true, doubts: doubts.length };
}

test('the power is cut at every commit, just before and just after it: nothing lost, nothing typed twice, doubts are asked', async () => {
  let [cuts, doubts] = [0, 0];
  for (const before of [false, true]) {
    for (let commit = 1; ; commit += 1) {
      const cut = await cutAt(commit, before);
      if (!cut.died) break;
      cuts += 1;
      doubts += cut.doubts > 0 ? 1 : 0;
    }
  }
  expect(cuts).toBeGreaterThan(80);
  // a run in which nothing is ever in doubt would prove little, and one in which all is would be useless
  expect(doubts).toBeGreaterThan(2);
  expect(doubts).toBeLessThan(cuts / 2);
}, 300_000);

test('a -wal that is torn at any byte, or ends in garbage, opens to what was committed before the tear', async () => {
  const whole = join(folder, 'whole');
  const bridge = new SimulatedBridge(whole);
  await live(bridge);
  const all = bridge.journal.events();
  copyDisk(whole, join(folder, 'disk'));
  bridge.close();
  const wal = readFileSync(join(folder, 'disk', 'bridge.db-wal'));
  const random = seeded(7);
  const lengths = new Set<number>();
  for (let round = 0; round < 150; round += 1) {
    const torn = join(folder, `torn-${round}`);
    copyDisk(join(folder, 'disk'), torn);
    const path = join(torn, 'bridge.db-wal');
    const at = Math.floor(random() * wal.length);
    if (round % 2 === 0) {
      truncateSync(path, at);
    } else {
      // the file has its length already, its last pages were never written
      const garbage = Buffer.from(wal);
      for (let index = at; index < garbage.length; index += 1) garbage[index] = round % 4 === 1 ? 0 : random() * 256;
      writeFileSync(path, garbage);
    }
    const { journal, setAside } = Journal.open(join(torn, 'bridge.db'), { now: 0 });
    expect(setAside).toBeNull();
    const events = journal.events();
    expect(events).toEqual(all.slice(0, events.length));
    journal.close();
    expect(findingsIn(torn), `torn at ${at} of ${wal.length}`).toEqual([]);
    lengths.add(events.length);
    rmSync(torn, { recursive: true });
  }
  expect(lengths.size).toBeGreaterThan(20);
}, 120_000);
