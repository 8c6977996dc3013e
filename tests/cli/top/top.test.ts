import { expect, test } from 'vitest';
import type { MemberView } from '../../../bridge/api/members.ts';
import type { RequestView } from '../../../bridge/api/views.ts';
import { drawn } from '../../../bridge/cli/top/draw.ts';
import { written } from '../../../bridge/cli/top/line.ts';
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
  const member = { name: evil, fullName: evil, state: evil, unread: 3, agent: evil, groups: [evil], description: evil };
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
  expect(out.at(-1)).toBe('\x1b[?2026h\x1b[2;1Hthree\x1b[K\x1b[?2026l');
  const count = out.length;
  screen.draw([['one'], ['three']], 20);
  expect(out.length).toBe(count);
  screen.draw([['one'], ['three']], 30);
  expect(out.at(-1)).toContain('\x1b[1;1Hone');
  screen.close();
  expect(out.at(-1)).toBe('\x1b[?25h\x1b[?1049l');
  const bar = [{ text: 'bar', style: 'inverse' as const }];
  expect([written(bar, 6, false), written(bar, 6, true)]).toEqual(['bar   ', '\x1b[7mbar\x1b[0m\x1b[7m   \x1b[0m']);
});
