import { expect, test } from 'vitest';
import type { Snapshot } from '../../bridge/core/pane.ts';
import type { Composer, Reading } from '../../bridge/core/reading.ts';
import { beganToWork, composerHolds, rowHolds, submitted } from '../../bridge/delivery/evidence.ts';

const composerFacts = { longPasteMarkers: ['\\[Pasted Content ([0-9]+) chars\\]', '\\[Pasted ~([0-9]+) lines\\]'] };

function screen(rows: string[], cursorRow = rows.length - 1, command = 'agent'): Snapshot {
  const facts = { cursorX: (rows[cursorRow] ?? '').length, command } as Snapshot['facts'];
  return {
    takenAtMs: 0,
    identity: {} as Snapshot['identity'],
    facts,
    rows: rows.map((text) => ({ text, dim: [] })),
    firstVisible: 0,
    cursorRow,
    program: null,
    foreground: 'agent',
  };
}

const nothing = screen(['']);
const holds = (draft: string, text: string, cut = false) =>
  composerHolds(
    { composer: draft === '' ? { is: 'empty' } : { is: 'draft', text: draft, cut } },
    nothing,
    text,
    composerFacts,
  );

test('a draft that is not exactly the text is never all of it', () => {
  const text = 'Use approach B and keep the old interface.';
  expect(holds('', text)).toBe('no');
  expect(holds('Use approach', text)).toBe('part');
  expect(holds(`${text} x`, text)).toBe('more');
  expect(holds(`x ${text}`, text)).toBe('more');
  expect(holds(text + text, text)).toBe('more');
  expect(holds('something of a person', text)).toBe('other');
});

test('a marker that names no size is only that of one long line, and alone', () => {
  const composerFacts = { longPasteMarkers: ['\\[Paste #[0-9]+, ([0-9]+) lines\\]', '\\[Paste #[0-9]+\\]'] };
  const holds = (draft: string, text: string) =>
    composerHolds({ composer: { is: 'draft', text: draft } }, nothing, text, composerFacts);
  const line = 'word '.repeat(200).trim();
  expect(holds('[Paste #1]', line)).toBe('marker');
  expect(holds('[Paste #1] x', line)).toBe('more');
  expect(holds('[Paste #1]', `${line}\n${line}`)).toBe('other');
  expect(holds('[Paste #1]', 'a short line')).toBe('other');
  expect(holds('[Paste #1, 2 lines]', `${line}\n${line}`)).toBe('marker');
});

test('how a composer wraps, indents and spaces a text does not matter', () => {
  expect(
    holds('Use approach B\n  and keep the\n  old inter\n  face.', 'Use approach B and keep the old interface.'),
  ).toBe('all');
  expect(holds('a    b', 'a\tb')).toBe('all');
  expect(holds('trailing ; ', 'trailing ;')).toBe('all');
});

test('what terminals draw differently is forgiven, what a person wrote is not', () => {
  expect(holds('ok 👩👩👧 go', 'ok 👩‍👩‍👧 go')).toBe('all');
  expect(holds('ok \ufffd go', 'ok 🇩🇪 go')).toBe('all');
  expect(holds('cafe', 'café')).not.toBe('all');
  expect(holds('ok go x', 'ok 👍 go')).not.toBe('all');
  expect(holds('👍', '👍')).toBe('all');
  expect(holds('👎', '👍')).not.toBe('all');
  expect(holds('ok 👍', 'ok')).toBe('more');
});

test('a marker counts only with the size of this text, and alone', () => {
  const text = `${'x'.repeat(2000)}é\nlast 👍`;
  expect(holds(`[Pasted Content ${text.length} chars]`, text)).toBe('marker');
  expect(holds(`[Pasted Content ${[...text].length} chars]`, text)).toBe('marker');
  expect(holds('[Pasted ~2 lines] ', text)).toBe('marker');
  expect(holds('[Pasted Content 1999 chars]', text)).toBe('other');
  expect(holds('[Pasted ~9 lines]', text)).toBe('other');
  expect(holds(`[Pasted Content ${text.length} chars] and more`, text)).toBe('more');
  expect(holds(`[Pasted ~2 lines][Pasted ~2 lines]`, text)).toBe('more');
});

test('the end of a long text in a composer that scrolls is its tail; its beginning or a short end is not', () => {
  const text = Array.from({ length: 50 }, (_, index) => `line ${index} of many`).join('\n');
  expect(holds(text.slice(-300), text, true)).toBe('tail');
  // in one that does not say so, what stands before it is not there
  expect(holds(text.slice(-300), text)).toBe('part');
  expect(holds(text.slice(0, 300), text)).toBe('part');
  expect(holds(text.slice(300, 600), text)).toBe('part');
  expect(holds(text.slice(-20), text, true)).toBe('part');
  expect(holds(`${text.slice(-300)} x`, text, true)).toBe('other');
});

test('what tmux leaves behind a joined emoji is forgiven there alone, and counts as a part that is out of sight does', () => {
  const text = 'Grüße, 日本語 👩‍👩‍👧 and C:\\temp\\ (now)';
  const signs = '- "a" `b` $(c) [d]{2}|^e.f*g+h?/i 👩‍👩‍👧 end';
  expect(holds(signs.replace('👧', '👧od'), signs)).toBe('garbled');
  expect(holds('Grüße, 日本語 👩‍👩‍👧od   and C:\\temp\\ (now)', text)).toBe('garbled');
  expect(holds('Grüße, 日本語 👩‍👩‍👧,    and C:\\temp\\ (now)', text)).toBe('garbled');
  expect(holds('Grüße, od 日本語 👩‍👩‍👧 and C:\\temp\\ (now)', text)).toBe('other');
  expect(holds('Grüße, 日本語 👩‍👩‍👧 and od C:\\temp\\ (now)', text)).toBe('other');
  expect(holds('Grüße, 日本語 👩‍👩‍👧 what a person wrote and C:\\temp\\ (now)', text)).toBe('other');
  expect(holds('Grüße, 日本語 👩‍👩‍👧od   and C:\\temp\\ (now) x', text)).toBe('other');
  expect(holds('ok done 👍od and that is all of it', 'ok done 👍 and that is all of it')).toBe('other');
  // what stands at the end may be a person's
  expect(holds('that is all of it 👩‍👩‍👧od', 'that is all of it 👩‍👩‍👧')).not.toBe('garbled');
});

test('in a text that repeats itself a half-drawn paste is not taken for its end', () => {
  expect(holds('ab'.repeat(200), 'ab'.repeat(500))).toBe('part');
});

test('without a composer the row of the cursor counts, as far as the cursor', () => {
  expect(rowHolds(screen(['out', 'user@host:~$ ls -l']), 'ls -l')).toBe('all');
  expect(rowHolds(screen(['$ ls -l', 'out', '$ ']), 'ls -l')).toBe('no');
  const rightPrompt = screen(['% ls -l              12:30']);
  expect(rowHolds({ ...rightPrompt, facts: { ...rightPrompt.facts, cursorX: 7 } }, 'ls -l')).toBe('all');
});

function look(composer: Composer, change: Partial<Omit<Reading, 'turn'>> & Partial<Reading['turn']> = {}, rows = ['']) {
  const { inputs = [], words = [], cut, ...rest } = change;
  const turn = { inputs, words, ...(cut === undefined ? {} : { cut }) };
  const reading: Reading = { state: 'idle', agent: 'x', why: [], composer, dialog: null, turn, ...rest };
  return { snapshot: screen(rows), reading };
}
const draft = (text: string): Composer => ({ is: 'draft', text });
const empty: Composer = { is: 'empty' };
type Seen = ReturnType<typeof look>;
/** Of a text that stood in the composer in the step that pressed Enter. */
const judge = (
  ready: Seen,
  after: Seen,
  text = 'continue',
  before: Seen | null = null,
  worked = beganToWork(ready, after),
) => submitted({ before, ready, isOurs: true, worked }, after, text, composerFacts);
/** Of one of which that is not known. */
const judgeBlindly = (ready: Seen, after: Seen, text = 'continue') =>
  submitted({ before: null, ready, isOurs: false, worked: beganToWork(ready, after) }, after, text, composerFacts);

test('an emptied composer alone is no receipt, and neither is an unchanged screen', () => {
  expect(judge(look(draft('continue')), look(empty))).toBeNull();
  expect(judge(look(draft('continue')), look(draft('continue')))).toBeNull();
  expect(
    judge(look(draft('continue'), { inputs: ['a'], words: ['w'] }), look(empty, { inputs: ['a'], words: ['w'] })),
  ).toBeNull();
});

test('while the composer holds the text, no echo and no work counts', () => {
  const after = look(draft('continue'), { state: 'busy', inputs: ['continue'] });
  expect(judge(look(draft('continue')), after)).toBeNull();
});

test('an echo counts when it is new, also beside the same words of an earlier turn', () => {
  const before = look(draft('continue'), { inputs: ['a', 'continue'], words: ['done'] });
  expect(judge(before, look(empty, { inputs: ['a', 'continue'], words: ['done'] }))).toBeNull();
  expect(judge(before, look(empty, { inputs: ['continue'], words: ['done', 'more'] }))).toBeNull();
  expect(judge(before, look(empty, { inputs: ['x', 'a', 'continue'], words: ['done'] }))).toBeNull();
  expect(judge(before, look(empty, { inputs: ['a', 'continue', 'continue'], words: [] }))).toBe(
    'composer-emptied-and-echoed',
  );
  expect(judge(before, look(empty, { inputs: ['continue', 'continue'], words: [] }))).toBe(
    'composer-emptied-and-echoed',
  );
  expect(judge(before, look(empty, { inputs: ['a', 'continue'], words: ['else'] }))).toBe(
    'composer-emptied-and-echoed',
  );
});

test('a screen that is half drawn anew shows no new input: not an older, equal one without its words, nor the draft that it left in the history', () => {
  const before = look(draft('continue'), { inputs: ['a', 'continue'], words: ['done'] });
  const hidden = { is: 'absent' } as const;
  expect(judge(before, look(hidden, { inputs: ['a', 'continue'], words: [] }, ['> a', '> continue', '']))).toBeNull();
  const left = { inputs: ['a', 'continue', 'continue'], words: [] };
  expect(judge(before, look(hidden, { state: 'busy', ...left }, ['']))).toBeNull();
  // where a program hides its composer while it works, or asks, the echo is in sight
  expect(judge(before, look(hidden, { state: 'busy', ...left }, ['> continue', '']))).toBe(
    'composer-emptied-and-echoed',
  );
  expect(judge(before, look(hidden, { state: 'dialog', ...left }, ['']))).toBe('composer-emptied-and-echoed');
});

test('an older, equal input that the tall draft had hidden is no new one', () => {
  const before = look(empty, { inputs: ['continue'], words: ['done'] });
  const ready = look(draft('continue'), { inputs: [], words: [] });
  expect(
    judge(ready, look(empty, { state: 'busy', inputs: ['continue'], words: ['done'] }), 'continue', before),
  ).toBeNull();
});

test('words that a resize has wrapped otherwise, or that go on, are those of the same turn', () => {
  const before = look(draft('continue'), { inputs: ['continue'], words: ['one two', 'three'] });
  expect(judge(before, look(empty, { inputs: ['continue'], words: ['one', 'two three four'] }))).toBeNull();
});

test('an older input that comes into view when the composer empties is no new one', () => {
  const before = look(draft('continue'), { inputs: [], words: ['b', 'c'], cut: true });
  expect(judge(before, look(empty, { inputs: ['continue'], words: ['a', 'b', 'c'] }))).toBeNull();
});

test('work that began is no receipt, whatever became of the composer: a program may have a reason of its own', () => {
  for (const composer of [empty, { is: 'absent' } as const]) {
    expect(judge(look(draft('continue')), look(composer, { state: 'busy' }))).toBeNull();
    const older = { inputs: ['continue'], words: ['done'] };
    expect(judge(look(draft('continue'), older), look(composer, { state: 'busy', ...older }))).toBeNull();
  }
});

test("a person's next draft does not hide the echo of ours", () => {
  expect(judge(look(draft('continue')), look(draft('a new'), { inputs: ['continue'] }))).toBe(
    'composer-emptied-and-echoed',
  );
  expect(judge(look(draft('continue')), look(draft('a new'), { state: 'busy' }))).toBeNull();
});

test('an input in other words is no receipt: another may have come in', () => {
  expect(judge(look(draft('continue')), look(empty, { inputs: ['(drawn otherwise)'] }))).toBeNull();
  expect(judge(look(draft('continue')), look(empty, { state: 'busy', inputs: ['(drawn otherwise)'] }))).toBeNull();
});

test('a part of an echo counts only for a text that stood in the composer as Enter was pressed', () => {
  const long = 'Use approach B and keep the old interface; '.repeat(60);
  for (const echo of [`${long.slice(0, 80)}…`, `[Pasted Content ${long.length} chars]`, `…${long.slice(-80)}`]) {
    expect(judge(look(draft(long)), look(empty, { inputs: [echo] }), long)).toBe('partly-echoed');
    expect(judgeBlindly(look(draft(long)), look(empty, { inputs: [echo] }), long)).toBeNull();
    // a composer that is hidden may hold it still
    expect(judge(look(draft(long)), look({ is: 'absent' }, { inputs: [echo] }), long)).toBeNull();
  }
  expect(judgeBlindly(look(draft(long)), look(empty, { inputs: [long] }), long)).toBe('composer-emptied-and-echoed');
});

test("a marker that an older input shows is not this one's", () => {
  const long = 'Use approach B and keep the old interface; '.repeat(60);
  const marker = `[Pasted Content ${long.length} chars]`;
  const older = { inputs: [marker], words: ['done'] };
  expect(judge(look(draft(marker), older), look(empty, { state: 'busy', ...older }), long)).toBeNull();
  expect(judge(look(draft(marker), older), look(empty, { inputs: [marker, marker] }), long)).toBe('partly-echoed');
});

test('where work began, a text that came on the screen above the composer is its echo, however it is drawn', () => {
  const text = 'Use approach B and keep the old interface.';
  const before = look(empty, {}, ['out', '> ']);
  const ready = look(draft(text), {}, ['out', `> ${text}`]);
  const rows = ['out', `  ${text.slice(0, 20)}`, `  ${text.slice(20)}`, '> '];
  expect(judge(ready, look(empty, { state: 'busy', words: ['x'] }, rows), text, before)).toBe('partly-echoed');
  expect(judge(ready, look(empty, { state: 'busy' }, ['out', '> ']), text, before)).toBeNull();
  expect(judge(ready, look(empty, { words: ['x'] }, rows), text, before)).toBeNull();
  // a short turn may be over when it is drawn
  expect(judge(ready, look(empty, { words: ['x'] }, rows), text, before, true)).toBe('partly-echoed');
  // it stood there before
  const again = look(empty, {}, [text, '> ']);
  expect(judge(ready, look(empty, { state: 'busy', inputs: ['x'] }, [text, '> ']), text, again)).toBeNull();
});

test('where no inputs are known, the text must have gone up, not away', () => {
  const before = look(draft('continue'), {}, ['out', '> continue']);
  expect(judge(before, look(empty, {}, ['out', '> continue', 'new output', '> ']))).toBe('echoed-on-screen');
  expect(judge(before, look(empty, {}, ['out', '> ']))).toBeNull();
});
