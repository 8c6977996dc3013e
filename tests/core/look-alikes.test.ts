import { expect, test } from 'vitest';
import { hasLookAlikes, withEscapes } from '../../bridge/core/look-alikes.ts';

test.each([
  ['a zero-width space', 'npm te\u200bst', 'npm te\\u{200b}st'],
  ['a zero-width joiner', 'npm te\u200dst', 'npm te\\u{200d}st'],
  ['a soft hyphen', 'npm te\u00adst', 'npm te\\u{ad}st'],
  ['a word joiner', 'npm\u2060 test', 'npm\\u{2060} test'],
  ['a byte-order mark', '\ufeffnpm test', '\\u{feff}npm test'],
  ['a no-break blank', 'npm\u00a0test', 'npm\\u{a0}test'],
  ['an ideographic blank', 'npm\u3000test', 'npm\\u{3000}test'],
  ['a Hangul filler', 'npm \u3164test', 'npm \\u{3164}test'],
  ['a Braille blank', 'npm\u2800test', 'npm\\u{2800}test'],
  ['a variation selector', 'npm test\ufe00', 'npm test\\u{fe00}'],
  ['a tag character', 'npm test\u{e0061}', 'npm test\\u{e0061}'],
  ['a right-to-left override', 'npm \u202etset', 'npm \\u{202e}tset'],
  ['an isolate', 'npm \u2066test\u2069', 'npm \\u{2066}test\\u{2069}'],
  ['an escape', 'npm \u001b[2Ktest', 'npm \\u{1b}[2Ktest'],
  ['a control of C1', 'npm \u009b2K', 'npm \\u{9b}2K'],
  ['a line separator', 'npm test\u2028rm', 'npm test\\u{2028}rm'],
  ['a private-use character', 'npm \ue03b', 'npm \\u{e03b}'],
  ['half a pair', 'npm \ud83d', 'npm \\u{d83d}'],
  ['a Cyrillic letter among Latin ones', 'npm t\u0435st', 'npm t\\u{435}st'],
  ['a Greek letter among Latin ones', 'npm t\u03b5st', 'npm t\\u{3b5}st'],
  ['a word of Cyrillic look-alikes', 'npm \u0441\u043e\u0440\u0443', 'npm \\u{441}\\u{43e}\\u{440}\\u{443}'],
  ['a full-width letter', 'npm ｔest', 'npm \\u{ff54}est'],
  ['a full-width semicolon', 'npm test；x', 'npm test\\u{ff1b}x'],
  ['a Greek question mark', 'npm test\u037e x', 'npm test\\u{37e} x'],
  ['a mathematical letter', 'npm \u{1d42d}est', 'npm \\u{1d42d}est'],
  ['a ligature', 'npm ﬁle', 'npm \\u{fb01}le'],
  ['a dotless i', 'npm l\u0131nt', 'npm l\\u{131}nt'],
  ['a small capital', 'npm \u1d1best', 'npm \\u{1d1b}est'],
  ['a division slash', 'src\u2215a.ts', 'src\\u{2215}a.ts'],
  ['a fraction slash', 'src\u2044a.ts', 'src\\u{2044}a.ts'],
  ['a hyphen of another sort', 'npm test \u2010x', 'npm test \\u{2010}x'],
  ['a long dash', 'npm test \u2014x', 'npm test \\u{2014}x'],
  ['a one-dot leader', 'a\u2024ts', 'a\\u{2024}ts'],
  ['a curled quote', 'npm test \u201cx\u201d', 'npm test \\u{201c}x\\u{201d}'],
  ['a box’s line', 'npm test \u2502 sh', 'npm test \\u{2502} sh'],
  ['a Cherokee letter', 'npm \u13a2\u13a2', 'npm \\u{13a2}\\u{13a2}'],
  ['a mark that belongs to no letter of its own', 't\u0332est', 't\\u{332}est'],
  ['figures of another script in a word', 'v\u0661', 'v\\u{661}'],
  ['Latin and Han in one word', 'npm 測試test', 'npm \\u{6e2c}\\u{8a66}test'],
])('%s cannot be told from others, and is shown as its escape', (_, text, shown) => {
  expect(hasLookAlikes(text)).toBe(true);
  expect(withEscapes(text)).toBe(shown);
});

test.each([
  'npm test -- --run="a b" | tee log.txt; echo $?',
  'npm test\n\tnpm run lint',
  'src/тесты.ts',
  'src/Привет мир.md',
  'src/δοκιμή.ts',
  'src/測試.ts',
  'src/テスト項目.ts',
  'src/테스트.ts',
  'src/בדיקה.ts',
  'src/اختبار.ts',
  'src/परीक्षण.ts',
  'src/การทดสอบ.ts',
  'src/café/naïve/Größe/smørrebrød/zażółć.ts',
  'src/cafe\u0301.ts',
  'echo 100 € £5 © 3°',
  'echo 🙂',
])('%s is shown as it is', (text) => {
  expect(hasLookAlikes(text)).toBe(false);
  expect(withEscapes(text)).toBe(text);
});
