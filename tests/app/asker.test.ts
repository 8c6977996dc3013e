import { expect, test } from 'vitest';
import { type AskerEvidence, askerOf } from '../../bridge/app/asker.ts';
import type { PaneFacts } from '../../bridge/core/pane.ts';
import { paneFacts } from '../tmux/pane-facts.ts';

const facts = (paneId: string, label: string, panePid: number) =>
  paneFacts({ paneId, label, panePid, socketPath: '/s' });
const [trusted, other, shell] = [facts('%0', 'trusted', 100), facts('%1', '', 110), facts('%2', 'shell', 120)];
/** agents sit in %0 and %1, as children of the pane's shell */
const agentOf = new Map([
  [100, 101],
  [110, 111],
]);
const processes = {
  identify: ({ socketPath, host, server, paneId, panePid }: PaneFacts) => {
    const agentPid = agentOf.get(panePid) ?? null;
    return {
      socketPath,
      host,
      server,
      paneId,
      panePid,
      agentPid,
      agentStartedAt: agentPid === null ? null : `${agentPid}0`,
    };
  },
  startOf: (pid: number) => `${pid}0`,
};
const ids = (...pids: number[]) => pids.map((pid) => ({ pid, startedAt: `${pid}0` }));
const under = (program: string, ...pids: number[]) => ({ is: 'agent', program, at: ids(...pids) }) as const;
const ask = (evidence: Partial<AskerEvidence>) =>
  askerOf(
    { caller: { is: 'nobody' }, above: [], tmuxSocket: null, paneHint: null, ...evidence },
    [trusted, other, shell],
    processes,
  );

test('an agent asks as the pane in which it sits, whatever its environment claims', () => {
  const caller = under('codex', 111);
  for (const paneHint of [null, '%1', '%0', '%99']) {
    expect(ask({ caller, above: ids(111, 110), paneHint })).toEqual({ is: 'proven', pane: other });
  }
});

test('a shell asks as the pane whose first process is above it, whatever its environment claims', () => {
  expect(ask({ above: ids(500, 120, 1), paneHint: '%0' })).toEqual({ is: 'proven', pane: shell });
  expect(ask({ above: ids(120) })).toEqual({ is: 'proven', pane: shell });
});

test('what the processes do not show is a claim', () => {
  const claim = { is: 'claimed', name: 'trusted', pane: trusted };
  expect(ask({ above: ids(500), paneHint: '%0' })).toEqual(claim);
  // an agent of its own, which a pane's shell started or not: that it sits there is not shown
  expect(ask({ caller: under('codex', 300), above: ids(300, 120), paneHint: '%0' })).toEqual(claim);
  expect(ask({ caller: { is: 'apart', program: 'codex', reason: '' }, above: ids(300, 100), paneHint: '%0' })).toEqual(
    claim,
  );
  // a process of another container, with the pid of a pane
  expect(ask({ above: [{ pid: 120, startedAt: '7' }], paneHint: '%0' })).toEqual(claim);
});

test('a claim is called by what it says: the label, else the pane; of another server only the pane', () => {
  expect(ask({ paneHint: '%0', tmuxSocket: '/s' })).toEqual({ is: 'claimed', name: 'trusted', pane: trusted });
  expect(ask({ paneHint: '%0', tmuxSocket: '/another' })).toEqual({ is: 'claimed', name: '%0', pane: null });
  expect(ask({ paneHint: '%1' })).toEqual({ is: 'claimed', name: '%1', pane: other });
  expect(ask({ paneHint: '%99' })).toEqual({ is: 'claimed', name: '%99', pane: null });
});

test('who claims nothing is unknown', () => {
  expect(ask({ above: ids(500) })).toEqual({ is: 'unknown' });
  expect(ask({ caller: under('codex', 300), above: ids(300, 120) })).toEqual({ is: 'unknown' });
});
