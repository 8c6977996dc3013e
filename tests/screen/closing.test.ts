import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeClosing } from '../../bridge/screen/closing.ts';
import { endingsOf, kindOf, precisionAndRecall } from './endings.ts';

const endings = endingsOf('dev', 'dev-2', 'dev-3', 'fresh-7-working', 'fresh-7-second', 'fresh-9');

/** Endings that the rows are known to get wrong, by the kind of mistake: no plain row is worth it for one of them alone. */
const misjudged = {
  'a conclusion that no row knows': `
    dev-168 dev-533 held-055 held-099 held-121 held-126 held-146 held-160 fresh-1-04 fresh-1-15
    fresh-1-21 fresh-1-26 fresh-1-30 fresh-1-37 fresh-1-50 fresh-2-34 fresh-2-38 fresh-2-40
    fresh-2-55 fresh-3-25 fresh-3-26 fresh-3-42 fresh-3-47 held2-033 held2-063 held2-110 held2-143
    held2-204 fresh-5-27 fresh-7-h-027 fresh-7-h-042 fresh-7-h-084
    dev-369 fresh-3-58 fresh-6-51 held2-114 fresh-9-061`,
  'taken for a conclusion': `
    dev-183 dev-456 held-124 held-154 fresh-3-14 fresh-3-60 held2-074 held2-215 fresh-5-30 fresh-6-24 fresh-6-32
    fresh-6-46 dev-502 held-073 fresh-1-22 fresh-3-45 fresh-9-104`,
  'taken for a question': `
    dev-219 dev-164 dev-359 fresh-9-090`,
  'a question that the agent answers in the next breath': `
    dev-494 dev-570 held-035 fresh-6-06 fresh-6-10 fresh-6-11 fresh-6-41 fresh-6-42`,
  'somebody else’s question, below the conclusion': `
    dev-562`,
  'a question taken for answered, or not known as one': `
    fresh-5-08 held2-028 fresh-7-h-070`,
};
const known = new Set(Object.values(misjudged).flatMap((ids) => ids.trim().split(/\s+/)));

describe('every ending of the development corpora', () => {
  const judgedWell = endings.filter(({ id }) => !known.has(id));

  test.each(judgedWell.map((ending) => [ending.id, ending.label, ending.note, ending.words] as const))(
    '%s is a %s: %s',
    (_id, label, _note, words) => {
      const closing = judgeClosing(words);
      expect(`${closing.kind} ${closing.rule}`).toMatch(new RegExp(`^${label} `));
    },
  );

  test('that is known to be misjudged still is, or leaves the list of those', () => {
    const wrong = endings.filter(({ label, words }) => kindOf(words) !== label).map(({ id }) => id);
    expect([...known].sort()).toEqual(wrong.sort());
  });

  test.each([
    ['question', 0.97, 0.95],
    ['completion', 0.95, 0.9],
  ] as const)(
    'a %s is found with a precision of at least %d and a recall of at least %d',
    (kind, precise, complete) => {
      const [precision, recall] = precisionAndRecall(endings, kind);
      expect(precision).toBeGreaterThanOrEqual(precise);
      expect(recall).toBeGreaterThanOrEqual(complete);
    },
  );

  test.each(['fresh-7-working', 'fresh-7-second', 'fresh-8-held-out', 'fresh-9'])(
    'so is a question of %s alone',
    (corpus) => {
      const [precision, recall] = precisionAndRecall(endingsOf(corpus), 'question');
      expect(precision).toBeGreaterThanOrEqual(0.97);
      expect(recall).toBeGreaterThanOrEqual(0.95);
    },
  );

  test('its ids are unique and its labels are in balance', () => {
    expect(new Set(endings.map(({ id }) => id)).size).toBe(endings.length);
    expect(endings.length).toBeGreaterThanOrEqual(180);
    for (const [label, least] of [
      ['question', 0.38],
      ['completion', 0.24],
      ['none', 0.2],
    ] as const) {
      expect(endings.filter((ending) => ending.label === label).length / endings.length).toBeGreaterThan(least);
    }
  });
});

describe('what decided', () => {
  test('a question brings its options', () => {
    const closing = judgeClosing([
      'Two ways.',
      '',
      'Which one do you prefer?',
      '',
      '1. Redis',
      '2. A cookie',
      '',
      'I’ll wait.',
    ]);
    expect(closing.text).toBe('Which one do you prefer?\nRedis\nA cookie');
  });

  test('what was considered and rejected is told, from the top', () => {
    const closing = judgeClosing(['Why does it fail? Because it is late.', '', '`a?` is a pattern. Anything else?']);
    expect(closing.kind).toBe('none');
    expect(closing.rejected).toEqual([
      expect.objectContaining({ rule: 'answered', text: 'Why does it fail?' }),
      expect.objectContaining({ rule: 'quoted', text: '`a?` is a pattern.' }),
      expect.objectContaining({ rule: 'polite-closer', text: 'Anything else?' }),
    ]);
  });

  test('only the last lines are judged', () => {
    const words = ['Should I push?', ...Array.from({ length: 6 }, (_, at) => `The value of row ${at} is ${at}.`)];
    expect(kindOf(['The value is 3.', 'Should I push?'], 1)).toBe('question');
    expect(kindOf(words, 6)).toBe('none');
    expect(judgeClosing(words, { lines: 6 }).rejected).toEqual([]);
  });

  test('a fence that opened above the judged lines still makes code of them', () => {
    expect(kindOf(['```', ...Array.from({ length: 30 }, () => 'x'), 'Should I push?', '```'], 5)).toBe('none');
  });

  test('a first bare fence of an odd number closes code that scrolled off', () => {
    expect(kindOf(['x = 1', '```', 'Should I push?', '```', 'git push', '```'])).toBe('question');
  });

  test('a question in quotation marks of any kind is not the agent’s', () => {
    for (const [open, close] of ['""', '“”', '„“', '«»', "''", '「」', '``'])
      expect(kindOf([`The dialog says ${open}Delete it?${close}`])).toBe('none');
  });

  test('a fence that nothing closes makes code of what is below it', () => {
    expect(kindOf(['Please run this and paste what it prints:', '```', 'ls'])).toBe('question');
  });

  test('nothing said is nothing', () => {
    expect(judgeClosing([])).toEqual({
      kind: 'none',
      rule: 'none',
      detail: 'neither asks nor concludes',
      text: '',
      rejected: [],
    });
  });
});

describe('whatever the words', () => {
  const fragment = fc.constantFrom(
    ...[
      'Should I push?',
      'Done.',
      '- ',
      '1. ',
      '```',
      '> ',
      '| a | b |',
      '    ',
      '`',
      '"',
      '?',
      '？',
      '**',
      'if ',
      'you ',
    ],
    ...[
      'let me know ',
      'I need ',
      'please ',
      'before I ',
      ': ',
      ', ',
      '私は',
      '吗。',
      'bitte ',
      '# ',
      'waiting for your ',
      ' because ',
    ],
  );
  const line = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.array(fragment).map((parts) => parts.join('')),
  );

  test('it never throws, and says what decided', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.integer({ min: 0, max: 50 }), (words, lines) => {
        const closing = judgeClosing(words, { lines });
        expect(closing.kind === 'none').toBe(closing.text === '');
        expect(closing.rejected.every(({ text }) => text !== '')).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test.each([
    ['10,000 lines', Array.from({ length: 10_000 }, (_, at) => `Line ${at} of the log, should you need it.`)],
    ['10,000 items, all judged', Array.from({ length: 10_000 }, (_, at) => `- Added case ${at}?`), 10_000],
    ['a line of 100 KB', ['word '.repeat(20_000)]],
    ['a line of 100 KB without a blank', ['a'.repeat(100_000)]],
    ['a line of 100 KB of questions', ['Is it so? '.repeat(10_000)]],
    ['a line of 100 KB of quotation marks', ['"`\'“«'.repeat(20_000)]],
    [
      '20 lines of 100 KB of the words the rules look for',
      Array.from({ length: 20 }, () => 'i need let me know if you want please waiting for '.repeat(2_000)),
    ],
    ['20 lines of 100 KB of punctuation', Array.from({ length: 20 }, () => '.?!,;:-'.repeat(14_000))],
  ] as ReadonlyArray<[string, string[], number?]>)('%s takes no time to speak of', (_name, words, lines = 20) => {
    const begun = performance.now();
    judgeClosing(words, { lines });
    expect(performance.now() - begun).toBeLessThan(1500);
  });
});

describe('another width', () => {
  /** As a TUI wraps: at blanks, rows after the first indented as deep as the list mark is wide. */
  function wrap(line: string, width: number): string[] {
    const indent = ' '.repeat(/^\s*(?:[-*•] |\d+\. )?/.exec(line)![0].length);
    const rows: string[] = [];
    let row = '';
    for (const word of line.split(' ')) {
      if (row !== '' && row.trim() !== '' && row.length + 1 + word.length > width) {
        rows.push(row);
        row = indent + word;
      } else row = row === '' ? word : `${row} ${word}`;
    }
    return [...rows, row];
  }

  /** Prose and lists; code, tables and quotations are not wrapped by words, and scripts without blanks not at all. */
  const wrappable = endings.filter(({ words }) =>
    words.every((line) => !/^\s*(?:```|\||>|\$)|^ {2}|[\u3040-\u9fff\uac00-\ud7af]/.test(line)),
  );

  test.each([50, 64, 80, 100, 120])('of %d columns leaves the judgement as it was', (width) => {
    for (const { id, words } of wrappable) {
      const wrapped = words.flatMap((line) => wrap(line, width));
      expect(`${id} ${kindOf(wrapped, 200)}`).toBe(`${id} ${kindOf(words, 200)}`);
    }
  });

  test('is told apart from nothing by blank lines above and blanks at line ends', () => {
    fc.assert(
      fc.property(fc.constantFrom(...endings), fc.nat(5), fc.nat(4), ({ words }, above, behind) => {
        const padded = [...Array.from({ length: above }, () => ''), ...words.map((line) => line + ' '.repeat(behind))];
        expect(kindOf(padded)).toBe(kindOf(words));
      }),
    );
  });
});
