import { describe, expect, test } from 'vitest';
import { type FoundBlock, findRequests, findResponses, openTail, unseenLines } from '../../bridge/screen/blocks.ts';

const texts = (lines: string): string[] => findRequests(lines.split('\n')).map(({ text }) => text);

describe('what is no block', () => {
  test.each([
    ['a START whose END never came', 'hello\n<<CONTROLLER_REQUEST>>\nwhich?\nI go on'],
    ['an END without START in prose', 'close it with\n<<CONTROLLER_REQUEST_END>> as I said'],
    ['a START in the middle of a line', 'Write <<CONTROLLER_REQUEST>>\nwhich?\n<<CONTROLLER_REQUEST_END>>'],
    ['a quoted block', '> <<CONTROLLER_REQUEST>>\n> which?\n> <<CONTROLLER_REQUEST_END>>'],
    ['delimiters as inline code', '`<<CONTROLLER_REQUEST>>` and `<<CONTROLLER_REQUEST_END>>` delimit it'],
    ['an END that goes on', '<<CONTROLLER_REQUEST>>\nwrite <<CONTROLLER_REQUEST_END>> to end it'],
    ['neutralised delimiters', '< <CONTROLLER_REQUEST>>\nwhich?\n< <CONTROLLER_REQUEST_END>>'],
    ['lower case', '<<controller_request>>\nwhich?\n<<controller_request_end>>'],
    ['a response', '<<CONTROLLER_RESPONSE>>\nyes\n<<CONTROLLER_RESPONSE_END>>'],
    ['two ENDs', '<<CONTROLLER_REQUEST_END>>\nx\n<<CONTROLLER_REQUEST_END>>'],
  ])('%s', (_, lines) => {
    expect(findRequests(lines.split('\n')).filter(({ complete }) => complete)).toEqual([]);
  });
});

describe('what a TUI does to a block', () => {
  const clean = 'Which database?\n- sqlite\n- postgres';
  test.each([
    ['as written', '<<CONTROLLER_REQUEST>>\nWhich database?\n- sqlite\n- postgres\n<<CONTROLLER_REQUEST_END>>'],
    [
      'indented',
      '   <<CONTROLLER_REQUEST>>\n   Which database?\n   - sqlite\n   - postgres\n   <<CONTROLLER_REQUEST_END>>',
    ],
    [
      'after a bullet',
      '• <<CONTROLLER_REQUEST>>\n  Which database?\n  - sqlite\n  - postgres\n  <<CONTROLLER_REQUEST_END>>',
    ],
    [
      'dashes as bullets, END in the last item',
      '  <<CONTROLLER_REQUEST>>\n  Which database?\n  • sqlite\n\n  • postgres\n    <<CONTROLLER_REQUEST_END>>',
    ],
    [
      'END behind the last item',
      '<<CONTROLLER_REQUEST>>\nWhich database?\n- sqlite\n- postgres <<CONTROLLER_REQUEST_END>>',
    ],
    ['underscores eaten', '<<CONTROLLERREQUEST>>\nWhich database?\n- sqlite\n- postgres\n<<CONTROLLERREQUESTEND>>'],
    [
      'one underscore eaten',
      '<<CONTROLLERREQUEST>>\nWhich database?\n- sqlite\n- postgres\n<<CONTROLLER_REQUEST_END>>',
    ],
    ['bold', '**<<CONTROLLER_REQUEST>>**\nWhich database?\n- sqlite\n- postgres\n**<<CONTROLLER_REQUEST_END>>**'],
    [
      'in a border',
      '│ <<CONTROLLER_REQUEST>>      │\n│ Which database?             │\n│ - sqlite                    │\n│ - postgres                  │\n│ <<CONTROLLER_REQUEST_END>>  │',
    ],
    [
      'in an ASCII border',
      '| <<CONTROLLER_REQUEST>>      |\n| Which database?             |\n| - sqlite                    |\n| - postgres                  |\n| <<CONTROLLER_REQUEST_END>>  |',
    ],
    [
      'behind a gutter',
      '┃ <<CONTROLLER_REQUEST>>\n┃ Which database?\n┃ - sqlite\n┃ - postgres\n┃ <<CONTROLLER_REQUEST_END>>',
    ],
    [
      'beside a scroll bar',
      '<<CONTROLLER_REQUEST>>      █\nWhich database?             █\n- sqlite                    ░\n- postgres                  ░\n<<CONTROLLER_REQUEST_END>>  ░',
    ],
    ['START wrapped', '<<CONTROLLER_RE\nQUEST>>\nWhich database?\n- sqlite\n- postgres\n<<CONTROLLER_REQUEST_END>>'],
    [
      'END wrapped in its last sign',
      '<<CONTROLLER_REQUEST>>\nWhich database?\n- sqlite\n- postgres\n<<CONTROLLER_REQUEST_END>\n>',
    ],
    [
      'END wrapped behind the underscore',
      '  <<CONTROLLER_REQUEST>>\n  Which database?\n  - sqlite\n  - postgres\n  <<CONTROLLER_REQUEST_\n  END>>',
    ],
    [
      'END wrapped in three',
      '<<CONTROLLER_REQUEST>>\nWhich database?\n- sqlite\n- postgres\n<<CONTROLL\nER_REQUEST\n_END>>',
    ],
    [
      'END wrapped in a border',
      '│ <<CONTROLLER_REQUEST>>   │\n│ Which database?          │\n│ - sqlite                 │\n│ - postgres               │\n│ <<CONTROLLER_REQUEST_EN  │\n│ D>>                      │',
    ],
  ])('%s', (_, lines) => {
    expect(texts(lines)).toEqual([clean]);
  });

  test('a block on one line', () => {
    expect(texts('<<CONTROLLER_REQUEST>> Proceed? <<CONTROLLER_REQUEST_END>>')).toEqual(['Proceed?']);
  });

  test('text on the line of START belongs to the block', () => {
    expect(texts('<<CONTROLLER_REQUEST>> Proceed\nwith it?\n<<CONTROLLER_REQUEST_END>>')).toEqual([
      'Proceed\nwith it?',
    ]);
  });

  test('inner indentation stays', () => {
    expect(texts('  <<CONTROLLER_REQUEST>>\n  if x:\n      y()\n  <<CONTROLLER_REQUEST_END>>')).toEqual([
      'if x:\n    y()',
    ]);
  });

  const framed = (...lines: string[]) =>
    ['<<CONTROLLER_REQUEST>>', ...lines, '<<CONTROLLER_REQUEST_END>>']
      .map((line) => `│ ${line.padEnd(40)} │`)
      .join('\n');

  test.each([
    ['a word cut once at the inner edge of a border', 'Should the service use the long configur', 'ation here?'],
    [
      'the same without a blank beside the bars',
      'Should the service use the long configur',
      'ation here?',
      (line: string) => line.replace(/^│ (.*) │$/, '│$1│'),
    ],
    [
      'in an ASCII border',
      'Should the service use the long configur',
      'ation here?',
      (line: string) => line.replaceAll('│', '|'),
    ],
  ] as const)('%s is joined again', (_, first, second, drawn = (line: string) => line) => {
    expect(texts(framed(first, second).split('\n').map(drawn).join('\n'))).toEqual([first + second]);
  });

  test('in a border, lines that end before its inner edge, items of a list and sentences stay lines', () => {
    for (const [first, second] of [
      ['Should the service use the long one, or', 'another one?'],
      ['Should the service use the long configur', '- ation'],
      ['Should the service use the long configur', 'Ation here?'],
      ['Should the service use the long one now?', 'ation here?'],
    ] as const) {
      expect(texts(framed(first, second))).toEqual([`${first}\n${second}`]);
    }
    // somewhere it is seen to wrap at words
    const wrapped = ['Should the service use the long', 'configuration, or is there another one on', 'this machine?'];
    expect(texts(framed(...wrapped))).toEqual([wrapped.join('\n')]);
  });

  test('lines cut all at the same column are joined, without a blank where a word was cut', () => {
    const cut = [
      '<<CONTROLLER_REQUEST>>',
      'Which of these two datab',
      'ases should the service',
      'use, given that there is',
      ' one user?',
      '<<CONTROLLER_REQUEST_END>>',
    ];
    expect(findRequests(cut)[0]?.text).toBe(
      'Which of these two databases should the service use, given that there is one user?',
    );
  });

  test('lines that a writer broke stay lines', () => {
    expect(
      texts(
        '<<CONTROLLER_REQUEST>>\nWhich of these two databases\nshould we use, given that\nthere is one user?\n<<CONTROLLER_REQUEST_END>>',
      ),
    ).toEqual(['Which of these two databases\nshould we use, given that\nthere is one user?']);
  });
});

describe('several delimiters', () => {
  test('a new START abandons the old one', () => {
    expect(texts('<<CONTROLLER_REQUEST>>\nold\n<<CONTROLLER_REQUEST>>\nnew\n<<CONTROLLER_REQUEST_END>>')).toEqual([
      'new',
    ]);
  });

  test('every complete block is found, in order, with its place', () => {
    const found = findRequests(
      '<<CONTROLLER_REQUEST>>\na\n<<CONTROLLER_REQUEST_END>>\nwords\n<<CONTROLLER_REQUEST id=7 type="x y">>\nb\n<<CONTROLLER_REQUEST_END>>'.split(
        '\n',
      ),
    );
    expect(found.map(({ text, attributes, start, end }) => [text, attributes, start, end])).toEqual([
      ['a', {}, 0, 2],
      ['b', { id: '7', type: 'x y' }, 4, 6],
    ]);
  });

  test('attributes wrapped over two lines are attributes still', () => {
    const found = findRequests(['<<CONTROLLER_REQUEST id=abc', 'type=decision>>', 'a', '<<CONTROLLER_REQUEST_END>>']);
    expect(found[0]).toMatchObject({ text: 'a', attributes: { id: 'abc', type: 'decision' } });
  });

  test('responses are found by the same rules', () => {
    const found = findResponses([
      '• <<CONTROLLER_RESPONSE id=q1>>',
      '  WORKER INSTRUCTIONS: go',
      '  <<CONTROLLER_RESPONSE_END>>',
    ]);
    expect(found).toMatchObject([{ text: 'WORKER INSTRUCTIONS: go', attributes: { id: 'q1' }, complete: true }]);
  });
});

test('lines that nobody saw make a block truncated', () => {
  const found = findRequests(['<<CONTROLLER_REQUEST>>', 'a', unseenLines, 'z', '<<CONTROLLER_REQUEST_END>>']);
  expect(found).toMatchObject([{ text: 'a\nz', truncated: true, complete: true } satisfies Partial<FoundBlock>]);
});

test('an END whose START nobody saw is incomplete', () => {
  expect(findRequests(['the rest', '<<CONTROLLER_REQUEST_END>>'])).toMatchObject([
    { text: 'the rest', complete: false, truncated: true },
  ]);
});

test('the open tail is the last START without END', () => {
  expect(openTail(['x', '<<CONTROLLER_REQUEST>>', 'a'])).toEqual(['<<CONTROLLER_REQUEST>>', 'a']);
  expect(openTail(['<<CONTROLLER_REQUEST>>', 'a', '<<CONTROLLER_REQUEST_END>>'])).toEqual([]);
});

test('ten thousand lines that all begin a delimiter are read in no long time', () => {
  const lines = Array.from({ length: 10_000 }, (_, at) => (at % 2 ? '<<CONTROLLER_REQUEST' : 'x <'));
  const start = performance.now();
  findRequests(lines);
  expect(performance.now() - start).toBeLessThan(5000);
});

test('a block in a code fence is documentation; one below the end of a code fence is not', () => {
  const block = ['<<CONTROLLER_REQUEST>>', 'which?', '<<CONTROLLER_REQUEST_END>>'];
  expect(findRequests(['Like this:', '```', ...block, '```'])).toEqual([]);
  expect(findRequests(['Like this:', '```text', ...block])).toEqual([]);
  expect(findRequests(['```ts', 'run();', '```', ...block]).map(({ text }) => text)).toEqual(['which?']);
  expect(findRequests(['run();', '```', 'So:', '```', ...block, '```'])).toEqual([]);
});
