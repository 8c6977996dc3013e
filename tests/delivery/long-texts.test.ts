import { expect, test } from 'vitest';
import { programOf } from '../../bridge/agent-programs/index.ts';
import { beganToWork, composerHolds, type Look, submitted } from '../../bridge/delivery/evidence.ts';
import { kindsOfText } from '../agents/texts.ts';
import { snapshotOf } from '../screen/snapshots.ts';

/** Screens of 120 by 40 as `npm run deliveries` recorded them around long texts that had arrived and ended `uncertain`. */
const textOf = (name: string) => kindsOfText.find((kind) => kind.name === name)!.text({ workingFolder: '/work' });

function lookAt(agent: string, rows: readonly string[]): Look {
  const snapshot = snapshotOf([...Array(40).fill(''), ...rows].slice(-40), {
    width: 120,
    height: 40,
    alternateScreen: true,
  });
  return { snapshot, reading: programOf(null, { agent }).screen.read(snapshot, { quietForMs: 10_000, signals: {} }) };
}

interface Moments {
  readonly before: Look;
  readonly ready: Look;
  readonly after: Look;
  readonly worked?: boolean;
}

const judge = (agent: string, text: string, { before, ready, after, worked = beganToWork(ready, after) }: Moments) =>
  submitted({ before, ready, isOurs: true, worked }, after, text, programOf(null, { agent }).composer);

const tint = (text: string) => `\x1b[48;2;55;55;55m${text}\x1b[49m`;
const rule = '─'.repeat(120);

test('pi draws inputs like answers: a long line that went up is known by what was said below it, and work was not seen', () => {
  const text = textOf('2,000 characters in one line');
  const composer = (draft = '') => [
    '',
    rule,
    draft,
    rule,
    '/work (master)',
    '↑200 0.1%/128k (auto)   scripted-model • medium',
  ];
  const earlier = [
    '',
    ' Use SQLite, one file, and keep its path configurable.',
    '',
    '',
    ' Understood: Use SQLite, one file, and keep its path.',
    '',
  ];
  const echo = ['', ...wrapped(text, 118).map((row) => ` ${row}`), ''];
  const answer = ['', ' Understood: The queue is drained by one worker that takes the oldest job', ''];
  const before = lookAt('pi', [...earlier, ...composer()]);
  const ready = lookAt('pi', [...earlier, ...composer('[paste #1 2000 chars]')]);
  expect(composerHolds(ready.reading, ready.snapshot, text, programOf(null, { agent: 'pi' }).composer)).toBe('marker');
  const after = lookAt('pi', [...earlier, ...echo, ...answer, ...composer()]);
  expect(after.reading).toMatchObject({ state: 'idle', composer: { is: 'empty' } });
  expect(judge('pi', text, { before, ready, after })).toBe('partly-echoed');

  // an older one that comes into view has below it what was said before; and one that nothing is said below is only drawn
  const past = lookAt('pi', [...echo, ...answer, ...earlier, ...composer()]);
  expect(judge('pi', text, { before, ready, after: past })).toBeNull();
  expect(judge('pi', text, { before, ready, after: lookAt('pi', [...earlier, ...echo, ...composer()]) })).toBeNull();

  // sent again: the screen is as it was, but for the moment before the answer
  const again = lookAt('pi', [...echo, ...answer, ...composer()]);
  const standing = lookAt('pi', [...echo, ...answer, ...composer('[paste #1 2000 chars]')]);
  expect(judge('pi', text, { before: again, ready: standing, after: again, worked: true })).toBeNull();
  const working = lookAt('pi', [...echo, ...answer, ...echo, ...composer()]);
  expect(judge('pi', text, { before: again, ready: standing, after: working, worked: true })).toBe('partly-echoed');
});

test('pi: a long line that is answered in the words of the answer before is known where an older one would have been in sight', () => {
  const text = textOf('10,000 characters in one line');
  const [rows, shorter] = [text, textOf('2,000 characters in one line')].map((one) =>
    wrapped(one, 118).map((row) => ` ${row}`),
  ) as [string[], string[]];
  const answer = ['', ' Understood: The queue is drained by one worker that takes the oldest job', ''];
  const composer = (draft = '') => [
    '',
    rule,
    draft,
    rule,
    '/work (master)',
    '↑200 0.1%/128k (auto)   scripted-model • medium',
  ];
  const look = (above: readonly string[], draft = '') => lookAt('pi', [...above, ...composer(draft)]);
  const judged = (above: readonly string[], after: Look) =>
    judge('pi', text, { before: look(above), ready: look(above, '[paste #1 10000 chars]'), after });
  const after = look([...rows, ...answer]);
  expect(judged([...shorter, ...answer], after)).toBe('partly-echoed');
  // the screen ended above where an older one stands
  expect(judged(answer, after)).toBeNull();
  // nothing is said below it
  expect(judged([...shorter, ...answer], look(rows))).toBeNull();
});

test('pi: a text that is repeated in its answer has gone up as well', () => {
  const text = textOf('$(x) and backticks');
  const drawn = ` ${text.replaceAll('`', '')}`;
  const composer = (draft = '') => [
    rule,
    draft,
    rule,
    '/work (master)',
    '↑1.5k ↓300 0.1%/128k (auto)   scripted-model • medium',
  ];
  const look = (above: readonly string[], draft = '') => lookAt('pi', [...above, '', ...composer(draft)]);
  const earlier = [
    ' The queue is drained by one worker that takes the oldest job first and marks it before it begins.',
    '',
    ' The first line.',
    ' C-c',
    ' Enter',
    '',
    '',
    ' Understood: The first line.',
    '',
    '',
    ' SLOW 60: The queue is drained by one worker.',
    '',
    '',
    ' The',
    '',
    ' Operation aborted',
    '',
  ];
  const moments = { before: look(earlier), ready: look(earlier, text) };
  const answer = ['', '', ` Understood: ${drawn.trim()}`];
  expect(judge('pi', text, { ...moments, after: look([...earlier, '', drawn, ...answer]) })).toBe('partly-echoed');
  // nothing is said below it
  expect(judge('pi', text, { ...moments, after: look([...earlier, '', drawn]) })).toBeNull();

  // sent again after an interrupt: twice as often on the screen as it was
  const again = [...earlier, '', drawn, ...answer, '', '', ...earlier.slice(-7)];
  const second = { before: look(again), ready: look(again, text) };
  expect(judge('pi', text, { ...second, after: look([...again, '', drawn, ...answer]) })).toBe('partly-echoed');
  expect(judge('pi', text, { ...second, after: look(again) })).toBeNull();
  // more of the past in sight above it, and a hint gone below it
  const hinted = lookAt('pi', [
    ...earlier,
    '',
    ...composer(),
    ' Tip: press ctrl+p for the list of all the commands there are',
  ]);
  expect(judge('pi', text, { before: hinted, ready: look(earlier, text), after: look(again) })).toBeNull();
});

test('of a long paste Claude Code shows the end; where that filled the screen already, it stands last while it is worked on', () => {
  const text = textOf('10,000 characters in 125 lines');
  const end = text
    .split('\n')
    .map((line) => tint(`  ${line}`))
    .slice(-32);
  const composer = (draft = '', footer = '  ⏸ manual mode on · ? for shortcuts') => [
    rule,
    `❯\u00a0${draft}`,
    rule,
    footer,
  ];
  const said = (id: string) => [
    '',
    `● Understood: <pasted_content id="${id}">`,
    '',
    '✻ Churned for 0s · done 9:35 PM',
    '',
  ];
  const before = lookAt('claude', [...end, ...said('41f8'), ...composer()]);
  const marker = '[Pasted text #2 +124 lines]';
  const ready = lookAt('claude', [...end, ...said('41f8'), ...composer(marker, '  paste again to expand')]);
  expect(composerHolds(ready.reading, ready.snapshot, text, programOf(null, { agent: 'claude' }).composer)).toBe(
    'marker',
  );
  const status = ['', '✻ Perambulating…', '  ⎿  Tip: Start small, ask Claude for a plan, and check its edits', ''];
  const working = lookAt('claude', [...end, ...status, ...composer()]);
  expect(judge('claude', text, { before, ready, after: working })).toBe('partly-echoed');
  expect(judge('claude', text, { before, ready, after: before, worked: true })).toBeNull();
  // emptied by something else, and at work on something else: what was said last stands there still
  const other = lookAt('claude', [...end, ...said('41f8').slice(0, 3), ...status, ...composer()]);
  expect(judge('claude', text, { before, ready, after: other, worked: true })).toBeNull();

  // the first of its kind, over before anybody looked
  const fresh = [
    ...Array(24).fill(''),
    '❯ Use SQLite.',
    '',
    '● Understood: Use SQLite.',
    '',
    '✻ Baked for 0s · done 9:34 PM',
    '',
  ];
  const first = {
    before: lookAt('claude', [...fresh, ...composer()]),
    ready: lookAt('claude', [...fresh, ...composer(marker, '  paste again to expand')]),
  };
  expect(judge('claude', text, { ...first, after: before })).toBe('partly-echoed');
});

test('Claude Code: a long line that was answered before anybody looked is known on its first screen, and after an error', () => {
  const text = textOf('10,000 characters in one line');
  const rows = wrapped(text, 116).map((row) => tint(`  ${row}`));
  const composer = (draft = '', footer = '  ⏸ manual mode on · ? for shortcuts') => [
    `${' '.repeat(100)}◐ medium · /effort`,
    rule,
    `❯\u00a0${draft}`,
    rule,
    footer,
  ];
  const answer = ['', '● Understood: <pasted_content id="0742">', '', '✻ Cogitated for 0s · done 9:53 AM', ''];
  const welcome = [
    ' ▐▛███▛█   Claude Code v2.1.332',
    '▝▜██████▀  Opus 5.5 · API Usage Billing',
    ' ▝▝   ▝▝   /work/shop',
    '',
  ];
  const failed = ['', '❯ Ask with a wrong parameter', '', '● API Error: 400 scripted error 400', ''];
  const look = (above: readonly string[]) => lookAt('claude', [...above, ...composer()]);
  const judged = (above: readonly string[], after: Look) =>
    judge('claude', text, {
      before: lookAt('claude', [...above, ...Array(24).fill(''), ...composer()]),
      ready: lookAt('claude', [
        ...above,
        ...Array(24).fill(''),
        ...composer('[Pasted text #1]', '  paste again to expand'),
      ]),
      after,
    });
  const after = look([...rows, ...answer]);
  expect(after.reading.turn.inputs).toEqual([]);
  expect(judged(welcome, after)).toBe('partly-echoed');
  expect(judged([...welcome, ...failed], after)).toBe('partly-echoed');

  // drawn, and nothing said below it
  expect(judged(welcome, look(rows))).toBeNull();
  expect(judged([...welcome, ...failed], look(rows))).toBeNull();
  // an older one that comes into sight stands above what failed since
  expect(judged(failed, look([...rows, ...answer, ...failed]))).toBeNull();
  // the one before, answered, and nothing since
  expect(judged([...rows, ...answer, ...failed], look([...rows, ...answer, ...failed]))).toBeNull();
});

test('Kimi Code: joined emoji that tmux draws wider break a row, whose rest pushes the last row of the footer out of sight', () => {
  const text = textOf('accents, CJK and emoji with joiners');
  const edge = '─'.repeat(116);
  const rows = [
    ' ● Understood: 1: The queue is drained by one worker that takes the oldest',
    '',
    ` ╭${edge}╮`,
    ` │ > ${text}`,
    `│╰${edge}╯`,
    ` ╰${edge}╯`,
    ' scripted-model  …/1/worker/worker  master                           /goal for multi-step work with a clear finish line',
  ];
  const { reading, snapshot } = lookAt('kimi', rows);
  expect(composerHolds(reading, snapshot, text, programOf(null, { agent: 'kimi' }).composer)).toBe('all');
  // without a model there is no such row either, and its composer takes no prompt
  const without = lookAt('kimi', [
    ...rows.slice(0, 2),
    rows[2]!,
    ` │ > ${' '.repeat(112)}│`,
    rows[5]!,
    ' …/1/worker/worker  master   /model: switch model',
  ]);
  expect(without.reading.composer.is).toBe('absent');
});

/** Words in rows of so many columns. */
function wrapped(text: string, columns: number): string[] {
  const rows = [''];
  for (const word of text.split(' ')) {
    const row = `${rows.at(-1)} ${word}`.trim();
    if (row.length > columns) rows.push(word);
    else rows[rows.length - 1] = row;
  }
  return rows;
}
