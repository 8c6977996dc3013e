import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRows, plainText } from '../../bridge/core/ansi.ts';

const parseRow = (line: string) => parseRows([line])[0]!;

test('dim text is marked, and ends with 22, with 0 or with an empty SGR', () => {
  expect(parseRow('› \x1b[2mAsk anything\x1b[0m x')).toMatchObject({ text: '› Ask anything x', dim: [[2, 14]] });
  expect(parseRow('\x1b[1;2ma\x1b[22mb')).toMatchObject({ text: 'ab', dim: [[0, 1]] });
  expect(parseRow('\x1b[2ma\x1b[mb')).toMatchObject({ text: 'ab', dim: [[0, 1]] });
});

test('a 2 inside a colour is not dim', () => {
  for (const colour of ['38;2;2;2;2', '48;2;1;2;3', '38;5;2', '38:2::2:2:2', '4:2', '58;2;1;2;3', '38;5;22']) {
    expect(parseRow(`\x1b[${colour}mtext`).dim).toEqual([]);
  }
  expect(parseRow('\x1b[38;5;208;2mtext').dim).toEqual([[0, 4]]);
  expect(parseRow('\x1b[38;2;1;2;3;2mtext').dim).toEqual([[0, 4]]);
  expect(parseRow('\x1b[2m\x1b[38;5;22mtext').dim).toEqual([[0, 4]]);
});

test('dim that tmux let run on over a line end is dim on the next row too', () => {
  expect(parseRows(['\x1b[2mone', 'two\x1b[0m three', 'four'])).toMatchObject([
    { text: 'one', dim: [[0, 3]] },
    { text: 'two three', dim: [[0, 3]] },
    { text: 'four', dim: [] },
  ]);
});

test('ranges end with the text: trailing spaces are trimmed from both', () => {
  expect(parseRow('a\x1b[2mb   \x1b[0m  ')).toMatchObject({ text: 'ab', dim: [[1, 2]] });
  expect(parseRow('a \x1b[2m   ')).toMatchObject({ text: 'a', dim: [] });
});

test('neighbouring dim pieces are one range', () => {
  expect(parseRow('\x1b[2ma\x1b[31mb\x1b[0mc').dim).toEqual([[0, 2]]);
});

test('wide characters, emoji with joiners and combining marks are left alone', () => {
  expect(parseRow('漢字 👩‍👩‍👧‍👦 e\u0301\x1b[0m').text).toBe('漢字 👩‍👩‍👧‍👦 e\u0301');
});

test('hyperlinks and other escapes leave only their text', () => {
  expect(parseRow('\x1b]8;id=1;http://x/y\x1b\\link\x1b]8;;\x1b\\ \x1b]0;t\x07\x1b(Bend').text).toBe('link end');
});

test('frames drawn with the line-drawing set become the characters they look like', () => {
  expect(parseRows(['\x0elqk\x0f ok', '\x0ex', 'x\x0fx'])).toMatchObject([
    { text: '┌─┐ ok' },
    { text: '│' },
    { text: '│x' },
  ]);
});

test('a row is tinted when its first cell has a background of its own', () => {
  const tints = parseRows(['\x1b[48;5;236mtinted', 'still', '\x1b[49mplain', 'a\x1b[44mb', '\x1b[0m']).map(
    (row) => row.tinted,
  );
  expect(tints).toEqual([true, true, false, false, false]);
});

test('any line gives text without escapes, and ranges in order inside it', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom('\x1b[2m', '\x1b[22m', '\x1b[0m', '\x1b[', '\x1b]8;;', '\x1b\\', '\x0e', '\x0f', '  ', '漢'),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const line = pieces.join('').replaceAll('\n', '');
      const { text, dim } = parseRow(line);
      expect(text).toBe(text.trimEnd());
      let before = -1;
      for (const [start, end] of dim) {
        expect(start).toBeGreaterThan(before);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        before = end;
      }
      if (!line.includes('\x0e')) expect(plainText(line).trimEnd()).toBe(text);
    }),
  );
});
