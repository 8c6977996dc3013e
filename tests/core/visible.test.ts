import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeJson, visible, visibleLine } from '../../bridge/core/visible.ts';

test('what a terminal would obey is shown as an escape, and nothing of it is left', () => {
  expect(visible('a\u001b]52;c;AAAA\u0007b')).toBe('a\\x1b]52;c;AAAA\\x07b');
  expect(visible('\u009b2J \u009d0;t\u009c \u0085')).toBe('\\x9b2J \\x9d0;t\\x9c \\x85');
  expect(visible('one\rtwo\u0008')).toBe('one\\x0dtwo\\x08');
});

test('what nobody would see, or what turns a text around, is shown as an escape', () => {
  expect(visible('rm\u200b \u202egnp.exe\u2069 \u00ad \u{e0041} \ud83d!')).toBe(
    'rm\\u200b \\u202egnp.exe\\u2069 \\xad \\u{e0041} \\ud83d!',
  );
  expect(visible('pass\u200dword')).toBe('pass\\u200dword');
});

test('what varies another character, and stands behind one that has no variants, is shown as an escape', () => {
  expect(visible('sk-1\ufe0f2\ufe00\u200d3\u180b')).toBe('sk-1\\ufe0f2\\ufe00\\u200d3\\u180b');
  expect(visible('\ufe0fé\u200b\ufe0f')).toBe('\\ufe0fé\\u200b\\ufe0f');
  expect(visible('press 1️⃣ or ☎︎, 葛\u{fe00}')).toBe('press 1️⃣ or ☎︎, 葛\u{fe00}');
});

test('lines, tabs, other scripts and joined emoji are shown as they are', () => {
  const text = 'ein Übermaß\n\tпривет 日本語 क्‍ष نامه‌ای 👩‍💻 👍🏽 ❤️‍🔥 e\u0301';
  expect(visible(text)).toBe(text);
});

test('on one line nothing begins a new one', () => {
  expect(visibleLine('worker\n12:00 delivered\r\u2028x\ty')).toBe('worker\\n12:00 delivered\\x0d\\u2028x\\ty');
});

test('JSON keeps the value, and every character of it may be shown', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
      const json = safeJson({ value, text });
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text })));
      expect(visibleLine(json)).toBe(json);
    }),
    { numRuns: 30 },
  );
});

test('a shown text is not changed again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visible(visible(text))).toBe(visible(text));
    }),
  );
});
