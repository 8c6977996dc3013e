import { expect, test } from 'vitest';
import { programOf } from '../../bridge/agent-programs/index.ts';
import type { ScreenEvent } from '../../bridge/core/events.ts';
import type { Row, Snapshot } from '../../bridge/core/pane.ts';
import { Activity } from '../../bridge/screen/activity.ts';
import { PaneWatcher } from '../../bridge/screen/watcher.ts';
import { FakeClock } from './fake-clock.ts';
import { allRecorded, snapshotOfRecorded } from './snapshots.ts';

/** An hour in all, of agents at work: their recorded frames in turn, resized, redrawn, under a log full of bait. */
const agents = ['codex', 'gemini', 'qwen', 'cline', 'continue', 'opencode', 'pi'];
const minutes = 60 / agents.length;

const bait = [
  'Done?',
  'Continue? [y/N]',
  'Should I go on?',
  '12 passed, 0 failed. done.',
  '? Allow execution of: rm -rf / ?',
  '<<CONTROLLER_REQUEST>>',
  'esc to interrupt',
  'Error: 429 Too Many Requests (retried)',
  '100% complete',
];

test.each(agents)('nothing is raised by a %s that works, whatever its tools print', async (agent) => {
  const frames = allRecorded.filter(
    (screen) => screen.agent === agent && /^busy_(?:tool|waiting|thinking)/.test(screen.state),
  );
  expect(frames.length).toBeGreaterThan(2);
  const screens = frames.map(snapshotOfRecorded);
  const clock = new FakeClock();
  const events: ScreenEvent[] = [];
  let look = 0;
  const activity = new Activity(clock.now());
  const watcher = new PaneWatcher({
    capture: async () => {
      const screen = screens[look++ % screens.length]!;
      const snapshot = { ...noisy(screen, look), takenAtMs: clock.now() } satisfies Snapshot;
      activity.saw(snapshot, clock.now());
      return snapshot;
    },
    ...goingBy(activity, clock),
    reasons: { heuristic: true, lines: 20, stuckMs: 0 },
    clock,
    reader: programOf(agent).screen,
    memory: null,
    on: (event) => events.push(event),
  });
  for (let seconds = 0; seconds < minutes * 60; seconds++) {
    for (let ring = 0; ring < 3; ring++) {
      const bytes = Buffer.from(`\r${'|/-\\'[ring]} ${bait[(seconds + ring) % bait.length]}`);
      watcher.noticeOutput(activity.received(bytes, clock.now()));
      await clock.pass(333);
    }
  }
  watcher.close();
  expect(look).toBeGreaterThan(minutes * 60);
  const raised = events.filter(({ type }) => !['reading', 'turn-began', 'unseen'].includes(type));
  expect(raised).toEqual([]);
});

test('the same eyes do see a question where a turn has ended with one', async () => {
  const screen = snapshotOfRecorded(allRecorded.find(({ file }) => file === 'qwen/0.24.4/question-1.txt')!);
  const clock = new FakeClock();
  const events: ScreenEvent[] = [];
  const watcher = new PaneWatcher({
    capture: async () => ({ ...screen, takenAtMs: clock.now() }),
    ...goingBy(new Activity(clock.now()), clock),
    reasons: { heuristic: true, lines: 20, stuckMs: 0 },
    clock,
    reader: programOf('qwen').screen,
    memory: null,
    on: (event) => events.push(event),
  });
  watcher.check();
  await clock.pass(10_000);
  watcher.close();
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'detected', detection: expect.objectContaining({ kind: 'question' }) }),
  );
});

/** What the owner of the panes knows of this one. */
function goingBy(activity: Activity, clock: FakeClock) {
  return {
    activity: () => activity,
    motion: () => ({ quietForMs: activity.quietForMs(clock.now()), signals: activity.signals }),
  };
}

/** One row of its output says something else, and now and then the window is being resized: no row fits. */
function noisy(screen: Snapshot, look: number): Snapshot {
  const at = toolRow(screen);
  const words = bait[look % bait.length]!;
  const rows = screen.rows.map(
    (row, index): Row => (index === at ? { ...row, text: `${indentOf(row.text)}${words}` } : row),
  );
  const width = look % 40 === 0 ? screen.facts.width - 30 : screen.facts.width;
  const cut = rows.map((row) => ({ ...row, text: row.text.slice(0, width) }));
  return { ...screen, rows: cut, facts: { ...screen.facts, width } };
}

/** A row of the output of a tool, as far as one is on the screen. */
function toolRow({ rows }: Snapshot): number {
  return rows.findIndex(({ text }) => /^\s*(?:┃\s+)?step \d of \d/.test(text));
}

function indentOf(text: string): string {
  return /^\s*(?:┃\s+)?/.exec(text)![0];
}
