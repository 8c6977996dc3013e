import { afterEach, beforeEach, expect, test } from 'vitest';
import { processNames } from '../../bridge/agent-programs/index.ts';
import type { PaneAddress } from '../../bridge/core/pane.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { Panes } from '../../bridge/panes/panes.ts';
import { Programs } from '../../bridge/panes/programs.ts';
import { listPanes } from '../../bridge/tmux/pane.ts';
import { addressOn } from '../fixtures/address.ts';
import { openTmuxHarness, type TmuxHarness } from '../tmux/tmux-harness.ts';

let harness: TmuxHarness;
let panes: Panes;
let pane: PaneAddress;
beforeEach(async () => {
  harness = await openTmuxHarness();
  panes = new Panes({
    servers: { of: () => harness.exec, panes: () => listPanes(harness.exec) },
    programs: new Programs(processNames),
    clock: systemClock,
    choiceFor: () => ({ agent: null, agents: {} }),
  });
  pane = await addressOn(harness.exec, await harness.show('echo READY; exec sleep 1000'));
});
afterEach(() => harness.stop());

test('a wait for the next ring ends at once where the pane has rung since, and not by rings of before', async () => {
  const before = panes.outputCount(pane);
  panes.noticeOutput(pane, Buffer.from('x'), true);
  expect(await panes.nextOutput(pane, 60_000, before)).toBe(true);
  expect(await panes.nextOutput(pane, 30, panes.outputCount(pane))).toBe(false);
  setTimeout(() => panes.noticeOutput(pane, Buffer.from('y'), true), 20);
  expect(await panes.nextOutput(pane, 60_000, panes.outputCount(pane))).toBe(true);
});

test('a look tells when it was asked for, when it came, and that nobody is at the keys', async () => {
  const askedAt = systemClock.now();
  const look = await panes.capture(pane);
  expect(look).toMatchObject({ lastHumanKeyAt: null });
  expect(look!.askedAtMs).toBeGreaterThanOrEqual(askedAt);
  expect(look!.takenAtMs).toBeGreaterThanOrEqual(look!.askedAtMs);
});

test('what an agent said of itself counts until bytes of its pane may be missed', async () => {
  const look = (await panes.capture(pane))!;
  const said = () => panes.motion(look).signals.state;
  panes.noticeOutput(pane, Buffer.from('\x1b]7501;state=working:app=codex\x07'), true);
  expect(said()).toBe('working');
  panes.noticeOutput(pane, Buffer.from('more'), true);
  expect(said()).toBe('working');
  panes.missed(pane);
  expect(said()).toBe(undefined);
});

test('what a pane said is remembered while it is there, and no longer', async () => {
  const look = (await panes.capture(pane))!;
  panes.noticeOutput(pane, Buffer.from('\x1b]7501;state=working\x07'), true);
  panes.forgetOthers(await panes.list());
  expect(panes.motion(look).signals.state).toBe('working');
  expect(panes.outputCount(pane)).toBe(1);
  panes.forgetOthers([]);
  expect(panes.motion(look).signals.state).toBeUndefined();
  expect(panes.outputCount(pane)).toBe(0);
});
