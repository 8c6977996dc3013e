import { expect, test } from 'vitest';
import type { RequestView } from '../../bridge/api/views.ts';
import type { DeliveryState } from '../../bridge/core/envelope.ts';
import type { Fact } from '../fixtures/scripted-agent.ts';
import { anotherInput, audit, type Ledger } from './ledger.ts';
import { type Question, question } from './questions.ts';

const asked: Question = question(7, 'w0-1', 'controller');
const receipt = { at: 2, typedAt: 1, evidence: 'composer-emptied-and-echoed', lines: [] };

function told(state: RequestView['state'], delivery: DeliveryState | null, id = 'r1'): RequestView {
  const answer = delivery === null ? null : { by: 'controller:command', instructions: asked.answer, notes: '', at: 1 };
  const sent = delivery === null ? null : { id: 'd1', state: delivery };
  const view = {
    id,
    text: asked.text,
    state,
    status: state,
    answer,
    late: [],
    pane: '%0',
    delivery: sent,
    notTyped: null,
  };
  return view as unknown as RequestView;
}

function ledger(over: Partial<Ledger> & { facts?: ReadonlyMap<string, readonly Fact[]> }): Ledger {
  const facts = new Map([
    [
      'w0-1',
      [
        { t: 0, requested: asked.text },
        { t: 1, paste: asked.answer },
        { t: 2, input: asked.answer },
      ],
    ],
  ]);
  return {
    questions: [asked],
    requests: [told('delivered', { is: 'acknowledged', receipt })],
    facts,
    dead: new Set(),
    called: new Set(),
    told: new Set(),
    acknowledged: new Set(),
    doubts: [],
    others: [],
    cleared: new Set(),
    ...over,
  };
}

const inputs = (...texts: string[]) =>
  new Map([['w0-1', [{ t: 0, requested: asked.text }, ...texts.map((input, t) => ({ t, input }))]]]);

test('one question, one request, one submission of its own answer: nothing lost, nothing duplicated', () => {
  const { figures, failures } = audit(ledger({}));
  expect(failures).toEqual([]);
  expect(figures).toMatchObject({ questions: 1, requests: 1, answers: 1, submissions: 1, duplicates: 0, losses: 0 });
});

test.each<[string, Partial<Ledger>, string]>([
  [
    'two requests for one question',
    { requests: [told('delivered', { is: 'acknowledged', receipt }), told('asked', null, 'r2')] },
    'duplicates',
  ],
  ['an answer submitted twice', { facts: inputs(asked.answer, asked.answer) }, 'duplicates'],
  ['an answer with words of another', { facts: inputs(`${asked.answer} And more.`) }, 'duplicates'],
  ['an input that no question asked for', { facts: inputs(asked.answer, 'hello') }, 'duplicates'],
  [
    'an answer typed after a person had gone on',
    {
      facts: new Map([
        [
          'w0-1',
          [
            { t: 1, requested: asked.text },
            { t: 2, input: anotherInput },
            { t: 3, input: asked.answer },
          ],
        ],
      ]),
    },
    'stale',
  ],
  [
    'an answer typed to the next question of the same agent',
    {
      facts: new Map([
        [
          'w0-1',
          [
            { t: 1, requested: asked.text },
            { t: 2, given: 'Begin the next part.' },
            { t: 3, requested: question(8, 'w0-1', 'controller').text },
            { t: 4, input: asked.answer },
          ],
        ],
      ]),
    },
    'stale',
  ],
  [
    'an answer of a human that a person passed over, and that is not kept',
    {
      facts: new Map([
        [
          'w0-1',
          [
            { t: 1, requested: asked.text },
            { t: 2, input: anotherInput },
          ],
        ],
      ]),
      requests: [told('withdrawn', null)],
      acknowledged: new Set([asked.mark]),
    },
    'losses',
  ],
  [
    'an answer in the pane of another agent',
    { facts: new Map([['w1-2', [{ t: 1, input: asked.answer }]]]) },
    'duplicates',
  ],
  [
    'two pastes of one answer',
    {
      facts: new Map([
        [
          'w0-1',
          [
            { t: 1, paste: asked.answer },
            { t: 2, paste: asked.answer },
            { t: 3, input: asked.answer },
          ],
        ],
      ]),
    },
    'duplicates',
  ],
  ['a question of a living agent that nobody saw', { requests: [], facts: inputs() }, 'losses'],
  ['a receipt for what never arrived', { facts: inputs() }, 'losses'],
  ['a request of a living agent without an end', { requests: [told('asked', null)], facts: inputs() }, 'losses'],
  ['a request of a living agent that was given up', { requests: [told('withdrawn', null)], facts: inputs() }, 'losses'],
  [
    'an answer of a human that is nowhere',
    { requests: [told('expired', null)], acknowledged: new Set([asked.mark]), facts: inputs() },
    'losses',
  ],
  [
    'a delivery in doubt of which nobody was told',
    { requests: [told('asked', { is: 'uncertain', reason: 'x' })] },
    'untold',
  ],
  [
    'a decision in doubt of which nobody was told',
    { doubts: [{ mark: asked.mark, id: 'r1', delivery: 'd0', is: 'uncertain', arrived: true }] },
    'untold',
  ],
])('%s does not balance', (_, over, what) => {
  const { figures, failures } = audit(ledger(over));
  expect(failures.join('\n')).toContain(`${what}: `);
  expect(figures[what as 'losses']).toBeGreaterThan(0);
});

test('a question of an agent that died unseen is no loss, and an answer held for a dead agent is the human’s', () => {
  const dead = new Set(['w0-1']);
  expect(audit(ledger({ requests: [], facts: inputs(), dead })).figures).toMatchObject({ unseen: 1, losses: 0 });
  const held: DeliveryState = { is: 'held', reason: 'gone', detail: 'the pane is gone', since: 1 };
  const parked = audit(ledger({ requests: [told('answered', held)], facts: inputs(), dead }));
  expect(parked.failures).toEqual([]);
  expect(parked.figures.heldForHuman).toBe(1);
});

test('an answer that a human had typed once more may be pasted twice, and is submitted once', () => {
  const doubts = [{ mark: asked.mark, id: 'r1', delivery: 'd0', is: 'uncertain', arrived: false }];
  const facts = new Map([
    [
      'w0-1',
      [
        { t: 0, requested: asked.text },
        { t: 1, paste: asked.answer },
        { t: 2, paste: asked.answer },
        { t: 3, input: asked.answer },
      ],
    ],
  ]);
  const { figures, failures } = audit(ledger({ doubts, facts, told: new Set(['r1']) }));
  expect(failures).toEqual([]);
  expect(figures).toMatchObject({ uncertain: 1, uncertainButSubmitted: 0, submissions: 1 });
});

test('a question that a person passed over is no loss: its request was withdrawn, and its answer is kept', () => {
  const facts = new Map([
    [
      'w0-1',
      [
        { t: 1, requested: asked.text },
        { t: 2, input: anotherInput },
      ],
    ],
  ]);
  const answer = { by: 'human:cli', instructions: asked.answer, notes: '', at: 1 };
  const withdrawn = {
    ...told('withdrawn', { is: 'cancelled', reason: 'turn-passed: x' }),
    answer: null,
    notTyped: answer,
  };
  const { figures, failures } = audit(ledger({ facts, requests: [withdrawn], acknowledged: new Set([asked.mark]) }));
  expect(failures).toEqual([]);
  expect(figures).toMatchObject({ passedOver: 1, stale: 0, losses: 0, submissions: 0 });
});
