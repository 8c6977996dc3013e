import { expect, test } from 'vitest';
import type { Snapshot } from '../../bridge/core/pane.ts';
import type { Composer, Reading } from '../../bridge/core/reading.ts';
import { composerHolds, isEcho, rowHolds, submitted } from '../../bridge/delivery/verify.ts';

const manner = { longPasteMarkers: ['\\[Pasted Content ([0-9]+) chars\\]', '\\[Pasted ~([0-9]+) lines\\]'] };

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
const holds = (draft: string, text: string) =>
  composerHolds({ composer: draft === '' ? { is: 'empty' } : { is: 'draft', text: draft } }, nothing, text, manner);

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
  const manner = { longPasteMarkers: ['\\[Paste #[0-9]+, ([0-9]+) lines\\]', '\\[Paste #[0-9]+\\]'] };
  const holds = (draft: string, text: string) =>
    composerHolds({ composer: { is: 'draft', text: draft } }, nothing, text, manner);
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
  expect(holds(text.slice(-300), text)).toBe('tail');
  expect(holds(text.slice(0, 300), text)).toBe('part');
  expect(holds(text.slice(300, 600), text)).toBe('part');
  expect(holds(text.slice(-20), text)).toBe('part');
  expect(holds(`${text.slice(-300)} x`, text)).toBe('other');
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
const judge = (before: ReturnType<typeof look>, after: ReturnType<typeof look>, text = 'continue') =>
  submitted(before, after, text, manner);

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
  expect(judge(before, look(empty, { inputs: ['a', 'continue'], words: [] }))).toBe('composer-emptied-and-echoed');
});

test('an older input that comes into view when the composer empties is no new one', () => {
  const before = look(draft('continue'), { inputs: [], words: ['b', 'c'], cut: true });
  expect(judge(before, look(empty, { inputs: ['continue'], words: ['a', 'b', 'c'] }))).toBeNull();
});

test('work that began counts with a composer that emptied or is hidden, not when work was going on', () => {
  expect(judge(look(draft('continue')), look(empty, { state: 'busy' }))).toBe('busy-began');
  expect(judge(look(draft('continue')), look({ is: 'absent' }, { state: 'busy' }))).toBe('busy-began');
  expect(judge(look(draft('continue'), { state: 'busy' }), look(empty, { state: 'busy' }))).toBeNull();
});

test("a person's next draft does not hide the echo of ours", () => {
  expect(judge(look(draft('continue')), look(draft('a new'), { inputs: ['continue'] }))).toBe(
    'composer-emptied-and-echoed',
  );
  expect(judge(look(draft('continue')), look(draft('a new'), { state: 'busy' }))).toBeNull();
});

test('an input that is echoed in other words is a change of the turn', () => {
  expect(judge(look(draft('continue')), look(empty, { inputs: ['(drawn otherwise)'] }))).toBe('turn-changed');
});

test('where no inputs are known, the text must have gone up, not away', () => {
  const before = look(draft('continue'), {}, ['out', '> continue']);
  expect(judge(before, look(empty, {}, ['out', '> continue', 'new output', '> ']))).toBe('echoed-on-screen');
  expect(judge(before, look(empty, {}, ['out', '> ']))).toBeNull();
});

test('an echo may be cut short or a marker, but not just begin alike', () => {
  const long = 'Use approach B and keep the old interface; '.repeat(60);
  expect(isEcho(long, long, manner)).toBe(true);
  expect(isEcho(`${long.slice(0, 80)}…`, long, manner)).toBe(true);
  expect(isEcho(`[Pasted Content ${long.length} chars]`, long, manner)).toBe(true);
  expect(isEcho(long.slice(0, 80), long, manner)).toBe(false);
  expect(isEcho('Use', long, manner)).toBe(false);
  expect(isEcho('Use approach C and keep the old interface', long, manner)).toBe(false);
});
