import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reading } from '../../bridge/core/reading.ts';
import { markTurn, type TurnMark, whyPassed } from '../../bridge/core/turn-mark.ts';
import { makeDialog } from '../../bridge/screen/dialog.ts';
import { fuzz } from '../fixtures/fuzz.ts';

type Shown = Pick<Reading, 'state' | 'composer' | 'dialog' | 'turn'>;

function screen(
  inputs: readonly string[],
  words: readonly string[],
  more: Partial<Shown> & { cut?: boolean } = {},
): Shown {
  const { cut, ...rest } = more;
  const turn = { inputs, words, ...(cut === undefined ? {} : { cut }) };
  return { state: 'idle', composer: { is: 'empty' }, dialog: null, turn, ...rest };
}

const asked = screen(['plan it', 'go'], ['I have looked.', 'Shall I go on?']);
const mark = markTurn([], asked, 'Shall I go on?');
const other = 'the worker was given another input since';
const again = 'the worker was given the same input again since, and says something else';

test('the turn that asked has not passed, whatever the agent goes on to say or do in it', () => {
  const screens = [
    asked,
    { ...asked, state: 'busy' as const },
    { ...asked, composer: { is: 'draft' as const, text: 'half' } },
    screen(['plan it', 'go'], ['I have looked.', 'Shall I go on?', 'I wait.']),
  ];
  for (const shown of screens) expect(whyPassed(mark, shown)).toBeNull();
});

test('another input below the question has passed it, also one that the screen shows alone, and the words of its answer', () => {
  for (const inputs of [
    ['plan it', 'go', 'first explain'],
    ['go', 'first explain'],
    ['first explain'],
    ['go', 'a', 'b'],
  ]) {
    expect(whyPassed(mark, screen(inputs, ['Explained.']))).toBe(other);
  }
  expect(whyPassed(mark, screen(['plan it', 'go', 'Yes, do it.'], ['Done.']))).toBe(other);
});

test('an input that only seems to have grown or shrunk, by a row of the program’s below it, has not passed the turn', () => {
  const dialog = makeDialog({ kind: 'approval', question: 'May I run it?', options: [] });
  const withSign = screen(['Run it'], ['Writing a file'], { dialog });
  const withoutSign = screen(['Run it\n\nWriting a file'], [], { dialog });
  for (const [before, now] of [
    [withSign, withoutSign],
    [withoutSign, withSign],
  ] as const) {
    expect(whyPassed(markTurn([], before), now)).toBeNull();
  }
  const afterTwo = screen(['Plan it', 'Run it'], ['Writing a file'], { dialog });
  expect(whyPassed(markTurn([], withSign), screen(['Run it', 'Run it now'], [], { dialog }))).toBe(other);
  expect(whyPassed(markTurn([], afterTwo), screen(['Plan it', 'Run it now', 'Stop'], [], { dialog }))).toBe(other);
});

test('equal inputs in a row are told apart by what stands above them', () => {
  expect(whyPassed(mark, screen(['plan it', 'go', 'go'], ['I have looked.', 'Shall I delete it?']))).toBe(other);
  expect(whyPassed(mark, screen(['plan it', 'go', 'go'], []))).toBe(other);
});

test('where nothing stands above, by the question, and by how the words begin', () => {
  const single = markTurn([], screen(['go'], ['I have looked.', 'Shall I go on?']), 'Shall I go on?');
  expect(whyPassed(single, screen(['go'], ['I have looked.', 'Shall I delete it?']))).toBe(again);
  expect(whyPassed(single, screen(['go', 'go'], ['I have looked.', 'Shall I delete it?']))).toBe(other);
  // an older input may have come into sight
  expect(whyPassed(single, screen(['go', 'go'], ['I have looked.', 'Shall I go on?']))).toBeNull();
  const wordless = markTurn([], screen(['go'], ['I have looked at all of it.', 'Shall I go on?']));
  expect(whyPassed(wordless, screen(['go'], ['Deleted.']))).toBe(again);
  expect(whyPassed(wordless, screen(['go'], ['I have looked at all of it.', 'Shall I delete it?']))).toBeNull();
});

test('nothing is certain where the input has scrolled off, the transcript was scrolled back, or is still being drawn', () => {
  const uncertain = [
    screen([], ['Something else.'], { cut: true }),
    screen(['go'], ['Something else.'], { cut: true }),
    screen(['plan it'], ['A plan.']),
    screen([], []),
    screen(['plan it', 'go'], []),
    screen(['p1an 1t', 'go'], ['I have looked.', 'Shall I go on?']),
    screen(['plan it', 'go'], ['I have']),
    screen(['plan it', 'go', 'new'], [], { composer: { is: 'absent' }, state: 'unknown' }),
    screen(['plan it', 'go', 'new'], [], { state: 'exited' }),
  ];
  for (const shown of uncertain) expect(whyPassed(mark, shown), JSON.stringify(shown.turn)).toBeNull();
});

test('a turn without any input is never known to have passed', () => {
  expect(whyPassed(markTurn([], screen([], ['Welcome.'])), screen(['new'], ['Done.']))).toBeNull();
  expect(whyPassed(markTurn([], screen(['…'], ['Well?'])), screen(['old', 'new'], ['Done.']))).toBeNull();
});

test('an input of which a part has scrolled away is the same one', () => {
  const long = `${'many words of a long input '.repeat(20)}and its end`;
  const whole = markTurn([], screen([long], ['Hm?']), 'Hm?');
  expect(whyPassed(whole, screen([`…${long.slice(200)}`], ['Hm?']))).toBeNull();
  expect(whyPassed(whole, screen([`${long.slice(0, 60)} …`], ['Hm?'], { cut: true }))).toBeNull();
  expect(whyPassed(whole, screen([`…${long.slice(200)}`, 'new'], ['Hm?']))).toBe(other);
});

test('a mark of somebody who watches knows inputs that no screen shows any more', () => {
  const known = markTurn([], screen(['a', 'b', 'c'], [])).inputs;
  const watched = markTurn(known, screen(['c'], ['Well?'], { cut: true }), 'Well?');
  expect(watched.inputs).toHaveLength(3);
  expect(whyPassed(watched, screen(['a', 'b'], ['scrolled back']))).toBeNull();
  // what a watcher believes only at its second look
  const fresh = markTurn(known, screen(['b', 'c', 'd'], ['Well?']), 'Well?');
  expect(fresh.inputs).toHaveLength(4);
  expect(whyPassed(fresh, screen(['c', 'd'], ['Well?']))).toBeNull();
});

test('a dialog that looks the same is another one where the agent has said more since', () => {
  const dialog = makeDialog({ kind: 'approval', question: 'Run it?' });
  const open = (inputs: string[], words: string[]) =>
    screen(inputs, words, { state: 'dialog', composer: { is: 'absent' }, dialog });
  const first = markTurn([], open(['go'], ['I test.']));
  expect(whyPassed(first, open(['go'], ['I test.']))).toBeNull();
  expect(whyPassed(first, open(['go'], ['I test.', 'Once more.']))).toMatch(/another dialog/);
  expect(whyPassed(first, open(['go', 'again'], ['I test.']))).toBe(other);
  const silent = markTurn([], open(['go'], []));
  expect(whyPassed(silent, open(['go'], []))).toBeNull();
  expect(whyPassed(silent, open(['go'], ['Refused.']))).toMatch(/another dialog/);
});

/** Any window of one endless list, as resizing and scrolling show it, and what goes on below. */
test('no window of the same list of inputs has passed; each that goes on with other words has', () => {
  const words = fc.constantFrom('go', 'on', 'yes', 'explain it first');
  fc.assert(
    fc.property(
      fc.array(words, { minLength: 1, maxLength: 8 }),
      fc.nat(7),
      fc.nat(7),
      fc.array(words, { minLength: 1, maxLength: 3 }),
      (inputs, from, shownFrom, more) => {
        const said = ['I have looked.', 'Shall I go on?'];
        const window = inputs.slice(Math.min(from, inputs.length - 1));
        const marked: TurnMark = markTurn([], screen(window, said), 'Shall I go on?');
        const shown = inputs.slice(Math.min(shownFrom, inputs.length - 1));
        expect(whyPassed(marked, screen(shown, said))).toBeNull();
        const since = [...window, ...more].slice(-Math.max(2, shown.length));
        const isSeen = whyPassed(marked, screen(since, ['Something else.'])) !== null;
        // an older part of the list looks like a transcript that was scrolled back
        const list = JSON.stringify(window).slice(1, -1);
        const isBack = since.length < window.length && list.includes(JSON.stringify(since).slice(1, -1));
        expect(isSeen || isBack).toBe(true);
      },
    ),
    fuzz(2_000),
  );
});
