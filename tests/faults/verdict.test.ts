import { expect, test } from 'vitest';
import type { DeliveryState } from '../../bridge/core/envelope.ts';
import { type Fact, findings, type Played } from './hostile-verdict.ts';
import type { Step, View } from './hostile-wire.ts';

const text = 'Use SQLite t1t';
const calm: View = { command: 'codex', inMode: false, dialog: false, person: false };
const acknowledged = { is: 'acknowledged', receipt: { at: 0, typedAt: 0, evidence: 'busy-began', lines: [] } } as const;
const paste: Fact = { m: 10, paste: text };
const enter = (m: number, by: Fact['by'] = 'bridge'): Fact[] => [
  { m: m - 1, bytes: '\r' },
  { m, by, read: 'Enter' },
];
const input = (m: number, words = text, by: Fact['by'] = 'bridge'): Fact => ({ m, by, input: words });
const step = (kind: Step['kind'], at: number, view: Partial<View> = {}): Step => ({
  kind,
  sentAt: at,
  doneAt: at + 2,
  said: 'done',
  view: { ...calm, ...view },
});

function found(state: DeliveryState, facts: readonly Fact[], steps: readonly Step[], more: Partial<Played> = {}) {
  const played: Played = {
    expected: text,
    token: 't1t',
    other: null,
    personsWord: 'hum1',
    dialogWord: 'dlg1',
    state,
    endedAt: 100,
    facts,
    steps,
    dialogHeardAt: null,
    beside: '',
    agentCommand: 'codex',
    executed: '',
    shellScreen: '',
    ...more,
  };
  return findings(played).map(({ is, what }) => `${is}: ${what}`);
}

const typed = [step('paste', 8), step('press', 18)];

test('a text that was submitted once, and is said to be, is all right', () => {
  expect(found(acknowledged, [paste, ...enter(20), input(21)], typed)).toEqual([]);
});

test('what is said to be submitted and was not, or not as it was sent, is lost', () => {
  expect(found(acknowledged, [paste, ...enter(20)], typed)).toEqual([
    'lost: acknowledged (busy-began), never submitted',
  ]);
  const cut = found(acknowledged, [paste, ...enter(20), input(21, 'Use SQLite t1')], typed);
  expect(cut).toContainEqual(expect.stringMatching(/^lost/));
  expect(found({ is: 'submitted', at: 1 }, [paste], typed)).toEqual(['lost: no end: submitted']);
});

test('a text that is submitted twice, or comes twice into the composer, is doubled', () => {
  const twice = [paste, ...enter(20), input(21), ...enter(30), input(31)];
  expect(found(acknowledged, twice, [...typed, step('press', 28)])).toEqual(['doubled: submitted 2 times']);
  expect(found({ is: 'uncertain', reason: '' }, [paste, paste], typed)).toEqual(['doubled: 2 times in the composer']);
  expect(found({ is: 'uncertain', reason: '' }, [{ ...paste, lost: true }, paste], typed)).toEqual([]);
  const wiped: Fact = { m: 12, act: { wipe: true } };
  expect(found({ is: 'uncertain', reason: '' }, [paste, wiped, paste], typed)).toEqual([]);
  expect(found({ is: 'uncertain', reason: '' }, [wiped, paste, paste], typed)).toEqual([
    'doubled: 2 times in the composer',
  ]);
  const joined = found({ is: 'uncertain', reason: '' }, [paste, ...enter(20), input(21, text + text)], typed);
  expect(joined).toContain('doubled: submitted twice in one input');
});

test('a state that says that nothing was typed is held to it', () => {
  const held = { is: 'cancelled', reason: 'held' } as const;
  expect(found(held, [], [])).toEqual([]);
  expect(found(held, [paste], [step('paste', 8)])).toEqual(['untrue: cancelled, and it was typed']);
  expect(found(held, [{ m: 10, swallowed: text }], [])).toEqual(['untrue: cancelled, and it was typed']);
});

test('doubt about a text that was submitted is a false alarm, and about another is none', () => {
  const doubt = { is: 'uncertain', reason: 'who knows' } as const;
  expect(found(doubt, [paste, ...enter(20), input(21)], typed)).toEqual(['false-alarm: uncertain: who knows']);
  expect(found(doubt, [paste], typed)).toEqual([]);
});

test('an approval is told by what tmux had drawn, and by when the program drew it', () => {
  const left = { is: 'typed-not-submitted', reason: '' } as const;
  const approved = (drawnAt: number): Fact[] => [
    paste,
    { m: drawnAt, dialog: 'dlg1a' },
    ...enter(20),
    { m: 21, by: 'bridge', approved: 'dlg1a' },
  ];
  expect(found(left, approved(12), [step('paste', 8), step('press', 18, { dialog: true })])).toEqual([
    'harm: press on a dialog that tmux had drawn',
    'harm: approved dlg1a, which tmux had drawn',
  ]);
  expect(found(left, approved(17), typed)).toEqual(['window: approved dlg1a']);
  expect(found(left, approved(19.5), typed)).toEqual(['type-ahead: approved dlg1a']);
  const bySomebody: Fact[] = [paste, { m: 12, dialog: 'dlg1a' }, { m: 21, by: 'person', approved: 'dlg1a' }];
  expect(found(left, bySomebody, typed.slice(0, 1))).toEqual([]);
});

test("a person's words that our Enter submits are harm where tmux had drawn them", () => {
  const left = { is: 'uncertain', reason: '' } as const;
  const facts = [paste, { m: 15, typed: 'hum1' }, ...enter(20), input(21, `${text}hum1`)];
  const drawn = found(left, facts, [step('paste', 8), step('press', 18, { person: true })]);
  expect(drawn).toEqual(["harm: Enter submitted a person's words with the text"]);
  expect(found(left, facts, typed)).toEqual(["joined: Enter submitted a person's words with the text"]);
  const own = [paste, { m: 15, typed: 'hum1¶' }, ...enter(20, 'person'), input(21, `${text}hum1¶`, 'person')];
  expect(found(left, own, typed.slice(0, 1))).toEqual([]);
});

test('any byte of ours in another pane is harm; what a person types goes where tmux brings it', () => {
  const held = { is: 'cancelled', reason: 'held' } as const;
  expect(found(held, [], [], { beside: '\r' })).toEqual(['harm: another pane was made to read "\\r"']);
  expect(found(held, [], [], { beside: 'hum1hum1¶\r\x15' })).toEqual([]);
  expect(found(held, [], [], { beside: 'hum1\r' })).toEqual(['harm: another pane was made to read "\\r"']);
});

test("what a second bridge sent is judged as the first one's, and nothing may be made of the two", () => {
  const left = { is: 'typed-not-submitted', reason: '' } as const;
  const stop = 'Stop: o1o';
  const other = (state: DeliveryState) => ({
    other: { expected: stop, token: 'o1o', state, endedAt: 100, steps: [step('paste', 28), step('press', 38)] },
  });
  const facts = [paste, ...enter(20), input(21), { m: 30, paste: stop }, ...enter(40), input(41, stop)];
  expect(found(acknowledged, facts, typed, other(acknowledged))).toEqual([]);
  expect(found(acknowledged, facts, typed, other({ is: 'cancelled', reason: 'held' }))).toEqual([
    'untrue: cancelled, and it was typed',
  ]);
  const both = [paste, { m: 30, paste: stop }, ...enter(40), input(41, text + stop)];
  expect(found(left, both, typed.slice(0, 1), other(left))).toEqual([
    'harm: Enter submitted something else with the text',
  ]);
});

test('what is typed into a shell or into copy mode is harm; what a dying program left unread is told apart', () => {
  const left = { is: 'uncertain', reason: '' } as const;
  expect(found(left, [], [step('paste', 8, { command: 'bash' })])).toEqual(['harm: paste into bash']);
  expect(found(left, [], [step('press', 8, { inMode: true })])).toEqual(['harm: press in copy mode']);
  const spilled = found(left, [{ m: 9, exited: 0 }], [step('paste', 8)], { executed: `${text}\n` });
  expect(spilled).toEqual([expect.stringMatching(/^spilled: the shell executed/)]);
});
