import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AgentProgram } from '../../bridge/agent-programs/agent-program.ts';
import { offered } from '../../bridge/agent-programs/index.ts';
import { normaliseWords } from '../../bridge/core/detection.ts';
import { dialogWordsSeen } from '../../bridge/delivery/condition.ts';
import { composerHolds, linesShowing } from '../../bridge/delivery/evidence.ts';
import { findRequests, findResponses, openTail } from '../../bridge/screen/blocks.ts';
import { judgeClosing } from '../../bridge/screen/closing.ts';
import { type DetectorState, firstState, memoryOf, restore, step } from '../../bridge/screen/detector.ts';
import { cleanLines, isRule, rejoin, withoutFrame } from '../../bridge/screen/frame.ts';
import { rejectedEvidence } from '../../bridge/screen/rejected-evidence.ts';
import { isDim, tidy } from '../../bridge/screen/rows.ts';
import { stitch } from '../../bridge/screen/stitch.ts';
import { fuzz } from '../fixtures/fuzz.ts';
import { growsInProportion, type Reader, stumblingBlocks } from '../fixtures/growth.ts';
import { snapshotOf } from './snapshots.ts';

const lines = (text: string) => text.split('\n');
const context = { quietForMs: 5_000, signals: {} };

function lookAt(program: AgentProgram, text: string, at = 1_000) {
  const snapshot = snapshotOf(lines(text), { cursorX: 2, at, title: text.slice(0, 80) });
  return { snapshot, reading: program.screen.read(snapshot, context) };
}

/** All that is asked of one screen: its state, its dialog, what it says and what the courier looks for. */
function readWhole(program: AgentProgram): Reader {
  return (text) => {
    const look = lookAt(program, text);
    rejectedEvidence(look.snapshot, look.reading, program.composer);
    dialogWordsSeen(look, program.composer);
    linesShowing(look, text.slice(0, 1_000));
    composerHolds(look.reading, look.snapshot, text.slice(0, 1_000), program.composer);
  };
}

const parts: Record<string, Reader> = {
  findRequests: (text) => findRequests(lines(text)),
  findResponses: (text) => findResponses(lines(text)),
  openTail: (text) => openTail(lines(text)),
  withoutFrame: (text) => lines(text).map(withoutFrame),
  isRule: (text) => lines(text).map(isRule),
  cleanLines: (text) => cleanLines(lines(text), 80),
  rejoin: (text) => rejoin(lines(text), 10),
  tidy: (text) => tidy(lines(text)),
  isDim: (text) => snapshotOf(lines(text)).rows.map((row) => isDim(row)),
  stitch: (text) => stitch(lines(text), lines(text.slice(text.length / 2)), true),
  normaliseWords,
  judgeClosing: (text) => judgeClosing(lines(text)),
};

test('no part of reading takes longer than in proportion to what is on the screen', () => {
  growsInProportion(parts, 15);
});

test('no reader takes longer than in proportion to what is on the screen', () => {
  growsInProportion(Object.fromEntries(offered.map((program) => [program.name, readWhole(program)])), 8);
});

test('what is known to have taken the square of its length: stays in proportion', () => {
  const wide = `漢${' '.repeat(20_000)}x`;
  const dots = `${'.'.repeat(20_000)}x`;
  const rows = Array.from({ length: 1_000 }, () => '='.repeat(80));
  const fenced = Array.from({ length: 3_000 }, (_, at) => ['```', '<<CONTROLLER_REQUEST>>'][at % 2]!);
  // each of these took seconds; together they now take milliseconds, and the test's own limit is what they are held to
  for (const program of offered) readWhole(program)(wide);
  judgeClosing([dots]);
  normaliseWords('\n'.repeat(20_000));
  expect(stitch(rows, rows.slice(500), true)).toEqual(rows);
  expect(findRequests(fenced)).toEqual([]);
});

const row = fc.oneof(
  fc
    .array(fc.constantFrom(...stumblingBlocks), { maxLength: 12 })
    .map((blocks) => blocks.join('').replaceAll('\n', '')),
  fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replaceAll('\n', '')),
  fc.constantFrom('', '› do it', '> ', '• said', '  Working (3s • esc to interrupt)', '  1. Yes (y)', '╰──────────╯'),
);

test('any screen at all is read by every reader without a throw, twice the same, and never with a dialog that is idle', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), fc.constantFrom(...offered), (rows, program) => {
      const text = rows.join('\n');
      const { reading } = lookAt(program, text);
      expect(lookAt(program, text).reading).toEqual(reading);
      if (reading.dialog !== null) expect(reading.state).not.toBe('idle');
      readWhole(program)(text);
    }),
    fuzz(600),
  );
});

test('any words give blocks in order, inside the words, of non-empty extent, the same again from what they give', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (words) => {
      for (const find of [findRequests, findResponses]) {
        let before = -1;
        for (const { start, end, complete, text } of find(words)) {
          expect(start).toBeGreaterThanOrEqual(complete ? before : 0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThan(words.length);
          expect(text).toBe(text.trimEnd());
          before = end;
        }
      }
      expect(words.slice(words.length - openTail(words).length)).toEqual(openTail(words));
    }),
    fuzz(1_500),
  );
});

test('whatever a detector sees, look after look, it keeps going: each request is seen once and confirmed once a turn', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.array(row, { maxLength: 25 }), fc.boolean()), { maxLength: 12 }),
      fc.constantFrom(...offered),
      (looks, program) => {
        let state: DetectorState = firstState;
        const told = new Set<string>();
        for (const [at, [rows, isRestart]] of looks.entries()) {
          if (isRestart) state = restore(JSON.parse(JSON.stringify(memoryOf(state))));
          const now = 1_000 + at * 100;
          const next = step(state, lookAt(program, rows.join('\n'), now));
          state = next.state;
          for (const event of next.events) {
            if (event.type === 'turn-began') continue;
            const once = `${event.type} ${event.key} ${event.turn.number}`;
            expect(told).not.toContain(once);
            told.add(once);
          }
        }
      },
    ),
    fuzz(250),
  );
});
