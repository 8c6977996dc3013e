import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Courier } from '../../bridge/delivery/courier.ts';
import type { PaneIO } from '../../bridge/delivery/pane-io.ts';
import { courierHarness } from './courier-harness.ts';
import { fakeComposerFacts } from './fake-pane.ts';

interface Frame {
  readonly askedAtMs: number;
  readonly drawnAtMs: number;
  readonly takenAtMs: number;
  readonly screen: string;
}

/** A harness whose looks take time: the frame is of `early` ms after the question, and comes `late` ms after that. */
function slowHarness(lookMs: (look: number) => { early: number; late: number }, character = {}) {
  const harness = courierHarness(character);
  const frames: Frame[] = [];
  const pass = (forMs: number) => new Promise<void>((resolve) => void harness.clock.after(forMs, resolve));
  const io: PaneIO = {
    capture: async () => {
      const askedAtMs = harness.clock.now();
      const { early, late } = lookMs(frames.length);
      await pass(early);
      const snapshot = await harness.pane.capture();
      const frame = { askedAtMs, drawnAtMs: harness.clock.now(), screen: harness.pane.screen };
      await pass(late);
      frames.push({ ...frame, takenAtMs: harness.clock.now() });
      return snapshot && Object.assign(snapshot, { askedAtMs, takenAtMs: harness.clock.now() });
    },
    paste: (...given) => harness.pane.paste(...given),
    press: (...given) => harness.pane.press(...given),
    leaveMode: () => harness.pane.leaveMode(),
    outputCount: () => harness.pane.outputCount(),
    nextOutput: (...given) => harness.pane.nextOutput(...given),
  };
  const courier = new Courier({
    io,
    readers: harness.pane,
    locks: harness.locks,
    memory: harness.memory,
    clock: harness.clock,
  });
  return {
    ...harness,
    frames,
    attempt: async (body: string) => harness.clock.until(courier.attempt(harness.delivery(body))),
  };
}

test('what the pane draws while a look is under way is looked at next, not fifty milliseconds later', async () => {
  const harness = slowHarness(() => ({ early: 0, late: 12 }), { pieces: 2 });
  expect((await harness.attempt('use approach B')).state.is).toBe('acknowledged');
  const whole = harness.frames.filter(({ screen }) => screen.includes('> use approach B'));
  // drawn in halves 10 and 15 ms after the paste: the look at the first half ends at 22, the one at both at 34
  expect(harness.pane.enters[0]! - whole[0]!.takenAtMs).toBeLessThanOrEqual(fakeComposerFacts.settleMs + 12);
  expect(whole[0]!.askedAtMs - harness.frames[1]!.takenAtMs).toBeLessThanOrEqual(1);
});

test('however late looks come, the frames between which a text rests lie the settle time apart', async () => {
  const delay = fc.record({ early: fc.nat({ max: 120 }), late: fc.nat({ max: 120 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(delay, { minLength: 1, maxLength: 9 }), fc.nat({ max: 60 }), async (delays, drawMs) => {
      const harness = slowHarness((look) => delays[look % delays.length]!, { drawMs });
      expect((await harness.attempt('use approach B')).state.is).toBe('acknowledged');
      const enterAt = harness.pane.enters[0]!;
      const shown = harness.frames.filter(
        ({ takenAtMs, screen }) => takenAtMs <= enterAt && screen.includes('> use approach B'),
      );
      expect(shown.at(-1)!.drawnAtMs - shown[0]!.drawnAtMs).toBeGreaterThanOrEqual(fakeComposerFacts.settleMs);
    }),
    { numRuns: 200, seed: 4 },
  );
});

test('claimed and typed are one commit: a bridge that dies in it has claimed nothing and pasted nothing', async () => {
  const harness = courierHarness();
  harness.memory.crash = (when, next) => {
    if (when === 'before' && next.state.is === 'typed') throw new Error('the bridge was killed');
  };
  await expect(harness.clock.until(harness.courier.attempt(harness.delivery('use approach B')))).rejects.toThrow(
    'killed',
  );
  expect(harness.memory.states).toEqual([]);
  expect(harness.pane.pastes).toEqual([]);
});

test('however long a commit takes, nothing is pasted before `typed` is on the disk, nor Enter pressed before `submitted`', async () => {
  const harness = courierHarness();
  const { memory, clock, pane } = harness;
  const commit = memory.commit.bind(memory);
  memory.commit = async (work) => {
    await new Promise<void>((resolve) => void clock.after(40, resolve));
    return commit(work);
  };
  const acts: string[] = [];
  pane.before = (act) => act !== 'look' && acts.push(`${act} when ${memory.stored?.state.is}`);
  expect((await harness.attempt(harness.delivery('use approach B'))).is).toBe('acknowledged');
  expect(acts).toEqual(['paste when typed', 'press when submitted']);
});

test('a program that takes Enter with the text has it as soon as the whole text has stood for its own time', async () => {
  const entersAfter = async (stillMs: number | undefined, pieces: number) => {
    const harness = slowHarness(() => ({ early: 0, late: 2 }), { pieces });
    harness.pane.facts = { ...fakeComposerFacts, settleMs: 0, ...(stillMs !== undefined && { stillMs }) };
    expect((await harness.attempt('use approach B')).state.is).toBe('acknowledged');
    const whole = harness.frames.find(({ screen }) => screen.includes('> use approach B'))!;
    return harness.pane.enters[0]! - whole.takenAtMs;
  };
  for (const pieces of [1, 2]) {
    expect(await entersAfter(undefined, pieces)).toBeGreaterThanOrEqual(30);
    expect(await entersAfter(8, pieces)).toBeGreaterThanOrEqual(8);
    expect(await entersAfter(8, pieces)).toBeLessThan(20);
  }
});

test('where it tells the end of a frame, it has Enter at the first look that shows all of the text, and not of a part', async () => {
  const enters = async (settleMs: number, pieces: number) => {
    const harness = slowHarness(() => ({ early: 0, late: 2 }), { pieces });
    harness.pane.facts = { ...fakeComposerFacts, settleMs };
    harness.pane.endsFrames = true;
    expect((await harness.attempt('use approach B')).state.is).toBe('acknowledged');
    const whole = harness.frames.find(({ screen }) => screen.includes('> use approach B'))!;
    return harness.pane.enters[0]! - whole.takenAtMs;
  };
  for (const pieces of [1, 2]) {
    const afterMs = await enters(0, pieces);
    expect(afterMs).toBeGreaterThanOrEqual(0);
    expect(afterMs).toBeLessThan(8);
    expect(await enters(60, pieces)).toBeGreaterThanOrEqual(60);
  }
});
