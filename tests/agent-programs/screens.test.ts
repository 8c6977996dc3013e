import { describe, expect, test } from 'vitest';
import { codex } from '../../bridge/agent-programs/codex/index.ts';
import { gemini } from '../../bridge/agent-programs/gemini/index.ts';
import { generic } from '../../bridge/agent-programs/generic.ts';
import { offered, programOf } from '../../bridge/agent-programs/index.ts';
import { unknown } from '../../bridge/agent-programs/unknown.ts';
import { isReady, type Reading } from '../../bridge/core/reading.ts';
import { findRequests } from '../../bridge/screen/blocks.ts';
import type { Motion } from '../../bridge/screen/screen-reader.ts';
import { snapshotOf } from '../screen/snapshots.ts';

const quiet: Motion = { quietForMs: 10_000, signals: {} };
const requests = (reading: Reading) => findRequests(reading.turn.words).map(({ text }) => text);
const request = ['<<CONTROLLER_REQUEST>>', 'which?', '<<CONTROLLER_REQUEST_END>>'];

const dim = (text: string) => `\x1b[2m${text}\x1b[0m`;
const tint = (text: string) => `\x1b[48;2;68;68;68m${text}\x1b[49m`;
const echoed = (first: string, ...more: string[]) => [
  tint(' '),
  `\x1b[1;2m\x1b[48;2;68;68;68m› \x1b[0m\x1b[48;2;68;68;68m${first}\x1b[49m`,
  ...more.map((line) => tint(`  ${line}`)),
  tint(' '),
  '',
];
const said = (first: string, ...more: string[]) => [
  `${dim('• ')}${first}`,
  ...more.map((line) => (line === '' ? '' : `  ${line}`)),
  '',
];
const ran = (command: string, ...output: string[]) => [
  `\x1b[1m•\x1b[0m \x1b[1mRan\x1b[0m ${command}`,
  ...output.map((line, at) => dim(`${at === 0 ? '  └ ' : '    '}${line}`)),
  '',
];
const workedFor = [dim('  Worked for 7s • 17:53'), ''];
const composer = (text = dim('Ask Codex to do anything')) => [
  `\x1b[1m›\x1b[0m ${text}`,
  '',
  '  model default · /home/ada/work',
  '  ? for shortcuts',
];

/** A codex screen with the cursor in its composer. */
function codexScreen(lines: string[], facts: Parameters<typeof snapshotOf>[1] = {}, motion = quiet): Reading {
  const bottom = composer().length;
  const at = lines.findLastIndex((line) => line.startsWith('\x1b[1m›'));
  return codex.screen.read(
    snapshotOf(lines, {
      title: 'work',
      alternateScreen: true,
      cursorX: 2,
      cursorY: at < 0 ? lines.length - bottom : at,
      ...facts,
    }),
    motion,
  );
}

describe('codex: what is the agent’s own words', () => {
  test('a block it says is read', () => {
    expect(
      requests(codexScreen([...echoed('go'), ...said('I must know:', '', ...request), ...workedFor, ...composer()])),
    ).toEqual(['which?']);
  });

  test.each<[string, string[]]>([
    [
      'in the composer',
      [
        ...echoed('go'),
        ...said('ok'),
        ...composer(['a', ...request].join('\n')).flatMap((line) =>
          line.split('\n').map((part, at) => (at ? `  ${part}` : part)),
        ),
      ],
    ],
    ['in an echoed template', [...echoed('Ask like this:', '', ...request), ...said('Understood.'), ...composer()]],
    [
      'in an echoed template whose head has scrolled off',
      [...echoed('x', ...request).slice(2), ...said('Understood.'), ...composer()],
    ],
    [
      'in tool output',
      [...echoed('go'), ...ran('cat README.md', ...request), ...said('That is the protocol.'), ...composer()],
    ],
    [
      'in tool output whose head has scrolled off',
      [...ran('cat', 'x', ...request).slice(2), ...said('That is it.'), ...composer()],
    ],
    [
      'in an earlier turn',
      [
        ...echoed('one'),
        ...said(...(request as [string])),
        ...workedFor,
        ...echoed('two'),
        ...said('ok'),
        ...composer(),
      ],
    ],
    [
      'in a notice',
      [...echoed('go'), `■ ${request[0]}`, ...request.slice(1).map((line) => `  ${line}`), '', ...composer()],
    ],
    [
      'under a scrolled-back transcript',
      [...echoed('one'), ...said('so', ...request), dim('    ↓ Back to bottom · esc'), '', ...composer()],
    ],
  ])('a block %s is not', (_, lines) => {
    expect(requests(codexScreen(lines))).toEqual([]);
  });

  test('under its pinned input a block is read, and the turn is cut', () => {
    const pinned = `\x1b[1;2m\x1b[48;2;68;68;68m› \x1b[0m\x1b[48;2;68;68;68mdo much …\x1b[49m`;
    const reading = codexScreen([
      pinned,
      '  the end of a long answer',
      '',
      ...request.map((line) => `  ${line}`),
      '',
      ...workedFor,
      ...composer(),
    ]);
    expect(requests(reading)).toEqual(['which?']);
    expect(reading.turn).toMatchObject({ inputs: ['do much … …'], cut: true });
  });

  test('a bordered block is read clean', () => {
    const box = [
      '╭──────────────────────────────╮',
      ...request.map((line) => `│ ${line.padEnd(28)} │`),
      '╰──────────────────────────────╯',
    ];
    expect(requests(codexScreen([...echoed('go'), ...said(...(box as [string])), ...composer()]))).toEqual(['which?']);
  });

  test('what codex wrapped is joined, a broken word without a blank', () => {
    const long = `https://example.com/${'a'.repeat(98)}`;
    const lines = [
      'Here is a long paragraph that certainly needs more than one hundred and twenty columns so that it is wrapped by',
      'codex.',
      long,
      `${'b'.repeat(20)}/index.html`,
    ];
    const reading = codexScreen([...echoed('go'), ...said('x', '', ...lines), ...composer()]);
    expect(reading.turn.words).toEqual(['x', '', `${lines[0]} codex.`, `${long}${lines[3]}`]);
  });
});

describe('codex: never ready when not', () => {
  const finished = [...echoed('go'), ...said('done'), ...workedFor, ...composer()];
  const unended = [...echoed('go'), ...said('word0 word1'), ...composer()];

  test('a finished turn with its folder as title is ready', () => {
    expect(isReady(codexScreen(finished))).toBe(true);
  });

  test.each<[string, Reading]>([
    ['a spinner in the title', codexScreen(unended, { title: '⠦ work' })],
    ['OSC 7501 says working', codexScreen(finished, {}, { quietForMs: 9000, signals: { state: 'working' } })],
    ['OSC 7501 says blocked', codexScreen(finished, {}, { quietForMs: 9000, signals: { state: 'blocked' } })],
    ['a title of somebody else over a streaming answer', codexScreen(unended, { title: 'my terminal' })],
    ['an empty title over a streaming answer', codexScreen(unended, { title: '' })],
    ['the host’s name as title', codexScreen(unended, { title: 'vm' })],
    ['the title says Action Required', codexScreen(finished, { title: '[ ! ] Action Required | work' })],
    ['it was drawing a moment ago', codexScreen(finished, {}, { quietForMs: 100, signals: {} })],
    ['the cursor is elsewhere', codexScreen(finished, { cursorY: 2 })],
    ['the cursor is hidden', codexScreen(finished, { cursorVisible: false })],
    ['a draft', codexScreen([...finished.slice(0, -4), ...composer('half a thought')])],
    [
      'a draft of two lines',
      codexScreen([...finished.slice(0, -4), '\x1b[1m›\x1b[0m one', '  two', '', ...composer().slice(2)]),
    ],
    [
      'a draft that looks like the placeholder',
      codexScreen([...finished.slice(0, -4), ...composer('Ask Codex to do anything')]),
    ],
    [
      'a draft with a ghost suggestion behind it',
      codexScreen([...finished.slice(0, -4), ...composer(`he${dim('llo world')}`)]),
    ],
    ['a long paste', codexScreen([...finished.slice(0, -4), ...composer('[Pasted Content 4253 chars]')])],
    [
      'queued inputs',
      codexScreen([...finished.slice(0, -4), '• Queued follow-up inputs', dim('  ↳ more'), '', ...composer()]),
    ],
    [
      'a tool is running',
      codexScreen([...echoed('go'), '\x1b[1m•\x1b[0m \x1b[1mRunning\x1b[0m sleep 6', '', ...composer()]),
    ],
    [
      'the transcript is scrolled back',
      codexScreen([...finished.slice(0, -4), dim('    ↓ Back to bottom · esc'), '', ...composer()]),
    ],
    ['the header says loading', codexScreen(['', '  >_ OpenAI Codex (v0.169.0)', '     loading', '', ...composer()])],
    ['there is no composer', codexScreen([...echoed('go'), ...said('done')])],
    ['a shell is in the foreground', codexScreen(finished, { foreground: 'shell' })],
    ['the pane is dead', codexScreen(finished, { dead: true })],
    ['ssh is in the foreground', codexScreen(finished, { foreground: 'remote' })],
  ])('%s', (_, reading) => {
    expect(isReady(reading)).toBe(false);
  });

  test.each<[string, Motion['signals']]>([
    ['OSC 7501 said done', { state: 'done' }],
    ['the program itself set that title after a spinner', { restingTitle: 'my project' }],
  ])('a title of its own choice is ready when %s', (_, signals) => {
    expect(isReady(codexScreen(unended, { title: 'my project' }, { quietForMs: 9000, signals }))).toBe(true);
  });

  test('without a title of its own, a turn’s last line proves idle, but not as a separator inside a turn', () => {
    expect(isReady(codexScreen(finished, { title: 'vm' }))).toBe(true);
    expect(isReady(codexScreen(finished, { title: 'vm' }, { quietForMs: 500, signals: {} }))).toBe(false);
    const separator = [...echoed('go'), dim('─ Worked for 7s ───────────'), '', ...composer()];
    expect(isReady(codexScreen(separator, { title: 'vm' }))).toBe(false);
  });

  test('a title of its own without a spinner proves nothing before the end of the turn is drawn', () => {
    const streaming = [...echoed('go'), ...said('The queue is drained by one wor'), ...composer()];
    for (const title of ['folder', 'go | folder']) {
      expect(codexScreen(streaming, { title, currentPath: '/home/ada/folder' }).state).toBe('unknown');
      expect(
        isReady(
          codexScreen([...streaming.slice(0, -3), ...workedFor, ...composer()], {
            title,
            currentPath: '/home/ada/folder',
          }),
        ),
      ).toBe(true);
    }
  });

  test('a quoted dialog above a composer is prose', () => {
    const quoted = [
      'Would you like to run the following command?',
      '',
      '› 1. Yes, proceed (y)',
      '  2. No',
      '',
      'Press enter to confirm or esc to cancel',
    ];
    expect(isReady(codexScreen([...echoed('go'), ...said('It asked:', ...quoted), ...workedFor, ...composer()]))).toBe(
      true,
    );
  });

  test('a quoted "esc to interrupt" in an answer is prose', () => {
    const quoted = [...echoed('go'), ...said('Working (1s • esc to interrupt)'), ...workedFor, ...composer()];
    expect(isReady(codexScreen(quoted))).toBe(true);
  });

  test.each([
    [
      'trust',
      [
        '  Do you trust the contents of this directory?',
        '',
        '› 1. Yes, continue',
        '  2. No, quit',
        '',
        '  Press enter to continue',
      ],
    ],
    [
      'trust',
      [
        '  Hooks need review',
        '  10 hooks are new or changed.',
        '',
        '› 1. Review hooks',
        '  2. Trust all and continue',
        '',
        '  enter confirm · esc skip',
      ],
    ],
    [
      'login',
      [
        '  Sign in with ChatGPT to use Codex',
        '',
        '> 1. Sign in with ChatGPT',
        '  2. Provide your own API key',
        '',
        '  Press Enter to continue',
      ],
    ],
    [
      'update',
      [
        '  ✨ Update available! 0.169.0 -> 0.170.0',
        '',
        '› 1. Update now',
        '  2. Skip',
        '',
        '  Press enter to continue',
      ],
    ],
  ])('a %s dialog at startup is a dialog', (kind, lines) => {
    const reading = codexScreen(lines, { cursorVisible: false, title: 'vm', cursorY: 0 });
    expect([reading.state, reading.dialog?.kind, reading.composer.is]).toEqual(['dialog', kind, 'absent']);
  });
});

const bar = (text: string[]) => ['▄'.repeat(120), ...text, '▀'.repeat(120)];
const geminiBottom = (text: string[], status = `${' '.repeat(104)}? for shortcuts`) => [
  '',
  status,
  '─'.repeat(120),
  ' Shift+Tab to accept edits',
  ...bar(text),
  ' workspace (/directory)      branch      sandbox      /model',
  ' /home/ada/work              master      no sandbox   gemini-2.5-pro',
];
const placeholder = [' >   Type your message or @path/to/file'];

function geminiScreen(
  lines: string[],
  text = placeholder,
  facts: Parameters<typeof snapshotOf>[1] = {},
  motion = quiet,
  status?: string,
): Reading {
  const rows = [...lines, ...geminiBottom(text, status)];
  return gemini.screen.read(
    snapshotOf(rows, {
      title: '◇  Ready (work)',
      cursorX: 3,
      cursorY: rows.length - 4,
      cursorVisible: false,
      ...facts,
    }),
    motion,
  );
}

describe('gemini', () => {
  const turn = [...bar([' > go']), '✦ I must know.', '', ...request.map((line) => `  ${line}`)];

  test('a block it says is read, and its screen is ready', () => {
    const reading = geminiScreen(turn);
    expect(requests(reading)).toEqual(['which?']);
    expect(reading.turn.inputs).toEqual(['go']);
    expect(isReady(reading)).toBe(true);
  });

  test.each<[string, string[]]>([
    ['in an echoed template', [...bar([' > Ask like this:', ...request.map((line) => `   ${line}`)]), '✦ Understood.']],
    [
      'in an echoed template whose head has scrolled off',
      [...request.map((line) => `   ${line}`), '▀'.repeat(120), '✦ Understood.'],
    ],
    [
      'in a tool’s box',
      [
        ...bar([' > go']),
        `╭${'─'.repeat(118)}╮`,
        ...request.map((line) => `│ ${line.padEnd(116)} │`),
        `╰${'─'.repeat(118)}╯`,
        '✦ Read.',
      ],
    ],
    ['in an earlier turn', [...turn, ...bar([' > thanks']), '✦ Welcome.']],
    ['in a notice', [...bar([' > go']), `ℹ ${request[0]}`, ...request.slice(1).map((line) => `  ${line}`)]],
    [
      'in a queued input',
      [...bar([' > go']), '✦ words', '', '  Queued (press ↑ to edit):', ...request.map((line) => `    ${line}`)],
    ],
  ])('a block %s is not read', (_, lines) => {
    expect(requests(geminiScreen(lines))).toEqual([]);
  });

  test('a block in the composer is not read', () => {
    expect(
      requests(geminiScreen([...bar([' > go']), '✦ ok'], [' > see', ...request.map((line) => `   ${line}`)])),
    ).toEqual([]);
  });

  test.each<[string, Reading]>([
    ['a draft', geminiScreen(turn, [' > half a thought'], { cursorX: 17 })],
    ['a draft that is the placeholder', geminiScreen(turn, [' > Type your message or @path/to/file'], { cursorX: 37 })],
    ['a draft of two lines', geminiScreen(turn, [' > one', '   two'])],
    ['the placeholder with the cursor behind it', geminiScreen(turn, placeholder, { cursorX: 40 })],
    ['shell mode', geminiScreen(turn, [' !   Type your shell command'])],
    ['a spinner line', geminiScreen(turn, placeholder, {}, quiet, ' ⠏ Thinking... (esc to cancel, 2s)')],
    ['a busy title', geminiScreen(turn, placeholder, { title: '✦  Working… (work)' })],
    ['a title of somebody else', geminiScreen(turn, placeholder, { title: 'vm' })],
    ['no title', geminiScreen(turn, placeholder, { title: '' })],
    ['an asking title', geminiScreen(turn, placeholder, { title: '✋  Action Required (work)' })],
    ['a queued input', geminiScreen([...turn, '', '  Queued (press ↑ to edit):', '    more'])],
    ['drawing a moment ago', geminiScreen(turn, placeholder, {}, { quietForMs: 100, signals: {} })],
    ['a shell in the foreground', geminiScreen(turn, placeholder, { foreground: 'shell' })],
  ])('is not ready with %s', (_, reading) => {
    expect(isReady(reading)).toBe(false);
  });

  test('shell mode is not understood: what is typed there would be a command', () => {
    expect(geminiScreen(turn, [' ! ']).state).toBe('unknown');
  });

  test('a copy of a draft that a resize left above the composer is no input', () => {
    const remains = [
      '─'.repeat(80),
      ' Shift+Tab to accept edits',
      '▄'.repeat(80),
      ' > half a thought',
      '▀'.repeat(80),
      '',
    ];
    const reading = geminiScreen([...turn, ...remains], [' > half a thought'], { cursorX: 17 });
    expect(reading.turn.inputs).toEqual(['go']);
    expect(requests(reading)).toEqual(['which?']);
  });

  test('a trust dialog at startup is a dialog', () => {
    const lines = ['Do you trust the files in this folder?', '', '● 1. Trust folder (work)', "  2. Don't trust"];
    const rows = [`╭${'─'.repeat(60)}╮`, ...lines.map((line) => `│ ${line.padEnd(58)} │`), `╰${'─'.repeat(60)}╯`];
    const reading = gemini.screen.read(snapshotOf(rows, { title: 'vm' }), quiet);
    expect([reading.state, reading.dialog?.kind]).toEqual(['dialog', 'trust']);
  });
});

function genericScreen(
  lines: string[],
  cursorX: number,
  facts: Parameters<typeof snapshotOf>[1] = {},
  motion = quiet,
): Reading {
  return generic.screen.read(snapshotOf(lines, { foreground: 'program', cursorX, ...facts }), motion);
}

describe('generic', () => {
  test.each<[string, string[], string]>([
    ['further lines at column 0', ['hello', '> one', 'two'], 'one\ntwo'],
    ['a blank line', ['> one', '', 'three'], 'one\n\nthree'],
    ['an indent of its own', ['> def f():', '    return 1', 'f()'], 'def f():\n    return 1\nf()'],
    ['below an earlier input', ['> one', 'said', '> two', 'three'], 'two\nthree'],
    ['further lines as deep as the prompt', ['> one', '  two'], 'one\ntwo'],
    ['a prompt with a name', ['me> one', 'two'], 'one\ntwo'],
  ])('what lies between the prompt and the cursor is the composer: %s', (_, lines, text) => {
    expect(genericScreen(lines, lines.at(-1)!.length).composer).toEqual({ is: 'draft', text });
  });

  test('what is being written below an input, and a block there, are the words of its turn', () => {
    const busy = { quietForMs: 100, signals: {} };
    expect(genericScreen(['> go', 'working on it'], 13, {}, busy).turn).toEqual({
      inputs: ['go'],
      words: ['working on it'],
    });
    const block = ['> go', '<<CONTROLLER_REQUEST>>', 'which?', '<<CONTROLLER_REQUEST_END>>'];
    expect(genericScreen(block, block.at(-1)!.length).turn).toEqual({ inputs: ['go'], words: block.slice(1) });
  });

  test('a line that a program writes stands in no composer that could be taken for empty', () => {
    expect(genericScreen(['> go', 'working on it'], 13).composer).toMatchObject({ is: 'draft' });
    expect(genericScreen(['> go', 'working on it', ''], 0).composer).toEqual({ is: 'absent' });
  });

  test.each<[string, string, number]>([
    ['a prompt glyph', '> ', 2],
    ['another glyph', '❯ ', 2],
    ['a short prompt', 'you: ', 5],
    ['a prompt with a name', 'aider> ', 7],
    ['a question', 'What next? ', 11],
    ['a framed prompt', '│ >                         │', 4],
    ['a prompt with a dim placeholder', `> ${dim('type here')}`, 2],
    ['nothing at all', '', 0],
  ])('is ready at %s, quiet and in the foreground', (_, line, cursorX) => {
    expect(isReady(genericScreen(['hello', line], cursorX))).toBe(true);
  });

  test.each<[string, Reading]>([
    ['something typed', genericScreen(['hello', '> half'], 6)],
    ['something typed, the cursor at its beginning', genericScreen(['hello', '> half'], 2)],
    ['a paste of two lines', genericScreen(['hello', '> one', '  two'], 5)],
    ['CJK typed', genericScreen(['hello', '> 日本'], 6)],
    ['drawing a moment ago', genericScreen(['hello', '> '], 2, {}, { quietForMs: 599, signals: {} })],
    ['a shell in the foreground', genericScreen(['$ '], 2, { foreground: 'shell' })],
    ['ssh in the foreground', genericScreen(['$ '], 2, { foreground: 'remote' })],
    ['a REPL in the foreground', genericScreen(['> '], 2, { foreground: 'repl' })],
    ['nothing in the foreground', genericScreen(['> '], 2, { foreground: 'none' })],
    ['the cursor hidden', genericScreen(['> '], 2, { cursorVisible: false })],
    ['a question for y or n', genericScreen(['Overwrite? [y/N] '], 17)],
    ['a question for a password', genericScreen(['Password: '], 10)],
    ['no prompt after an input', genericScreen(['> go', ''], 0)],
    ['a dead pane', genericScreen(['> '], 2, { dead: true })],
  ])('is not ready with %s', (_, reading) => {
    expect(isReady(reading)).toBe(false);
  });

  test('words are those between the last echoed input and the prompt', () => {
    const reading = genericScreen(['> one', ...request, '> two', 'words', '> '], 2);
    expect(reading.turn).toEqual({ inputs: ['one', 'two'], words: ['words'] });
  });

  test.each<[string, string[], number]>([
    ['what is typed', ['> go', 'ok', `> ${request[0]}`, '  which?', `  ${request[2]}`], 28],
    ['an echoed paste', ['> see', ...request.map((line) => `  ${line}`), 'ok', '> '], 2],
    ['an earlier turn', ['> a', ...request, '> b', 'ok', '> '], 2],
  ])('a block in %s is not read', (_, lines, cursorX) => {
    expect(requests(genericScreen(lines, cursorX))).toEqual([]);
  });

  test('a block in a full-screen border is read clean', () => {
    const inside = [
      '> go',
      '',
      '  <<CONTROLLER_REQUEST>>',
      '  Which of the two?',
      '  • a',
      '  • b',
      '    <<CONTROLLER_REQUEST_END>>',
      '',
    ];
    const rows = [
      '╭──────────────────────────────────────╮',
      ...inside.map((line) => `│ ${line.padEnd(36)} │`),
      '├──────────────────────────────────────┤',
      '│ >                                    │',
      '╰──────────────────────────────────────╯',
    ];
    expect(requests(genericScreen(rows, 4, { cursorY: rows.length - 2 }))).toEqual(['Which of the two?\n- a\n- b']);
  });
});

describe('which agent program is in a pane', () => {
  test('the program’s own, or the one that is named; a stranger is unknown', () => {
    expect(programOf('codex').name).toBe('codex');
    expect(programOf('gemini').name).toBe('gemini');
    expect(programOf('goose').name).toBe('unknown');
    expect(programOf(null).name).toBe('unknown');
    expect(programOf('goose', { agent: 'generic' }).name).toBe('generic');
    expect(programOf('codex', { agent: 'gemini' }).name).toBe('gemini');
    expect(programOf('codex', { agent: 'nobody' }).name).toBe('unknown');
    expect(programOf('goose', { agents: { goose: { bracketed: false } } }).composer.bracketed).toBe(false);
    expect(programOf('python', { agents: { mine: { programs: ['python'] } } }).name).toBe('generic');
  });

  test('an unknown program’s request is seen, and its screen is never ready', () => {
    const reading = unknown.screen.read(
      snapshotOf(['> go', ...request, '> '], { cursorX: 2, program: 'goose' }),
      quiet,
    );
    expect(requests(reading)).toEqual(['which?']);
    expect(reading.state).toBe('unknown');
    expect(reading.why[0]?.detail).toContain('--agent');
  });

  test('every pattern of a composer is a regular expression, and its openings name what they refuse', () => {
    for (const { composer } of offered) {
      const patterns = [
        ...composer.longPasteMarkers,
        ...composer.dialogTitles,
        ...composer.dialogWords,
        ...composer.commandOpenings.map(({ pattern }) => pattern),
        ...composer.references.map(({ pattern }) => pattern),
        ...composer.commandEndings.map(({ pattern }) => pattern),
        ...(composer.commands?.listed ? [composer.commands.listed] : []),
      ];
      for (const pattern of patterns) expect(() => new RegExp(pattern)).not.toThrow();
    }
    expect(new RegExp(codex.composer.longPasteMarkers[0]!).exec('[Pasted Content 4253 chars]')?.[1]).toBe('4253');
    expect(new RegExp(gemini.composer.longPasteMarkers[0]!).exec('[Pasted Text: 4253 chars]')?.[1]).toBe('4253');
  });
});

describe('a view of its own that a person has scrolled back', () => {
  const rule = '─'.repeat(120);
  const composer = [rule, '', rule, '/work (master)', '↑200 0.1%/128k (auto)   scripted-model • medium'];
  const older = ['', ' Use SQLite.', '', '', ' Understood: Use SQLite.', '', ''];
  const read = (lines: string[]) =>
    programOf(null, { agent: 'pi' }).screen.read(
      snapshotOf([...lines, ...composer], { title: 'π - work', width: 120, alternateScreen: true }),
      quiet,
    );

  test('pi says so above its composer: nothing on the screen is of now, and it is not ready', () => {
    const hint = `${' '.repeat(41)}↓ Jump to latest message · Ctrl+End`;
    const reading = read([...older, hint, '']);
    expect(reading).toMatchObject({ state: 'unknown', turn: { inputs: [], words: [], cut: true } });
    expect(reading.why[0]?.detail).toBe('somebody has scrolled the transcript back');
    expect(isReady(reading)).toBe(false);
    const over = ' 98: The queue is drained by one worker t ↓ Jump to latest message · Ctrl+End o';
    expect(read([...older, over, ' 99: The queue is drained']).state).toBe('unknown');
  });

  test('what the agent says further up, or without the blanks before it, is no sign of that', () => {
    expect(read(older).state).toBe('idle');
    expect(read([' ↓ Jump to latest message · Ctrl+End', '', ...older]).state).toBe('idle');
    expect(read([...older, ' ↓ Jump to latest message · Ctrl+End', '']).state).toBe('idle');
  });
});
