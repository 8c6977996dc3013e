import { expect, test } from 'vitest';
import { rowOwners } from '../../bridge/tmux/capture.ts';
import { askForFacts, oncePerPane } from '../../bridge/tmux/facts.ts';
import { paneFacts } from './pane-facts.ts';

/** What tmux would print for the question's format. */
function answer(format: string, values: Record<string, string>): string[] {
  return format.replace(/#\{([^}]+)\}/g, (_, name: string) => values[name] ?? '').split('\n');
}

const whole = { pane_id: '%3', pane_width: '80', pane_height: '24', pid: '5', pane_pid: '6' };

test('any character in a name stays in that name', () => {
  const question = askForFacts();
  const label = 'a\tb|c:d"e\'f\ng,h}#{x}\x1f;é漢';
  const lines = answer(question.format, { ...whole, '@label': label, pane_title: '::', window_name: '%1' });
  expect(question.read(lines)).toMatchObject([{ paneId: '%3', label, title: '::', windowName: '%1' }]);
});

test('the label is @label, else the @name that smux sets', () => {
  const question = askForFacts();
  const label = (values: Record<string, string>) =>
    question.read(answer(question.format, { ...whole, ...values }))[0]!.label;
  expect(label({ '@label': 'a', '@name': 'b' })).toBe('a');
  expect(label({ '@name': 'b' })).toBe('b');
  expect(label({})).toBe('');
});

test('a record of a pane that is gone, or one cut short, is no facts', () => {
  const question = askForFacts();
  expect(question.read(answer(question.format, {}))).toEqual([]);
  expect(question.read([answer(question.format, whole)[0]!.slice(0, 60)])).toEqual([]);
  expect(question.read([])).toEqual([]);
});

test('a record of one question is nothing to another: a pane cannot forge one', () => {
  const forged = answer(askForFacts().format, { ...whole, pane_id: '%9' }).join('\n');
  const question = askForFacts();
  expect(question.read(answer(question.format, { ...whole, pane_current_path: `/x\n${forged}` }))).toMatchObject([
    { paneId: '%3' },
  ]);
});

test('the first record ends where it ends, though its label has line breaks', () => {
  const question = askForFacts();
  const lines = [...answer(question.format, { ...whole, '@label': 'a\n\nb' }), 'screen', ''];
  const { facts, end } = question.readFirst(lines);
  expect(facts?.label).toBe('a\n\nb');
  expect(lines.slice(end)).toEqual(['screen', '']);
});

test('a pane in several places is told once, with its first place', () => {
  const places = [
    paneFacts({ paneId: '%1', sessionName: 'a' }),
    paneFacts({ paneId: '%2' }),
    paneFacts({ paneId: '%1', sessionName: 'b' }),
  ];
  expect(oncePerPane(places).map((pane) => [pane.paneId, pane.sessionName])).toEqual([
    ['%1', 'a'],
    ['%2', 'main'],
  ]);
});

test('each physical row belongs to the logical row that it is a part of', () => {
  expect(rowOwners(['abcdef', 'gh', '', 'ijklm'], ['abc', 'def', 'gh', '', 'ijk', 'lm'])).toEqual([0, 0, 1, 2, 3, 3]);
  expect(rowOwners([], [])).toEqual([]);
});
