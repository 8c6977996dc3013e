import { expect, test } from 'vitest';
import { resolveTarget } from '../../bridge/tmux/targets.ts';
import { paneFacts } from './pane-facts.ts';

const panes = [
  paneFacts({
    paneId: '%1',
    sessionId: '$1',
    sessionName: 'macs',
    windowId: '@1',
    windowName: 'code',
    label: 'worker',
    title: 'repo',
  }),
  paneFacts({
    paneId: '%2',
    sessionId: '$1',
    sessionName: 'macs',
    windowId: '@1',
    windowName: 'code',
    paneIndex: 1,
    label: 'controller',
  }),
  paneFacts({
    paneId: '%3',
    sessionId: '$1',
    sessionName: 'macs',
    windowId: '@2',
    windowIndex: 1,
    windowName: 'a.b:c',
  }),
  paneFacts({ paneId: '%14', sessionId: '$2', sessionName: 'solo', windowId: '@3', windowName: 'code' }),
];
const programs: Record<string, string> = { '%3': 'codex', '%14': 'gemini' };

function resolve(target: string, session?: string) {
  const found = resolveTarget(
    panes,
    target,
    (pane) => programs[pane.paneId] ?? null,
    session === undefined ? {} : { session },
  );
  return found.is === 'one'
    ? found.pane.paneId
    : found.is === 'many'
      ? found.candidates.map((pane) => pane.paneId)
      : found.is;
}

test.each([
  ['%2', '%2'],
  ['macs:0.1', '%2'],
  ['macs:code.1', '%2'],
  ['=macs:0.1', '%2'],
  ['$1:@1.%2', '%2'],
  ['macs:1', '%3'],
  ['macs:a.b:c', '%3'],
  ['macs:a.b:c.0', '%3'],
  ['solo', '%14'],
  ['solo:', '%14'],
  ['worker', '%1'],
  ['repo', '%1'],
  ['a.b:c', '%3'],
  ['codex', '%3'],
  ['gemini', '%14'],
])('%s names the pane %s', (target, paneId) => {
  expect(resolve(target)).toBe(paneId);
});

test.each([
  '%99',
  '%',
  '',
  '  ',
  'wor',
  'Worker',
  'worker1',
  'mac',
  'macs:9',
  'macs:0.9',
  'macs:cod',
  ':0.1',
  'sol',
  'workerr',
  '*',
  'sh',
])('"%s" names nothing: a beginning or another case is not a name', (target) => {
  expect(resolve(target)).toBe('none');
});

test('two panes of one name are an ambiguity, told with the candidates', () => {
  expect(resolve('code')).toEqual(['%1', '%2', '%14']);
  expect(resolve('macs:0')).toEqual(['%1', '%2']);
});

test('a session of several panes is an ambiguity, unless its name is also a label', () => {
  expect(resolve('macs')).toEqual(['%1', '%2', '%3']);
  const labelled = [...panes, paneFacts({ paneId: '%20', sessionName: 'other', label: 'macs' })];
  expect(resolveTarget(labelled, 'macs', () => null, {})).toMatchObject({ is: 'one', pane: { paneId: '%20' } });
});

test('a label wins over a title, a title over a window name, a window name over a program', () => {
  const same = [
    paneFacts({ paneId: '%1', windowName: 'x' }),
    paneFacts({ paneId: '%2', title: 'x' }),
    paneFacts({ paneId: '%3', label: 'x' }),
  ];
  const first = (list: typeof same) => resolveTarget(list, 'x', () => 'x', {});
  expect(first(same)).toMatchObject({ pane: { paneId: '%3' } });
  expect(first(same.slice(0, 2))).toMatchObject({ pane: { paneId: '%2' } });
  expect(first([...same.slice(0, 1), paneFacts({ paneId: '%9' })])).toMatchObject({ pane: { paneId: '%1' } });
});

test('within a session only its own panes are meant', () => {
  expect(resolve('code', 'solo')).toBe('%14');
  expect(resolve('%1', 'solo')).toBe('none');
  expect(resolveTarget(panes, 'x', () => null, { session: 'nope' })).toEqual({
    is: 'none',
    reason: 'there is no session "nope"',
  });
});

test('a pane linked into several sessions is one pane, by each of its places', () => {
  const linked = [
    paneFacts({ paneId: '%1', sessionName: 'a', sessionId: '$1', label: 'worker' }),
    paneFacts({ paneId: '%1', sessionName: 'b', sessionId: '$2', label: 'worker', windowIndex: 5 }),
  ];
  for (const target of ['worker', 'a', 'b', 'a:0.0', 'b:5.0']) {
    expect(resolveTarget(linked, target, () => null, {})).toMatchObject({ is: 'one', pane: { paneId: '%1' } });
  }
});

test('the process tree is asked only when no name matched', () => {
  let asked = 0;
  const count = () => {
    asked++;
    return null;
  };
  resolveTarget(panes, 'worker', count, {});
  expect(asked).toBe(0);
  resolveTarget(panes, 'nobody', count, {});
  expect(asked).toBe(panes.length);
});

test('a session whose name holds a colon is found with its windows, and is not taken for a place in another session', () => {
  const colon = [
    paneFacts({ paneId: '%1', sessionId: '$1', sessionName: 'a', windowId: '@1', windowName: 'b' }),
    paneFacts({ paneId: '%2', sessionId: '$2', sessionName: 'a:b', windowId: '@2', windowName: 'w' }),
  ];
  const found = (target: string) => resolveTarget(colon, target, () => null);
  expect(found('a:b:w')).toMatchObject({ is: 'one', pane: { paneId: '%2' } });
  expect(found('a:b:0.0')).toMatchObject({ is: 'one', pane: { paneId: '%2' } });
  expect(found('a:0')).toMatchObject({ is: 'one', pane: { paneId: '%1' } });
  expect(found('a:b')).toMatchObject({ is: 'many', candidates: [{ paneId: '%1' }, { paneId: '%2' }] });
});
