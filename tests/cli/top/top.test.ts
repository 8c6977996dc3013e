import { expect, test } from 'vitest';
import type { MemberView } from '../../../bridge/api/members.ts';
import type { RequestView } from '../../../bridge/api/views.ts';
import { drawn } from '../../../bridge/cli/top/draw.ts';
import { cutTo, folded, type Line, tailTo, withoutLast, written } from '../../../bridge/cli/top/line.ts';
import { Screen } from '../../../bridge/cli/top/screen.ts';
import { beginning, type Known, learned, nothingKnown, pressed, type TopState } from '../../../bridge/cli/top/state.ts';
import { columnsOf } from '../../../bridge/screen/frame.ts';

/** The view of `bridge top`: what is drawn, and what a key does. */

const request = (id: string, more: Partial<RequestView> = {}): RequestView => ({
  ...{ id, worker: 'shop/lead', claimed: null, pane: '%1', host: 'h', server: '1-1', project: '/shop', agent: 'codex' },
  ...{
    kind: 'question',
    text: `What of ${id}?`,
    attributes: {},
    dialog: null,
    screen: null,
    state: 'asked',
    openedAt: 0,
  },
  ...{ status: 'waits for you', answer: null, late: [], delivery: null, doubt: null, notTyped: null },
  choices: [{ when: 'you answer it', command: 'bridge answer' }],
  ...more,
});
const dialog = (isWhole: boolean): RequestView['dialog'] => ({
  kind: 'approval',
  question: 'Run it?',
  subject: { is: 'command', text: 'rm -rf build', isWhole },
  options: ['Yes', 'No'].map((label) => ({ label, key: null, isHighlighted: false })),
  fingerprint: 'x',
});
const known = (more: Partial<Known>): Known => ({ ...nothingKnown, ...more });
const at = (more: Partial<Known>): TopState => ({ ...beginning, known: known(more) });

/** Keys one after the other; a single character writes itself. @returns what the last one has done, too */
function typed(begun: TopState, ...names: string[]) {
  return names.reduce<ReturnType<typeof pressed>>(
    ({ state }, name) => {
      const isText = [...name].length === 1;
      return pressed(state, { name: name.toLowerCase(), text: isText ? name : '', isControl: false });
    },
    { state: begun, act: null },
  );
}

const shown = (state: TopState, columns = 80, rows = 24) =>
  drawn(state, { columns, rows }, 60_000).map((line) => written(line, columns, false));

test('it fits wherever it is drawn, whatever others have written', () => {
  const evil = `\x1b[2J\x07\u202e\n\t宽字符😀${'x'.repeat(300)}`;
  const member = {
    name: evil,
    fullName: evil,
    state: evil,
    unread: 3,
    agent: evil,
    groups: [evil],
    description: evil,
    status: evil,
    isEnabled: true,
    address: null,
  };
  const message = {
    id: 'm',
    thread: evil,
    from: evil,
    standing: 'claimed',
    to: [evil],
    body: evil,
    sentAt: 0,
    noReply: false,
  };
  const all = at({
    requests: [
      request('r1', { worker: evil, text: evil, status: evil }),
      request('r2', { dialog: dialog(false), screen: evil }),
    ],
    members: [{ ...member, role: evil, model: evil, pane: evil } as unknown as MemberView],
    messages: [message as never],
    pauses: { '*': evil, [evil]: evil },
  });
  const states = (['requests', 'members', 'mail'] as const).flatMap((tab) =>
    [false, true].map(
      (isOpen): TopState => ({ ...all, tab, isOpen, note: evil, screen: { member: evil, lines: [evil] } }),
    ),
  );
  for (const state of [...states, typed(all, 'a', 'é', '宽').state])
    for (const [columns, rows] of [
      [80, 24],
      [40, 8],
      [200, 60],
      [41, 9],
    ] as const) {
      const lines = shown(state, columns, rows);
      expect([columns, rows, lines.length]).toEqual([columns, rows, rows]);
      expect([columns, rows, lines.filter((line) => columnsOf(line) > columns)]).toEqual([columns, rows, []]);
      expect(lines.filter((line) => /[\x00-\x1f\x7f\u202e]/.test(line))).toEqual([]);
    }
  expect(shown(all, 39, 24)).toEqual(['too small: 40x8 at least']);
});

test('what is typed goes to the request that it was typed for, whatever has come or gone meanwhile', () => {
  const begun = typed(
    at({ requests: [request('r1'), request('r2')] }),
    'down',
    'a',
    'U',
    's',
    'x',
    'backspace',
    'e',
  ).state;
  expect(begun.prompt).toEqual({ is: 'answer', id: 'r2', text: 'Use' });
  const later = learned(begun, known({ requests: [request('r9'), request('r2'), request('r1')] }));
  expect(shown(later).join('\n')).toContain('What of r2?');
  expect(typed(later, 'return').act).toEqual({ does: 'answer', id: 'r2', text: 'Use' });
  const gone = learned(later, known({ requests: [request('r9')] }));
  expect([gone.isOpen, gone.prompt]).toEqual([false, { is: 'answer', id: 'r2', text: 'Use' }]);
  expect(typed(gone, 'return').act).toEqual({ does: 'answer', id: 'r2', text: 'Use' });
});

test('a dialog that does not show all of what it would do cannot be chosen in; nothing is ended without a yes', () => {
  const open = typed(at({ requests: [request('r1', { dialog: dialog(false) })] }), 'c', '1', 'return');
  expect([open.state.prompt, open.act]).toEqual([null, null]);
  expect(shown(typed(at({ requests: [request('r1', { dialog: dialog(false) })] }), 'c').state).join('\n')).toMatch(
    /the command \(it does not show all of it\)[\s\S]*does not show the whole/,
  );
  const whole = at({ requests: [request('r1', { dialog: dialog(true) })] });
  expect(typed(whole, 'c', '2', 'return').act).toEqual({ does: 'choose', id: 'r1', option: '2' });
  expect(typed(whole, 'c', 'return').act).toBeNull();
  expect(typed(whole, 'a').state.prompt).toBeNull();
  expect([typed(whole, 'd', 'n').act, typed(whole, 'd', 'return').act]).toEqual([null, null]);
  expect(typed(whole, 'd', 'y').act).toEqual({ does: 'dismiss', id: 'r1' });
});

test('p is about the worker at the cursor, P about all, and each lets go on what is paused', () => {
  const state = at({ requests: [request('r1')] });
  expect(typed(state, 'p').act).toEqual({ does: 'pause', worker: 'shop/lead' });
  expect(typed(state, 'P').act).toEqual({ does: 'pause', worker: null });
  const paused = at({ requests: [request('r1')], pauses: { 'shop/lead': 'x', '*': 'y' } });
  expect(typed(paused, 'p').act).toEqual({ does: 'resume', worker: 'shop/lead' });
  expect(typed(paused, 'P').act).toEqual({ does: 'resume', worker: null });
  expect(typed(at({}), 'p').act).toBeNull();
});

test('only what has changed is written, all of it after a change of size; without colours nothing is painted', () => {
  const out: string[] = [];
  const screen = new Screen((text) => void out.push(text), false);
  screen.draw([['one'], ['two']], 20);
  expect(out.at(-1)).toContain('\x1b[2J');
  screen.draw([['one'], ['three']], 20);
  expect(out.at(-1)).toBe('\x1b[?2026h\x1b[2;1H\x1b[Kthree\x1b[?2026l');
  const count = out.length;
  screen.draw([['one'], ['three']], 20);
  expect(out.length).toBe(count);
  screen.draw([['one'], ['three']], 30);
  expect(out.at(-1)).toContain('\x1b[1;1H\x1b[Kone');
  screen.forget();
  screen.draw([['one'], ['three']], 30);
  expect(out.at(-1)).toContain('\x1b[2J');
  screen.close();
  expect(out.at(-1)).toBe('\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l');
  const closed = out.length;
  screen.close();
  expect(out.length).toBe(closed);
  const bar = [{ text: 'bar', style: 'inverse' as const }];
  expect([written(bar, 6, false), written(bar, 6, true)]).toEqual(['bar   ', '\x1b[7mbar\x1b[0m\x1b[7m   \x1b[0m']);
});

test('of sixty rows one that has changed costs its own bytes, and a frame that has not none', () => {
  let bytes = 0;
  const screen = new Screen((text) => {
    bytes += Buffer.byteLength(text);
  }, true);
  const row = (index: number, word: string): Line => [
    { text: ` ${index}`, style: 'bold' },
    ` ${word} ${'x'.repeat(100)}`,
    { text: ' 宽 é', style: 'dim' },
  ];
  const frame = (word: string) => Array.from({ length: 60 }, (_, index) => row(index, index === 30 ? word : 'same'));
  const cost = (word: string) => {
    const before = bytes;
    screen.draw(frame(word), 160);
    return bytes - before;
  };
  expect(cost('one')).toBeGreaterThan(60 * 100);
  expect(cost('one')).toBe(0);
  expect(cost('two')).toBeLessThan(200);
});

/** What an agent may write anywhere: drawn as nothing, without end, or wider than it seems. */
const floods: Readonly<Record<string, string>> = {
  word: 'x'.repeat(1 << 20),
  controls: '\x1b\x9b\u0000'.repeat(1 << 16),
  'zero widths': '\u200b'.repeat(1 << 16),
  'marks on one letter': `e${'\u0301'.repeat(1 << 20)}z`,
  'a mark on each letter': 'e\u0301'.repeat(1 << 15),
  families: '👨‍👩‍👧‍👦'.repeat(1 << 12),
  'half pairs': '\ud83d'.repeat(1 << 16),
  arabic: 'نص عربي '.repeat(1 << 13),
};

test.each(Object.entries(floods))('%s: a row is a row, in little time and in few bytes', (_, flood) => {
  const begun = performance.now();
  for (const columns of [1, 2, 40, 200]) {
    const row = written([flood], columns, false);
    expect([columns, columnsOf(row) <= columns, row.length <= 17 * columns]).toEqual([columns, true, true]);
    expect(columnsOf(tailTo(flood, columns))).toBeLessThanOrEqual(columns);
  }
  for (let presses = 0; presses < 50; presses++) withoutLast(flood);
  const lines = folded(flood.slice(0, 64 * 1024), 80);
  expect(lines.filter((line) => columnsOf(line) > 80 || line.length > 17 * 80)).toEqual([]);
  // the first of these took 25 s and more where the whole text was segmented
  expect(performance.now() - begun).toBeLessThan(3_000);
});

test('characters are cut where they end, and what fits exactly is not cut', () => {
  const text = 'a宽e\u0301👨‍👩‍👧‍👦نص b🇩🇪'.repeat(40);
  const glyphs = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  expect(folded(text, 1).filter(Boolean)).toEqual(glyphs);
  expect([
    cutTo('abc', 3),
    cutTo('abcd', 3),
    cutTo('宽宽', 4),
    cutTo('宽宽', 3),
    cutTo('宽', 1),
    cutTo('ab', 0),
  ]).toEqual([...['abc', 'ab…', '宽宽', '宽…', '…', '']]);
  expect([tailTo('abc', 2), tailTo('a宽', 2), tailTo('a宽b', 2), withoutLast('ae\u0301'), withoutLast('')]).toEqual([
    ...['bc', '宽', 'b', 'a', ''],
  ]);
});

test('what is pasted is text where one writes, its lines too, and no key anywhere', () => {
  const paste = { name: 'paste', text: 'one\nd\ny', isControl: false };
  const state = at({ requests: [request('r1')] });
  const outside = pressed(state, paste);
  expect([outside.act, outside.state.prompt]).toEqual([null, null]);
  const inside = pressed(typed(state, 'a', 'x').state, paste).state;
  expect(typed(inside, 'return').act).toEqual({ does: 'answer', id: 'r1', text: 'xone\nd\ny' });
  expect(pressed(typed(state, 'd').state, paste).act).toBeNull();
});

test('a member is listed with since when and what it asks; its screen is read from its end', () => {
  const address = { host: 'h', server: '1-1', socketPath: '/s', paneId: '%1' };
  const member = {
    ...{ name: 'lead', fullName: 'shop/lead', state: 'idle', status: null, unread: 2, agent: 'codex', groups: [] },
    ...{ isEnabled: true, address, pane: '%1', role: '', model: '', description: '' },
  } as unknown as MemberView;
  const worker = { ...address, name: 'shop/lead', agent: 'codex', project: null, state: 'idle', since: 0 };
  const overview = { workers: [worker], waitingForYou: 1, answeredToday: 0 } as unknown as Known['overview'];
  const state = { ...at({ members: [member], requests: [request('r1')], overview }), tab: 'members' } as const;
  expect(shown(state)[2]).toMatch(/^> lead +idle +1m +codex +question: What of r1\? {2}2 unread *$/);
  expect(shown({ ...state, known: { ...state.known, members: [{ ...member, isEnabled: false }] } })[2]).toMatch(
    /^> lead +disabled/,
  );
  const lines = Array.from({ length: 60 }, (_, index) => `line ${index}`);
  const open = { ...state, isOpen: true, screen: { member: 'shop/lead', lines } };
  expect(shown(open).slice(4, 6)).toEqual([' ── its screen; 43 more lines: ↑ ──', ' line 43']);
  expect(shown(open)[21]).toBe(' line 59');
  expect(shown(typed(open, 'up').state)[21]).toBe(' line 58');
  expect(shown(typed(open, 'up', 'down', 'down').state)[21]).toBe(' line 59');
});

test('a name that nothing proves is asked after', () => {
  const message = { id: 'm', thread: 't', from: 'lead', standing: 'claimed', to: ['you'], body: 'x', sentAt: 0 };
  const state = { ...at({ messages: [message as never] }), tab: 'mail' } as const;
  expect(shown(state)[2]).toContain('lead? → you');
  expect(shown({ ...state, isOpen: true })[2]).toContain('lead? → you');
});
