import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  firstTurn,
  noteInput,
  type Observation,
  stepTurn,
  type TurnSeen,
  type TurnState,
} from '../../bridge/screen/turns.ts';

/** A pane that is looked at: each look is a step, 100 ms after the last. */
class Pane {
  state: TurnState = firstTurn;
  at = 1000;

  look(inputs: string[], words: string[], agent: Observation['state'] = 'idle', cut = false): TurnSeen {
    this.at += 100;
    const step = stepTurn(this.state, { at: this.at, state: agent, inputs, words, cut });
    this.state = step.state;
    return step.turn;
  }

  /** Looks twice, and long enough for several turns at once to be believed, as a watcher does after a change. */
  twice(...look: Parameters<Pane['look']>): TurnSeen {
    const first = this.look(...look);
    this.at += 600;
    const second = this.look(...look);
    return { ...second, began: first.began || second.began };
  }

  restart(): void {
    this.state = { ...(JSON.parse(JSON.stringify(this.state)) as TurnState), isRestored: true, candidate: null };
  }

  note(text: string, echoed = false): void {
    this.state = noteInput(this.state, text, { typedAt: this.at - 50, at: this.at, echoed });
  }
}

function paneIn(inputs: string[], words = ['the answer to the last one']): Pane {
  const pane = new Pane();
  pane.twice(inputs, words);
  return pane;
}

describe('the same turn', () => {
  test.each<[string, (pane: Pane) => void]>([
    ['a redraw', (pane) => pane.twice(['one', 'two'], ['the answer to the last one'])],
    [
      'a cleared screen, redrawn',
      (pane) => {
        pane.look([], []);
        pane.twice(['one', 'two'], ['the answer to the last one']);
      },
    ],
    [
      'a half-drawn screen',
      (pane) => {
        pane.look(['one'], []);
        pane.twice(['one', 'two'], ['the answer to the last one']);
      },
    ],
    [
      'a half-drawn input',
      (pane) => {
        pane.look(['one', 'tw'], []);
        pane.twice(['one', 'two'], ['the answer to the last one']);
      },
    ],
    ['the first input scrolled off', (pane) => pane.twice(['two'], ['the answer to the last one', 'and more'])],
    ['every input scrolled off', (pane) => pane.twice([], ['and more'], 'idle', true)],
    ['the input pinned to the top, on one line and cut', (pane) => pane.twice(['tw …'], ['and more'], 'busy', true)],
    ['only the end of the input is visible', (pane) => pane.twice(['…wo'], ['the answer'])],
    ['another width', (pane) => pane.twice(['o\nne', 't wo'], ['the ans', 'wer to the last one'])],
    ['drawn as markdown', (pane) => pane.twice(['one', '• two'], ['the answer to the last one'])],
    [
      'busy again without a new input',
      (pane) => {
        pane.twice(['one', 'two'], ['the answer to the last one'], 'busy');
      },
    ],
    [
      'a restart',
      (pane) => {
        pane.restart();
        pane.twice(['one', 'two'], ['the answer to the last one']);
      },
    ],
    [
      'a restart on an empty screen',
      (pane) => {
        pane.restart();
        pane.look([], []);
        pane.twice(['one', 'two'], ['the answer to the last one']);
      },
    ],
    [
      'more history than is remembered',
      (pane) => pane.twice(['minus one', 'zero', 'one', 'two'], ['the answer to the last one']),
    ],
  ])('%s', (_, change) => {
    const pane = paneIn(['one', 'two']);
    change(pane);
    const turn = pane.twice(['one', 'two'], ['the answer to the last one']);
    expect(turn).toMatchObject({ number: 1, began: false, anchor: 'none' });
  });

  test('a view scrolled back to an older turn is not the current turn', () => {
    const pane = paneIn(['one', 'two']);
    expect(pane.twice(['one'], ['the answer to one'])).toMatchObject({ number: 1, isBack: true });
    expect(pane.twice(['one', 'two'], ['the answer to the last one'])).toMatchObject({ number: 1, isBack: false });
  });
});

describe('a new turn', () => {
  test('begins when an input was added, at the second look that shows it', () => {
    const pane = paneIn(['one']);
    expect(pane.look(['one', 'two'], [])).toMatchObject({ number: 2, began: false });
    expect(pane.look(['one', 'two'], ['words'])).toMatchObject({ number: 2, began: true, anchor: 'kept' });
  });

  test('begins when the same input stands there once more', () => {
    const pane = paneIn(['go']);
    expect(pane.twice(['go', 'go'], [])).toMatchObject({ number: 2, began: true });
  });

  test('the same input again, the earlier one scrolled off: idle, busy, the old words gone', () => {
    const pane = paneIn(['go'], ['Shall I do it?']);
    expect(pane.twice(['go'], [], 'busy')).toMatchObject({ number: 2, began: true });
    expect(pane.twice(['go'], ['Shall I do it?'])).toMatchObject({ number: 2, began: false });
  });

  test('the same input again, answered alike before the second look, the emptied turn seen once', () => {
    const pane = paneIn(['go', 'go'], ['Shall I do it?']);
    pane.look(['go', 'go'], [], 'busy');
    expect(pane.look(['go', 'go'], ['Shall I do it?'], 'busy')).toMatchObject({ number: 2, began: true });
    expect(pane.twice(['go', 'go'], ['Shall I do it?'], 'idle')).toMatchObject({ number: 2, began: false });
  });

  test('a program of which only its drawing is known must show the emptied turn twice', () => {
    const pane = paneIn(['go'], ['Shall I do it?']);
    pane.look(['go'], [], 'moving');
    expect(pane.twice(['go'], ['Shall I do it?'], 'moving')).toMatchObject({ number: 1, began: false });
    expect(pane.twice(['go'], [], 'moving')).toMatchObject({ number: 2, began: true });
  });

  test('inputs in an order that was there before are new once the agent has rested and works', () => {
    const pane = paneIn(['ask', 'run', 'fix', 'ask']);
    expect(pane.twice(['ask', 'run'], [], 'busy')).toMatchObject({ number: 2, began: true, isBack: false });
    expect(pane.twice(['run'], ['words'], 'idle')).toMatchObject({ number: 2, began: false });
  });

  test('busy again with the old words still there is no new turn, nor are missing words while idle', () => {
    const pane = paneIn(['go'], ['Shall I do it?']);
    expect(pane.twice(['go'], ['Shall I do it?', 'Still at it.'], 'busy')).toMatchObject({ number: 1 });
    const other = paneIn(['go'], ['Shall I do it?']);
    expect(other.twice(['go'], [], 'idle')).toMatchObject({ number: 1 });
  });

  test('an acknowledged delivery of the same text, echoed, begins one whatever else is seen', () => {
    const pane = paneIn(['go', 'go'], ['Shall I do it?']);
    pane.note('go', true);
    expect(pane.look(['go', 'go'], ['Shall I do it?'])).toMatchObject({ number: 2, began: true });
    expect(pane.twice(['go', 'go'], ['Shall I do it?'])).toMatchObject({ number: 2, began: false });
  });

  test('an acknowledged delivery not yet on the screen waits for its echo', () => {
    const pane = paneIn(['go'], ['Shall I do it?']);
    pane.note('proceed');
    expect(pane.twice(['go'], ['Shall I do it?'])).toMatchObject({ number: 1 });
    expect(pane.twice(['go', 'proceed'], [], 'busy')).toMatchObject({ number: 2, began: true });
    expect(pane.twice(['go', 'proceed'], ['done'])).toMatchObject({ number: 2, began: false });
  });

  test('a delivery whose echo was seen before its acknowledgement counts once', () => {
    const pane = paneIn(['go'], ['Shall I do it?']);
    pane.state = { ...pane.state };
    const typedAt = pane.at;
    expect(pane.twice(['go', 'go'], [], 'busy')).toMatchObject({ number: 2, began: true });
    pane.state = noteInput(pane.state, 'go', { typedAt, at: pane.at, echoed: true });
    expect(pane.twice(['go', 'go'], ['Shall I do it?'], 'busy')).toMatchObject({ number: 2, began: false });
  });

  test('an agent that echoes nothing begins one with each acknowledged delivery', () => {
    const pane = paneIn([], ['Shall I?']);
    pane.note('yes');
    expect(pane.look([], ['Shall I?'])).toMatchObject({ number: 2, began: true, withoutEcho: true });
    expect(pane.twice([], ['Shall I?', 'Shall I?'])).toMatchObject({ number: 2, began: false });
  });

  test('after a restart that finds nothing it knows, the anchor is lost; the next turn is sure again only as far as that', () => {
    const pane = paneIn(['one', 'two']);
    pane.restart();
    expect(pane.twice(['nine', 'ten'], ['words'])).toMatchObject({ number: 3, began: true, anchor: 'lost' });
    expect(pane.twice(['nine', 'ten', 'eleven'], ['words'])).toMatchObject({ number: 4, began: true, anchor: 'kept' });
  });

  test('after a restart, an empty screen first does not make up for the lost anchor', () => {
    const pane = paneIn(['one', 'two']);
    pane.restart();
    pane.twice([], [], 'other');
    expect(pane.twice(['nine', 'ten'], ['words'])).toMatchObject({ began: true, anchor: 'lost' });
  });

  test('the same input again is noticed though its words were drawn before the agent was seen at work', () => {
    const pane = paneIn(['go'], ['Shall I do it?']);
    pane.twice(['go'], ['An answer of another kind'], 'idle');
    expect(pane.twice(['go'], ['An answer of another kind'], 'busy')).toMatchObject({ number: 2, began: true });
  });

  test('after a restart with the same input and other words, the anchor is lost', () => {
    const pane = paneIn(['go'], ['Shall I do it?']);
    pane.restart();
    expect(pane.twice(['go'], ['Something else altogether'])).toMatchObject({ number: 2, anchor: 'lost' });
  });

  test('a turn begun while nobody watched is found after a restart', () => {
    const pane = paneIn(['one', 'two']);
    pane.restart();
    expect(pane.twice(['two', 'three'], ['words'])).toMatchObject({ number: 2, began: true, anchor: 'kept' });
  });
});

test('however a pane is looked at, turns are counted right: scrolls, redraws, clears, torn frames, restarts', () => {
  const look = fc.oneof(
    fc.record({ is: fc.constant('window' as const), size: fc.integer({ min: 1, max: 6 }) }),
    fc.constant({ is: 'clear' as const }),
    fc.constant({ is: 'torn' as const }),
    fc.constant({ is: 'restart' as const }),
    fc.constant({ is: 'cut' as const }),
  );
  const input = fc.record({
    text: fc.constantFrom('go', 'yes', 'no', 'continue'),
    looks: fc.array(look, { maxLength: 6 }),
    size: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(fc.array(input, { minLength: 1, maxLength: 12 }), (turns) => {
      const pane = new Pane();
      const inputs: string[] = [];
      for (const [at, { text, looks, size }] of turns.entries()) {
        inputs.push(text);
        const words = [`the answer number ${at} to what was said`];
        // a person's or the bridge's input is followed by a busy agent whose words are not there yet
        pane.twice(inputs.slice(-size), [], 'busy');
        pane.twice(inputs.slice(-size), words, 'busy');
        pane.twice(inputs.slice(-size), words, 'idle');
        for (const one of looks) {
          if (one.is === 'window') pane.twice(inputs.slice(-one.size), words, 'idle');
          if (one.is === 'clear') pane.look([], [], 'other');
          if (one.is === 'torn') pane.look(inputs.slice(-size, -1), [], 'other');
          if (one.is === 'cut') pane.twice([], ['further down'], 'idle', true);
          if (one.is === 'restart') pane.restart();
        }
        expect(pane.twice(inputs.slice(-size), words, 'idle').number).toBe(at + 1);
      }
    }),
    { numRuns: 300 },
  );
});

test('inputs that have nothing of the known ones are new turns only once they have stood for a while', () => {
  const pane = paneIn(['one', 'two']);
  const { number } = pane.state;
  for (let look = 0; look < 6; look++) pane.look(['ne', 'wo'], ['words']);
  pane.look(['one', 'two'], ['the answer to the last one']);
  expect(pane.state).toMatchObject({ number, candidate: null });
  for (let look = 0; look < 6; look++) pane.look(['nine', 'ten'], ['words']);
  expect(pane.state.number).toBe(number);
  expect(pane.look(['nine', 'ten'], ['words'])).toMatchObject({ began: false });
  expect(pane.look(['nine', 'ten'], ['words'])).toMatchObject({ number: number + 2, began: true });
});

test('an input whose echo was half drawn for as long as two looks is no other when it is whole', () => {
  const pane = paneIn(['one', 'two']);
  const before = pane.state.number;
  expect(pane.twice(['one', 'two', 'Begin part 2'], [])).toMatchObject({ number: before + 1, began: true });
  const whole = pane.twice(['one', 'two', 'Begin part 2616.'], ['which way?']);
  expect(whole).toMatchObject({ number: before + 1, began: false });
  expect(pane.twice(['two', 'Begin part 2616.', 'Begin part 2617.'], ['?'])).toMatchObject({ number: before + 2 });
  // what was answered was whole: what stands in its place and goes on is another one
  const edited = paneIn(['one', 'two']);
  edited.twice(['one', 'two', 'Go'], ['I go.']);
  expect(edited.twice(['one', 'two', 'Go on'], ['I go on.'])).toMatchObject({ began: true });
});

describe('an input of many rows on a screen that is half drawn for as long as two looks', () => {
  const steps = (...numbers: number[]) => numbers.map((step) => `Then do step ${step} of the plan for this way.`);
  const long = ['Take the first way.', ...steps(1, 2, 3, 4)].join('\n');
  const torn = ['Take the first way.', ...steps(1, 2, 3, 4, 3, 4)].join('\n');

  test('is no other input: what follows it is one new turn, and stays that when the frame is whole', () => {
    const pane = paneIn(['Begin part 1.', long]);
    const before = pane.state.number;
    const first = pane.twice(['Begin part 1.', torn, 'Begin part 2.'], ['which way?']);
    expect(first).toMatchObject({ number: before + 1, began: true });
    const whole = pane.twice(['Begin part 1.', long, 'Begin part 2.'], ['which way?']);
    expect(whole).toMatchObject({ number: before + 1, began: false });
  });

  test('is no other input where it is the last one, nor where its beginning has scrolled away', () => {
    const pane = paneIn(['Begin part 1.', long]);
    const before = pane.state.number;
    expect(pane.twice(['Begin part 1.', torn], ['way'])).toMatchObject({ number: before, began: false });
    const tall = paneIn([`…${steps(...Array.from({ length: 9 }, (_, at) => at)).join('\n')}`, 'Begin part 2.']);
    const rows = steps(3, 4, 5, 6, 7, 8, 7, 8);
    const seen = tall.twice([`…${rows.join('\n')}`, 'Begin part 2.', 'Begin part 3.'], ['which way?']);
    expect(seen).toMatchObject({ number: 2, began: true });
  });

  test('but another input that only begins like it is another one', () => {
    const pane = paneIn(['Begin part 1.', long]);
    const before = pane.state.number;
    const other = `${long}\n${steps(5).join('')} And stop there, whatever you find.`;
    expect(pane.twice(['Begin part 1.', long, other], ['done'])).toMatchObject({ number: before + 1, began: true });
    expect(pane.twice([other, 'Begin part 9.'], ['done'])).toMatchObject({ number: before + 2, began: true });
  });
});
