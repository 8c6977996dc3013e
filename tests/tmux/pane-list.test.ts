import { expect, test } from 'vitest';
import { type TmuxCommands, TmuxError } from '../../bridge/tmux/commands.ts';
import { PaneList } from '../../bridge/tmux/pane-list.ts';

const serverValues = { pid: '5', start_time: '7', host: 'here', socket_path: '/s' };
type Values = Record<string, string>;
const row = (paneId: string, values: Values = {}): Values => ({
  ...{ pane_id: paneId, pane_pid: '6', session_id: '$0', session_name: 'main', window_name: 'sh', '@label': 'worker' },
  ...{ pane_width: '80', pane_height: '24', cursor_x: '0', pane_title: 'a b', ...values },
});

/** What tmux would print for the format: of the server once, of each pane a row. */
const printed = (format: string, values: Values) => format.replace(/#\{([^}]+)\}/g, (_, name) => values[name] ?? '');

/** A server of these panes. */
function serverOf(rows: readonly Values[], server: Values = serverValues): TmuxCommands {
  return {
    run: async (...argv) => {
      const [describe = '', list = ''] = argv.at(-1)!.split(' ; ');
      const formatIn = (command: string) => JSON.parse(command.slice(command.indexOf('"'))) as string;
      return [printed(formatIn(describe), server), ...rows.map((values) => printed(formatIn(list), values))]
        .join('\n')
        .split('\n');
    },
    runAll: async () => [],
  };
}

test('a pane of which all is as it was is the same object, and a list of such panes the same array', async () => {
  const list = new PaneList();
  const first = await list.ask(serverOf([row('%1'), row('%2')]));
  expect(first?.panes).toMatchObject([
    { paneId: '%1', server: '5@7', host: 'here', socketPath: '/s', label: 'worker', title: 'a b', width: 80 },
    { paneId: '%2' },
  ]);
  const second = await list.ask(serverOf([row('%1'), row('%2')]));
  expect(second?.panes).toBe(first?.panes);
  const moved = await list.ask(serverOf([row('%1'), row('%2', { cursor_x: '3' })]));
  expect(moved?.panes).not.toBe(first?.panes);
  expect(moved?.panes[0]).toBe(first?.panes[0]);
  expect(moved?.panes[1]).toMatchObject({ paneId: '%2', cursorX: 3 });
});

test.each([
  ['title', { pane_title: 'other' }],
  ['program', { pane_current_command: 'vim' }],
  ['folder', { pane_current_path: '/x' }],
  ['size', { pane_height: '25' }],
  ['first process', { pane_pid: '9' }],
  ['label', { '@label': 'controller' }],
  ['window', { window_name: 'x' }],
  ['session', { session_id: '$1' }],
  ['end', { pane_dead: '1' }],
  ['history', { history_size: '1' }],
])('a pane of another %s is told anew', async (_, change) => {
  const list = new PaneList();
  const before = await list.ask(serverOf([row('%1')]));
  const after = await list.ask(serverOf([row('%1', change)]));
  expect(after?.panes[0]).not.toEqual(before?.panes[0]);
});

test('words that move from one name to the next are another pane’s facts', async () => {
  const list = new PaneList();
  await list.ask(serverOf([row('%1', { session_name: 'a', window_name: 'b","c' })]));
  const after = await list.ask(serverOf([row('%1', { session_name: 'a","b', window_name: 'c' })]));
  expect(after?.panes).toMatchObject([{ sessionName: 'a","b', windowName: 'c' }]);
});

test('a pane that has gone is told no more, and one that has come is', async () => {
  const list = new PaneList();
  const paneIds = async (...ids: string[]) =>
    (await list.ask(serverOf(ids.map((id) => row(id)))))?.panes.map(({ paneId }) => paneId);
  expect(await paneIds('%1', '%2')).toEqual(['%1', '%2']);
  expect(await paneIds('%2')).toEqual(['%2']);
  expect(await paneIds('%2', '%3')).toEqual(['%2', '%3']);
  expect(await paneIds()).toEqual([]);
});

test('a pane in two sessions has two places, and is one pane', async () => {
  const places = [row('%1'), row('%1', { session_id: '$1', session_name: 'two' })];
  const listing = await new PaneList().ask(serverOf(places));
  expect(listing?.places.map(({ sessionName }) => sessionName)).toEqual(['main', 'two']);
  expect(listing?.panes.map(({ sessionName }) => sessionName)).toEqual(['main']);
});

test('panes that say the same on another server are that one’s', async () => {
  const list = new PaneList();
  await list.ask(serverOf([row('%1')]));
  const other = await list.ask(serverOf([row('%1')], { ...serverValues, pid: '8' }));
  expect(other).toMatchObject({ server: { server: '8@7' }, panes: [{ paneId: '%1', server: '8@7' }] });
});

test('a line break in a name, and a row that another pane forged, stay in that name', async () => {
  const list = new PaneList();
  const label = 'a\nb :x #{pane_id} %9 6 $0 @0';
  const listing = await list.ask(serverOf([row('%1', { '@label': label, pane_title: '.' }), row('%2')]));
  expect(listing?.panes).toMatchObject([{ paneId: '%1', label, title: '.' }, { paneId: '%2' }]);
});

test('a server without any session has no list; any other fault is one', async () => {
  const failing = (reason: string): TmuxCommands => ({
    run: () => Promise.reject(new TmuxError('error', 'list-panes', reason)),
    runAll: async () => [],
  });
  expect(await new PaneList().ask(failing('no current target'))).toBeNull();
  await expect(new PaneList().ask(failing('no space'))).rejects.toThrow('no space');
  await expect(new PaneList().ask({ run: async () => ['odd'], runAll: async () => [] })).rejects.toThrow('odd');
});
