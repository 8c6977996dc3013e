import { expect, test } from 'vitest';
import { programOf } from '../../bridge/agent-programs/index.ts';
import { isReady } from '../../bridge/core/reading.ts';
import { expectationOf } from '../../bridge/recordings/recording-labels.ts';
import { type HookStateNow, hookStateStandsMs } from '../../bridge/screen/hook-state.ts';
import { allRecorded, snapshotOfRecorded } from './snapshots.ts';

/** The screens with their own titles, and with one that somebody else has set. */
const screens = allRecorded.flatMap((screen) => {
  const snapshot = snapshotOfRecorded(screen);
  const renamed = { ...snapshot, facts: { ...snapshot.facts, title: 'my terminal' } };
  return [snapshot, renamed].map((seen) => ({ screen, snapshot: seen }));
});
const steps = [0, 300, 400, 800];

function isReadyWith(
  { screen, snapshot }: (typeof screens)[number],
  quietForMs: number,
  hookState?: HookStateNow,
): boolean {
  const signals = hookState === undefined ? {} : { hookState };
  return isReady(programOf(null, { agent: screen.agent }).screen.read(snapshot, { quietForMs, signals }));
}

test('that a turn ended makes a screen ready sooner, and none that is not ready in the end, nor one that still works', () => {
  const sooner = new Map<string, number>();
  const wrong: string[] = [];
  for (const one of screens) {
    const isReadyInTheEnd = isReadyWith(one, 10_000);
    for (const quietForMs of steps) {
      if (isReadyWith(one, quietForMs) || !isReadyWith(one, quietForMs, { kind: 'turn-ended', agoMs: quietForMs }))
        continue;
      const { agent, state, file } = one.screen;
      if (!isReadyInTheEnd || expectationOf(state)?.isReady === false) wrong.push(`${file} ${quietForMs}`);
      sooner.set(agent, Math.min(quietForMs, sooner.get(agent) ?? quietForMs));
    }
  }
  expect(wrong).toEqual([]);
  expect(Object.fromEntries(sooner)).toEqual({ codex: 300, gemini: 400 });
}, 180_000);

test('a word against a screen at rest holds every one of them, for its time and no longer', () => {
  const resting = screens.filter((one) => isReadyWith(one, 10_000));
  expect(resting.length).toBeGreaterThan(100);
  for (const kind of ['turn-began', 'approval-wanted'] as const) {
    const believed = resting.filter((one) => isReadyWith(one, 10_000, { kind, agoMs: hookStateStandsMs }));
    expect(believed.map(({ screen }) => screen.file)).toEqual([]);
  }
  const late = { kind: 'turn-began', agoMs: hookStateStandsMs + 1 } as const;
  expect(resting.filter((one) => !isReadyWith(one, 10_000, late))).toEqual([]);
});
