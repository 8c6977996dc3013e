import { expect, test } from 'vitest';
import { isKeyName } from '../../bridge/core/keys.ts';
import { conditionFormat } from '../../bridge/tmux/condition.ts';
import { keysReachOthers } from '../../bridge/tmux/synchronized.ts';

const nothing = { panePid: 7, command: null, notTitles: [], notOnScreen: [] };

test('without patterns it asks for the process, no mode, input on, keys that reach no other pane, and life', () => {
  expect(conditionFormat(nothing)).toBe(
    `#{==:#{pane_pid}/#{pane_in_mode}/#{pane_input_off}/#{${keysReachOthers}}/#{pane_dead},7/0/0/0/0}`,
  );
});

test('the place of the cursor, and whether it shows, are asked for where they are given', () => {
  const there = conditionFormat({ ...nothing, cursor: { x: 4, y: 20, visible: true } });
  expect(there).toContain('/#{cursor_x}/#{cursor_y}/#{cursor_flag},7/0/0/0/0/4/20/1}');
  expect(conditionFormat({ ...nothing, cursor: { x: 0, y: 0, visible: false } })).toContain(',7/0/0/0/0/0/0/0}');
});

test('a pattern that would match every screen, or that tmux cannot be told, is refused aloud', () => {
  for (const pattern of ['', 'a\nb', 'a\0b', '[%]', '[#[]', '\\bword', '[\\d]', '\\x41', '(a)\\1', '(?=a)', '(?i)a']) {
    expect(() => conditionFormat({ ...nothing, notOnScreen: [pattern] })).toThrow(/condition/);
    expect(() => conditionFormat({ ...nothing, notTitles: [pattern] })).toThrow(/condition/);
  }
});

test('a condition longer than tmux can take is refused aloud', () => {
  expect(() => conditionFormat({ ...nothing, notOnScreen: ['x'.repeat(5000)] })).toThrow(/too long/);
});

test.each(['Enter', 'C-m', 'C-j', 'Tab', 'BTab', 'Escape', 'Up', 'PageDown', 'F12', 'M-Enter', 'C-S-Up', 'C-M-a'])(
  '%s is a key',
  (key) => {
    expect(isKeyName(key)).toBe(true);
  },
);

test.each([
  '',
  'y',
  '1',
  'enter',
  'Enter ',
  'Enter;',
  'yes',
  '-X',
  'Any',
  'C-',
  'S-a',
  'F0',
  'F13',
  '0x1b',
  'Enter\nEnter',
])('"%s" is no key that is ever pressed', (key) => {
  expect(isKeyName(key)).toBe(false);
});
