import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleaned, isBlank } from '../../bridge/core/cleaning.ts';
import { growsInProportion } from '../fixtures/growth.ts';

test.each([
  ['run \u001b[32mnpm\u001b[0m test', 'run npm test'],
  ['\u001b[38;2;1;2;3mx\u001b[4:3my\u009b1mz', 'xyz'],
  ['a\u001b]0;title\u0007b\u001b]52;c;QQ==\u001b\\c\u009d0;t\u009cd', 'abcd'],
  ['\u001b]8;;https://x.y\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001bPq#0;2\u001b\\x\u001b_app\u001b\\y\u001b^pm\u001b\\z', 'xyz'],
  ['\u001b(0lqk\u001b(B \u001b7\u001b8\u001bc', 'lqk '],
  ['cut \u001b[3', 'cut '],
  ['never closed \u001b]0;but said', 'never closed but said'],
  ['a\r\nb\rc\u0000\u0007\u0085d', 'a\nb\ncd'],
  ['tab\t, é, 日本語, 👩‍💻, \u202eabc', 'tab\t, é, 日本語, 👩‍💻, \u202eabc'],
])('%j is %j', (text, words) => {
  expect(cleaned(text)).toBe(words);
});

test('a text of nothing visible is blank, however it is made', () => {
  for (const text of [
    '',
    ' \n\t',
    '\u200b',
    '\u2060\u00ad\ufeff',
    '\u001b[32m\u001b[0m',
    '\u3164\u2800',
    '\u{e0041}',
    '\u202e\ufe0f',
  ])
    expect(isBlank(text), JSON.stringify(text)).toBe(true);
  for (const text of ['x', '\u200bx', '.', 'é', '👍', '\u001b[32m.'])
    expect(isBlank(text), JSON.stringify(text)).toBe(false);
});

test('no control is left of anything, and cleaning takes no longer than in proportion', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(cleaned(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    }),
  );
  growsInProportion({ cleaned, isBlank }, 5);
});
