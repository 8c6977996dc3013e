import { expect, test } from 'vitest';
import type { Asker } from '../../bridge/app/asker.ts';
import { ownPane } from '../../bridge/app/own-pane.ts';
import type { PaneFacts } from '../../bridge/core/pane.ts';
import type { Caller } from '../../bridge/host/caller.ts';

const pane = (id: number) =>
  ({
    host: 'h',
    server: '1@1',
    socketPath: '/s',
    paneId: `%${id}`,
    sessionName: 's',
    windowIndex: 0,
    paneIndex: 0,
    label: '',
    title: '',
  }) as unknown as PaneFacts;
const agent: Caller = { is: 'agent', program: 'codex', at: [{ pid: 7, startedAt: '1' }] };
const nobody: Caller = { is: 'nobody' };
const apart: Caller = { is: 'apart', program: 'codex', reason: 'it has no terminal, and may serve several' };
const proven: Asker = { is: 'proven', pane: pane(1) };
const claimed: Asker = { is: 'claimed', name: '%1', pane: pane(1) };
const unknown: Asker = { is: 'unknown' };
/** an agent in each but %9, a shell's */
const hasAgent = ({ paneId }: PaneFacts) => paneId !== '%9';
const found = (caller: Caller, asker: Asker, named: PaneFacts | null = null): readonly [string, string, boolean] => {
  const { pane: at, by, isCertain } = ownPane({ caller, asker, named, hasAgent });
  return [at.paneId, by, isCertain];
};

test.each<[string, Parameters<typeof found>, ReturnType<typeof found>]>([
  ['its processes show it', [agent, proven], ['%1', 'its processes', true]],
  ['its environment, where no agent is seen above', [nobody, claimed], ['%1', 'its environment', false]],
  [
    'a person names it, whose own pane is another',
    [nobody, { is: 'proven', pane: pane(9) }, pane(2)],
    ['%2', '--pane', true],
  ],
  ['an agent names its own', [agent, proven, pane(1)], ['%1', '--pane', true]],
  ['an agent names one, and nothing shows which is its own', [apart, claimed, pane(2)], ['%2', '--pane', false]],
])('%s', (_, evidence, expected) => {
  expect(found(...evidence)).toEqual(expected);
});

test.each<[string, Parameters<typeof found>, RegExp]>([
  ['an agent names the pane of another', [agent, proven, pane(2)], /this command runs in %1/],
  [
    'a server of several agents has the environment of the first',
    [apart, claimed],
    /nothing shows in which pane it is/,
  ],
  ['an agent elsewhere has the environment of who started it', [agent, claimed], /nothing shows/],
  ['nothing at all', [nobody, unknown], /nothing shows/],
  ['a pane that is not there', [nobody, { is: 'claimed', name: '%7', pane: null }], /nothing shows/],
  ['a shell of a person', [nobody, { is: 'proven', pane: pane(9) }], /%9 s:0.0: no agent program runs in this pane/],
  ['a named pane without an agent', [nobody, unknown, pane(9)], /no agent program/],
])('%s: refused', (_, evidence, reason) => {
  expect(() => found(...evidence)).toThrow(reason);
});
