import { describe, expect, test } from 'vitest';
import type { DetectorEvent } from '../../bridge/core/events.ts';
import type { AgentState, Reading } from '../../bridge/core/reading.ts';
import { unseenLines } from '../../bridge/screen/blocks.ts';
import {
  type DetectorState,
  firstState,
  memoryOf,
  noteDelivery,
  restore,
  step,
  steps,
} from '../../bridge/screen/detector.ts';
import { stitch } from '../../bridge/screen/stitch.ts';
import { snapshotOf } from './snapshots.ts';

interface Look {
  inputs?: string[];
  words: string[];
  state?: AgentState;
  cut?: boolean;
}

/** A detector that is shown screens, 50 ms apart. */
class Watched {
  state: DetectorState = firstState;
  at = 1_000_000;
  readonly events: DetectorEvent[] = [];

  look({ inputs = ['go'], words, state = 'idle', cut = false }: Look): string[] {
    this.at += 50;
    const reading: Reading = {
      state,
      agent: 'codex',
      why: [],
      composer: { is: 'empty' },
      dialog: null,
      turn: { inputs, words, ...(cut ? { cut: true } : {}) },
    };
    const next = step(this.state, { reading, snapshot: snapshotOf([''], { at: this.at }) });
    this.state = next.state;
    this.events.push(...next.events);
    return next.events.map(tell);
  }

  restart(): void {
    this.state = restore(JSON.parse(JSON.stringify(memoryOf(this.state))));
  }
}

function tell(event: DetectorEvent): string {
  if (event.type === 'turn-began') return `turn ${event.turn.number}${event.turn.anchor === 'lost' ? ' lost' : ''}`;
  const text = 'detection' in event ? event.detection.text : event.text;
  return `${event.type} ${event.turn.number}: ${text}`;
}

const block = (text: string, attributes = '') => [
  `<<CONTROLLER_REQUEST${attributes}>>`,
  ...text.split('\n'),
  '<<CONTROLLER_REQUEST_END>>',
];

describe('a request', () => {
  test('is seen at the first sight of its END and confirmed at the second, once', () => {
    const pane = new Watched();
    expect(pane.look({ words: block('which?').slice(0, 2) })).toEqual([]);
    expect(pane.look({ words: block('which?') })).toEqual(['request-seen 1: which?']);
    expect(pane.look({ words: block('which?') })).toEqual(['request-confirmed 1: which?']);
    for (let i = 0; i < 100; i++) expect(pane.look({ words: block('which?') })).toEqual([]);
  });

  test('drawn line by line after another one of the same turn is seen at the first sight of its END too', () => {
    const pane = new Watched();
    const before = [...block('one?'), 'Thanks. '];
    pane.look({ words: before });
    pane.look({ words: before });
    expect(pane.look({ words: [...before, ...block('two?\nor three?').slice(0, 3)] })).toEqual([]);
    expect(pane.look({ words: [...before, ...block('two?\nor three?')] })).toEqual(['request-seen 1: two?\nor three?']);
  });

  test('is not confirmed by reading the same capture again', () => {
    const pane = new Watched();
    pane.look({ words: block('which?') });
    pane.at -= 50;
    expect(pane.look({ words: block('which?') })).toEqual([]);
  });

  test('in a torn frame is seen, and never confirmed', () => {
    const pane = new Watched();
    pane.look({ words: block('whi') });
    expect(pane.look({ words: block('which?') })).toEqual(['request-seen 1: which?']);
    expect(pane.look({ words: block('which?') })).toEqual(['request-confirmed 1: which?']);
  });

  test('survives clear and redraw, scrolling, another width and a restart without being raised again', () => {
    const pane = new Watched();
    const words = ['Some words.', ...block('Which of the two databases\nshould it be?')];
    pane.look({ inputs: ['one', 'go'], words });
    pane.look({ inputs: ['one', 'go'], words });
    const quiet: Look[] = [
      { inputs: [], words: [] },
      { inputs: ['one'], words: [], state: 'unknown' },
      { inputs: ['one', 'go'], words: ['Some words.', ...block('Which of the two\ndatabases should it\nbe?')] },
      { inputs: ['go …'], words: words.slice(1), cut: true },
      { inputs: [], words: words.slice(2), cut: true },
      { inputs: ['one', 'go'], words: words.slice(0, 3), state: 'busy' },
      { inputs: ['one', 'go'], words },
    ];
    for (let round = 0; round < 3; round++) {
      for (const look of quiet) expect([pane.look(look), pane.look(look)]).toEqual([[], []]);
      pane.restart();
    }
  });

  test('in the same words in a later turn is a new request', () => {
    const pane = new Watched();
    pane.look({ words: block('Proceed?') });
    pane.look({ words: block('Proceed?') });
    pane.look({ inputs: ['go', 'yes'], words: [], state: 'busy' });
    expect(pane.look({ inputs: ['go', 'yes'], words: [], state: 'busy' })).toEqual(['turn 2']);
    expect(pane.look({ inputs: ['go', 'yes'], words: block('Proceed?') })).toEqual(['request-seen 2: Proceed?']);
    expect(pane.look({ inputs: ['go', 'yes'], words: block('Proceed?') })).toEqual(['request-confirmed 2: Proceed?']);
  });

  test('of a fast agent, drawn together with its input, is seen at once and confirmed with the turn', () => {
    const pane = new Watched();
    pane.look({ words: ['hello'] });
    expect(pane.look({ inputs: ['go', 'ask'], words: block('a?') })).toEqual(['request-seen 2: a?']);
    expect(pane.look({ inputs: ['go', 'ask'], words: block('a?') })).toEqual(['turn 2', 'request-confirmed 2: a?']);
  });

  test('under an input that was only half drawn is still the last turn’s', () => {
    const pane = new Watched();
    pane.look({ words: block('a?') });
    pane.look({ words: block('a?') });
    expect(pane.look({ inputs: ['go', 'ne'], words: block('a?') })).toEqual([]);
    pane.look({ inputs: ['go', 'next'], words: [], state: 'busy' });
    expect(pane.look({ inputs: ['go', 'next'], words: [], state: 'busy' })).toEqual(['turn 2']);
    expect(pane.look({ inputs: ['go', 'next'], words: block('a?') })).toEqual(['request-seen 2: a?']);
  });

  test('twice the same in one turn is one request; two different ones are two', () => {
    const pane = new Watched();
    const words = [...block('a?'), ...block('b?'), ...block('a?')];
    expect(pane.look({ words })).toEqual(['request-seen 1: a?', 'request-seen 1: b?']);
    expect(pane.look({ words })).toEqual(['request-confirmed 1: a?', 'request-confirmed 1: b?']);
  });

  test('drawn while the bridge was down is found, and one seen but not confirmed is confirmed', () => {
    const pane = new Watched();
    pane.look({ words: block('a?') });
    pane.restart();
    expect(pane.look({ words: [...block('a?'), ...block('b?')] })).toEqual([
      'request-confirmed 1: a?',
      'request-seen 1: b?',
    ]);
  });

  test('found after a restart that lost its place says so', () => {
    const pane = new Watched();
    pane.look({ inputs: ['one', 'two'], words: block('a?') });
    pane.look({ inputs: ['one', 'two'], words: block('a?') });
    pane.restart();
    pane.look({ inputs: ['nine', 'ten'], words: block('a?') });
    // several turns at once are believed once they stand
    expect(pane.look({ inputs: ['nine', 'ten'], words: block('a?') })).toEqual([]);
    pane.at += 600;
    pane.look({ inputs: ['nine', 'ten'], words: block('a?') });
    expect(pane.events.slice(2).map((event) => event.turn.anchor)).toEqual(['lost', 'lost', 'lost']);
  });

  test('is no second one on a frame that stays half drawn for half a second, with inputs that were never given', () => {
    const pane = new Watched();
    pane.look({ inputs: ['one', 'two'], words: block('a?') });
    pane.look({ inputs: ['one', 'two'], words: block('a?') });
    const { length } = pane.events;
    for (let look = 0; look < 10; look++) pane.look({ inputs: ['ne', 'wo', 'o'], words: block('a?') });
    for (let look = 0; look < 10; look++) pane.look({ inputs: ['one', 'two'], words: block('a?') });
    expect(pane.events.slice(length)).toEqual([]);
  });

  test('of an agent that echoes nothing is new after an acknowledged delivery, not on the old block’s account', () => {
    const pane = new Watched();
    pane.look({ inputs: [], words: block('Proceed?') });
    pane.look({ inputs: [], words: block('Proceed?') });
    pane.state = noteDelivery(pane.state, 'yes', { typedAt: pane.at, at: pane.at + 1, echoed: false });
    expect(pane.look({ inputs: [], words: block('Proceed?') })).toEqual(['turn 2']);
    expect(pane.look({ inputs: [], words: block('Proceed?') })).toEqual([]);
    // made of lines that stood there before: a second look decides
    expect(pane.look({ inputs: [], words: [...block('Proceed?'), ...block('Proceed?')] })).toEqual([]);
    expect(pane.look({ inputs: [], words: [...block('Proceed?'), ...block('Proceed?')] })).toEqual([
      'request-seen 2: Proceed?',
    ]);
    expect(pane.look({ inputs: [], words: block('Proceed?') })).toEqual(['request-confirmed 2: Proceed?']);
  });

  test('with empty text is none', () => {
    const pane = new Watched();
    expect(pane.look({ words: block('') })).toEqual([]);
  });
});

test('each event comes with a state that holds it and none of the later ones', () => {
  const reading: Reading = {
    state: 'busy',
    agent: 'codex',
    why: [],
    composer: { is: 'empty' },
    dialog: null,
    turn: { inputs: ['go'], words: [...block('a?'), ...block('b?')] },
  };
  const seen = [...steps(firstState, { reading, snapshot: snapshotOf(['']) })];
  expect(seen.filter(({ event }) => event).map(({ state }) => memoryOf(state).raised.length)).toEqual([1, 2]);
});

test('memory stays small however much was drawn', () => {
  const pane = new Watched();
  for (let turn = 0; turn < 100; turn++) {
    const inputs = Array.from({ length: 5 }, (_, at) =>
      `input number ${turn + at}, which goes on for a while`.repeat(20),
    );
    const words = [...Array.from({ length: 300 }, (_, at) => `line ${at}`), ...block(`question ${turn}?`)];
    for (const state of ['busy', 'busy', 'idle'] as const) pane.look({ inputs, words, state });
  }
  expect(JSON.stringify(memoryOf(pane.state)).length).toBeLessThan(40_000);
});

describe('responses in a controller’s pane', () => {
  test('are told apart by their id, and each is confirmed once', () => {
    const pane = new Watched();
    const one = ['<<CONTROLLER_RESPONSE id=a>>', 'WORKER INSTRUCTIONS: go', '<<CONTROLLER_RESPONSE_END>>'];
    const two = ['<<CONTROLLER_RESPONSE id=b>>', 'WORKER INSTRUCTIONS: go', '<<CONTROLLER_RESPONSE_END>>'];
    pane.look({ words: one });
    pane.look({ words: [...one, ...two] });
    pane.look({ words: [...one, ...two] });
    pane.look({ words: [...one, ...two] });
    expect(
      pane.events.map((event) => ('attributes' in event ? [event.type, event.attributes.id] : event.type)),
    ).toEqual([
      ['response-seen', 'a'],
      ['response-confirmed', 'a'],
      ['response-seen', 'b'],
      ['response-confirmed', 'b'],
    ]);
  });
});

describe('a block taller than the screen', () => {
  const body = Array.from({ length: 60 }, (_, at) => `item ${at} of what must be decided, in words`);
  const words = ['I need a decision.', ...block(body.join('\n'))];
  const windowAt = (top: number, height = 20) => words.slice(top, top + height);

  test('is put together from what scrolls by', () => {
    const pane = new Watched();
    pane.look({ words: windowAt(0), state: 'busy' });
    for (let top = 4; top <= words.length - 20; top += 4)
      pane.look({ inputs: ['go …'], words: windowAt(top), state: 'busy', cut: true });
    const last = { inputs: ['go …'], words: words.slice(-20), cut: true };
    pane.look(last);
    pane.look(last);
    expect(pane.events.map(({ type }) => type)).toEqual(['request-seen', 'request-confirmed']);
    expect(pane.events[1]).toMatchObject({ detection: { text: body.join('\n'), truncated: false } });
  });

  test('whose middle nobody saw is truncated', () => {
    const pane = new Watched();
    pane.look({ words: windowAt(0), state: 'busy' });
    pane.look({ inputs: ['go …'], words: words.slice(-20), cut: true });
    pane.look({ inputs: ['go …'], words: words.slice(-20), cut: true });
    expect(pane.events[1]).toMatchObject({ type: 'request-confirmed', detection: { truncated: true } });
    expect(pane.events).toHaveLength(2);
  });

  test('is put together across a restart', () => {
    const pane = new Watched();
    pane.look({ words: windowAt(0), state: 'busy' });
    pane.restart();
    for (let top = 10; top <= words.length - 20; top += 10)
      pane.look({ inputs: ['go …'], words: windowAt(top), state: 'busy', cut: true });
    pane.look({ inputs: ['go …'], words: words.slice(-20), cut: true });
    pane.look({ inputs: ['go …'], words: words.slice(-20), cut: true });
    expect(pane.events.at(-1)).toMatchObject({
      type: 'request-confirmed',
      detection: { text: body.join('\n'), truncated: false },
    });
  });

  test('first seen at its END, with its turn’s beginning scrolled away, goes to the human', () => {
    const pane = new Watched();
    pane.look({ inputs: ['go …'], words: words.slice(-20), cut: true });
    pane.look({ inputs: ['go …'], words: words.slice(-20), cut: true });
    expect(pane.events).toMatchObject([
      { type: 'request-seen' },
      { type: 'request-confirmed', detection: { truncated: true } },
    ]);
  });

  test('drawn at once, with nothing of its turn’s beginning on the screen, goes to the human once the turn has ended', () => {
    const pane = new Watched();
    pane.look({ inputs: ['go'], words: ['I look into it.'], state: 'busy' });
    pane.look({ inputs: ['go'], words: ['I look into it.'], state: 'busy' });
    const last = { inputs: [], words: words.slice(-20), cut: true };
    // what is still drawn may be a frame whose upper half is missing
    expect([pane.look({ ...last, state: 'busy' }), pane.look({ ...last, state: 'busy' })]).toEqual([[], []]);
    pane.look(last);
    pane.look(last);
    pane.restart();
    pane.look(last);
    expect(pane.events).toMatchObject([
      { type: 'request-seen', detection: { truncated: true } },
      { type: 'request-confirmed', detection: { truncated: true } },
    ]);
    expect(pane.events).toHaveLength(2);
  });

  test('drawn at once like the one before it, which was raised, is another one where it ends otherwise', () => {
    const pane = new Watched();
    const other = [...words.slice(-20, -2), 'so which of them is it?', words.at(-1)!];
    for (const shown of [words.slice(-20), other, words.slice(-9), other.slice(-3)]) {
      pane.look({ inputs: [], words: shown, cut: true });
      pane.look({ inputs: [], words: shown, cut: true });
    }
    expect(pane.events.map(({ type }) => type)).toEqual([
      'request-seen',
      'request-confirmed',
      'request-seen',
      'request-confirmed',
    ]);
  });

  test('first seen by a bridge that comes late goes to the human', () => {
    const pane = new Watched();
    const last = { inputs: [], words: words.slice(-20), cut: true };
    pane.look(last);
    pane.look(last);
    expect(pane.events).toMatchObject([
      { type: 'request-seen' },
      { type: 'request-confirmed', detection: { truncated: true } },
    ]);
  });

  test('was raised before it scrolled: its END alone raises nothing', () => {
    const pane = new Watched();
    const all = ['I need a decision.', ...block(body.slice(0, 10).join('\n'))];
    pane.look({ words: all });
    pane.look({ words: all });
    for (let top = 1; top < all.length; top++)
      expect(pane.look({ inputs: ['go …'], words: all.slice(top), cut: true })).toEqual([]);
    pane.restart();
    expect(pane.look({ inputs: ['go …'], words: all.slice(-3), cut: true })).toEqual([]);
  });
});

describe('stitching', () => {
  test('what grows at its end is extended, what lies inside is nothing new', () => {
    const known = ['alpha beta gamma', 'delta epsilon', 'zeta eta theta', 'iota'];
    expect(stitch(known, ['beta gamma', 'delta epsilon', 'zeta eta theta', 'iota kappa'], true)).toEqual([
      ...known.slice(0, 3),
      'iota kappa',
    ]);
    expect(stitch(known, ['gamma', 'delta epsilon'], true)).toEqual(known);
  });

  test('another width does not matter', () => {
    const known = ['alpha beta gamma delta epsilon', 'zeta eta theta iota kappa lambda', 'mu nu'];
    expect(stitch(known, ['epsilon', 'zeta eta theta', 'iota kappa lambda', 'mu nu', 'xi'], true).join(' ')).toBe(
      'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi',
    );
  });

  test('where nothing is common a mark says so', () => {
    expect(stitch(['alpha beta'], ['gamma delta', 'epsilon zeta'], true)).toContain(unseenLines);
  });

  test('repeated lines are put where they agree longest', () => {
    const same = ['the same line again', 'and this one too'];
    const known = [...same, 'first', ...same, 'second'];
    expect(stitch(known, ['x', ...same, 'second', 'third'], true)).toEqual([...known, 'third']);
  });
});
