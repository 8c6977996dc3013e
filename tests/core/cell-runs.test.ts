import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainText } from '../../bridge/core/ansi.ts';
import { mostRuns, runsOf } from '../../bridge/core/cell-runs.ts';

const one = (line: string) => runsOf([line])[0]!;

describe('what a program sends', () => {
  test('links, clipboards, titles and cursor movements are no text, and nothing of them is left', () => {
    expect(
      one(
        '\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\\x1b]52;c;ZXZpbA==\x07\x1b]0;title\x07\x1b[2J\x1b[5;5H.',
      ),
    ).toEqual([{ text: 'here.' }]);
  });

  test('a text that is to be hidden stands there, and so does one in the colour of its ground', () => {
    expect(one('\x1b[8mhidden\x1b[0m')).toEqual([{ text: 'hidden' }]);
    expect(one('\x1b[30;40mdark\x1b[0m')).toEqual([{ text: 'dark', fg: 0, bg: 0 }]);
  });

  test('a row of which each cell has a colour of its own has a bound, and keeps its text', () => {
    const line = Array.from({ length: 2_000 }, (_, at) => `\x1b[38;5;${at % 256}m${at % 10}`).join('');
    const runs = one(line);
    expect(runs).toHaveLength(mostRuns);
    expect(runs.map(({ text }) => text).join('')).toBe(plainText(line));
  });

  test.each(['38;5;999', '38;2;1;2', '48;2;256;0;0', '38:2::1:2:999', '38', '38;7;1'])(
    'a colour out of its bounds is black, and no word of it is left: %s',
    (sgr) => {
      const [run] = one(`\x1b[${sgr}mx`);
      expect([run?.fg, run?.bg]).toContain(0);
      expect(run?.text.endsWith('x')).toBe(true);
    },
  );

  test('whatever is sent, the runs have the text of the line and colours of two kinds', () => {
    const words = fc.constantFrom(
      '\x1b[',
      'm',
      ';',
      ':',
      '38',
      '48',
      '5',
      '2',
      '0',
      '255',
      '7',
      'a',
      ' ',
      '\x0e',
      '\x1b]8;;x\x07',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 60 }), (parts) => {
        const line = parts.join('');
        const runs = one(line);
        for (const colour of runs.flatMap(({ fg, bg }) => [fg, bg]))
          expect(
            colour === undefined || (typeof colour === 'number' ? colour <= 255 : /^#[0-9a-f]{6}$/.test(colour)),
          ).toBe(true);
        if (!line.includes('\x0e'))
          expect(
            runs
              .map(({ text }) => text)
              .join('')
              .trimEnd(),
          ).toBe(plainText(line).trimEnd());
      }),
    );
  });
});

test.each([
  ['\x1b[31mred\x1b[39m plain', [{ text: 'red', fg: 1 }, { text: ' plain' }]],
  ['\x1b[97;104mx', [{ text: 'x', fg: 15, bg: 12 }]],
  [
    '\x1b[38;5;208mx\x1b[48;5;17my',
    [
      { text: 'x', fg: 208 },
      { text: 'y', fg: 208, bg: 17 },
    ],
  ],
  [
    '\x1b[38;2;1;2;255mx\x1b[48:2::16:32:48my',
    [
      { text: 'x', fg: '#0102ff' },
      { text: 'y', fg: '#0102ff', bg: '#102030' },
    ],
  ],
  [
    '\x1b[1mb\x1b[22;2md\x1b[22;3mi\x1b[23;4mu\x1b[24;7mr\x1b[27mp',
    [
      { text: 'b', bold: true },
      { text: 'd', dim: true },
      { text: 'i', italic: true },
      { text: 'u', underline: true },
      { text: 'r', reverse: true },
      { text: 'p' },
    ],
  ],
  ['\x1b[4:3mcurled\x1b[4:0m not', [{ text: 'curled', underline: true }, { text: ' not' }]],
  ['\x1b[58;5;1mx', [{ text: 'x' }]],
  ['\x1b[44mblank   \x1b[49m   ', [{ text: 'blank   ', bg: 4 }]],
  ['   ', []],
] as const)('%j is drawn as it was sent', (line, runs) => {
  expect(one(line)).toEqual(runs);
});

test('an attribute runs on over line ends, as tmux 3.3a writes it', () => {
  expect(runsOf(['\x1b[1mone', 'two\x1b[0m', 'three'])).toEqual([
    [{ text: 'one', bold: true }],
    [{ text: 'two', bold: true }],
    [{ text: 'three' }],
  ]);
});
