import { expect, test } from 'vitest';
import type { Detection } from '../../bridge/core/detection.ts';
import type { Reading } from '../../bridge/core/reading.ts';
import type { HookStateNow } from '../../bridge/screen/hook-state.ts';
import {
  errorReason,
  firstTurnEndState,
  stepTurnEnd,
  type TurnEndInput,
  type TurnEndState,
} from '../../bridge/screen/turn-end-detector.ts';

interface Look {
  state?: Reading['state'];
  inputs?: string[];
  words?: string[];
  error?: string;
  turn?: number | null;
  hasBlock?: boolean;
  screen?: string[];
  hookState?: HookStateNow;
}

/** Reasons over looks, one second apart. */
class Watched {
  state: TurnEndState = firstTurnEndState;
  at = 0;
  readonly options = { heuristic: true, lines: 20, stuckMs: 60_000 };

  look({
    state = 'idle',
    inputs = ['go'],
    words = [],
    error,
    turn = 1,
    hasBlock = false,
    screen = [],
    hookState,
  }: Look) {
    this.at += 1000;
    const reading: Reading = {
      state,
      agent: 'codex',
      why: [],
      composer: { is: 'empty' },
      dialog: null,
      turn: { inputs, words, ...(error === undefined ? {} : { error }) },
    };
    const input: TurnEndInput = { reading, turn, words, hookState, hasBlock, screen, at: this.at };
    const next = stepTurnEnd(this.state, input, this.options);
    this.state = next.state;
    return tell(next.detection);
  }
}

function tell(detection: Detection | null): string | null {
  if (detection === null) return null;
  const { kind, text, reason } = detection;
  return `${kind}${reason ? `/${reason}` : ''}: ${text}`;
}

const asks = ['Both would work.', '', 'Should I use SQLite or Postgres?'];
test('an ended turn that closes with a question raises it once, and again in a later turn', () => {
  const pane = new Watched();
  expect(pane.look({ state: 'busy', words: asks })).toBeNull();
  expect(pane.look({ words: asks })).toBe('question: Should I use SQLite or Postgres?');
  for (let i = 0; i < 50; i++) expect(pane.look({ words: asks })).toBeNull();
  expect(pane.look({ state: 'busy', words: [], turn: 2 })).toBeNull();
  expect(pane.look({ words: asks, turn: 2 })).toBe('question: Should I use SQLite or Postgres?');
});

test('what the agent says of itself comes first: its own message is judged, not the rows that show its end', () => {
  // as drawn, the fence is gone, and what was code reads as the agent's question
  const words = ['The prompt reads:', 'Overwrite the file?'];
  const said = 'The prompt reads:\n\n```\nOverwrite the file?\n```';
  expect(new Watched().look({ words })).toBe('question: Overwrite the file?');
  expect(new Watched().look({ words, hookState: { kind: 'turn-ended', agoMs: 50, said } })).toBeNull();
});

test('a message is believed only where the screen ends in it, however it is drawn there, and the turn has ended', () => {
  const hookState = {
    kind: 'turn-ended',
    agoMs: 50,
    said: '**Both** would work.\n\nShould I use `SQLite`\nor Postgres?',
  } as const;
  const told = 'question: Should I use `SQLite` or Postgres?';
  expect(new Watched().look({ words: asks, hookState })).toBe(told);
  for (const other of [
    { words: [...asks, 'No hurry.'], hookState },
    { words: asks, hookState: { ...hookState, said: 'Shall I delete everything?' } },
    { words: asks, hookState: { ...hookState, said: '?!' } },
    { words: asks, hookState: { ...hookState, kind: 'turn-began', agoMs: 5000 } as const },
  ])
    expect(new Watched().look(other)).toBe('question: Should I use SQLite or Postgres?');
});

test('a completion is told, and plain information is not', () => {
  expect(new Watched().look({ words: ['I fixed the parser and all 42 tests pass now.'] })).toMatch(/^completion: /);
  expect(new Watched().look({ words: ['The function returns 3.'] })).toBeNull();
});

test('closing words never speak beside a block of the same turn, nor when nobody wants them judged', () => {
  expect(new Watched().look({ words: asks, hasBlock: true })).toBeNull();
  const pane = new Watched();
  pane.options.heuristic = false;
  expect(pane.look({ words: asks })).toBeNull();
});

test('nothing is judged while the turn is not certain, or before anything was sent', () => {
  const pane = new Watched();
  expect(pane.look({ words: asks, turn: null })).toBeNull();
  expect(pane.look({ words: asks, inputs: [] })).toBeNull();
  expect(pane.look({ words: asks })).toMatch(/^question/);
});

test('a spinner that says "done?" for twenty seconds raises nothing', () => {
  const pane = new Watched();
  for (let i = 0; i < 50; i++) {
    expect(pane.look({ state: 'busy', words: [`step ${i} done?`], screen: [`⠋ ${i}s done?`] })).toBeNull();
  }
});

test('an error that the agent shows is told with its reason, whether closing words are judged or not', () => {
  const pane = new Watched();
  pane.options.heuristic = false;
  expect(pane.look({ error: 'Error: 500 mock error' })).toBe('error/model: Error: 500 mock error');
  expect(pane.look({ error: 'Error: 500 mock error' })).toBeNull();
});

test.each([
  ['API Error: 429 Too Many Requests', 'rate-limit'],
  ['You have hit your usage limit. It resets at 5pm.', 'rate-limit'],
  ['401 Unauthorized: invalid x-api-key', 'auth'],
  ['Please sign in again', 'auth'],
  ["This model's maximum context length is 128000 tokens", 'context-full'],
  ['prompt is too long: 210000 tokens', 'context-full'],
  ['stream disconnected before completion', 'model'],
])('%s is %s', (text, reason) => expect(errorReason(text)).toBe(reason));

test('busy with nothing but a spinner and a clock moving is stuck, once, and any progress begins the time anew', () => {
  const pane = new Watched();
  const frame = (i: number, line: string) => ({
    state: 'busy' as const,
    screen: [line, `${`⠋⠙⠹⠸`[i % 4]!} Working (${i}s)`],
  });
  for (let i = 0; i < 50; i++) expect(pane.look(frame(i, 'compiling a.c'))).toBeNull();
  for (let i = 0; i < 60; i++) expect(pane.look(frame(i, 'compiling b.c'))).toBeNull();
  expect(pane.look(frame(61, 'compiling b.c'))).toBe('stuck: busy, and nothing has changed for 1 min');
  for (let i = 0; i < 60; i++) expect(pane.look(frame(i, 'compiling b.c'))).toBeNull();
});
