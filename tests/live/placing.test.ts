import { chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, test } from 'vitest';
import { placeEarlierPanes, unplaced } from '../../bridge/app/placing.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { run } from './bridge-process.ts';
import { eachTestStartsWith, home, tmux } from './live-fixture.ts';

const fixture = join(import.meta.dirname, '../journal/fixtures/schema-2.db');
/** In the fixture: an answer that waits for its worker, and one that was typed when its bridge ended. */
const waiting = '20260809T120000.000Z-d00008';
const typed = '20260808T120000.000Z-d00007';

eachTestStartsWith();

/** What an older bridge left, as if it had been written about this pane. */
async function leaveJournal(paneId: string, change: { panePid?: number; socketPath?: string } = {}): Promise<void> {
  const path = join(home, 'bridge.db');
  copyFileSync(fixture, path);
  chmodSync(path, 0o600);
  const said = await tmux.run('display-message', '-p', '-t', paneId, '#{pid} #{pane_pid}');
  const [serverPid, panePid] = said.split(' ').map(Number);
  const there = { socketPath: tmux.socketPath, serverPid, paneId, panePid, ...change };
  const db = new DatabaseSync(path);
  for (const [table, key] of [
    ['requests', 'pane'],
    ['deliveries', 'recipient'],
  ]) {
    for (const { id, document } of db.prepare(`SELECT id, document FROM ${table}`).all() as Record<string, string>[]) {
      const kept = JSON.parse(document!);
      const next = JSON.stringify({ ...kept, [key!]: { ...kept[key!], ...there } });
      db.prepare(`UPDATE ${table} SET document = ? WHERE id = ?`).run(next, id!);
    }
  }
  db.close();
}

test('an answer that an older bridge left is kept for the one living pane that it can only have been for', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'macs' });
  await leaveJournal(agent.paneId);
  const { journal } = Journal.open(join(home, 'bridge.db'), { now: systemClock.now() });
  const cancelled: string[] = [];
  await placeEarlierPanes({ journal, cancel: (id) => cancelled.push(id), now: systemClock.now() });
  expect(cancelled).toEqual([]);
  const server = (await tmux.run('display-message', '-p', '#{pid}@#{start_time}')).trim();
  expect(journal.delivery(waiting)).toMatchObject({
    state: { is: 'queued' },
    recipient: { server, paneId: agent.paneId },
  });
  expect(journal.panesToPlace()).toEqual([]);
  journal.close();
});

for (const [what, change] of [
  ['whose process is another one by now', { panePid: 1 }],
  ['of a server at another socket', { socketPath: '/nowhere' }],
] as const) {
  test(`an answer for a pane ${what} is cancelled with its reason, and never typed`, async () => {
    const agent = await startScriptedAgent({ tmux, session: 'macs' });
    await leaveJournal(agent.paneId, change);
    // any command that may type takes up what is open
    expect(
      await run(tmux, ['send', '--home', home, '--pane', agent.paneId, '--wait', '20', 'A new text.']),
    ).toMatchObject({ code: 0 });
    const { journal } = Journal.open(join(home, 'bridge.db'), { now: systemClock.now() });
    expect(journal.delivery(waiting)?.state).toEqual({ is: 'cancelled', reason: unplaced });
    expect(journal.delivery(typed)?.state.is).not.toBe('queued');
    journal.close();
    expect(agent.inputs()).toEqual(['A new text.']);
    expect(agent.facts().filter(({ paste }) => paste !== undefined)).toHaveLength(1);
  });
}
