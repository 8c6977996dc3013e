import { afterEach, beforeEach, expect, test } from 'vitest';
import { processNames } from '../../bridge/agent-programs/index.ts';
import type { PaneAddress } from '../../bridge/core/pane.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { ProcessTree } from '../../bridge/host/process-tree.ts';
import { Panes } from '../../bridge/panes/panes.ts';
import { listPanes } from '../../bridge/tmux/pane.ts';
import { addressOn } from '../fixtures/address.ts';
import { openStage, type Stage } from '../tmux/stage.ts';

let stage: Stage;
let sight: Panes;
let pane: PaneAddress;
beforeEach(async () => {
  stage = await openStage();
  sight = new Panes({
    servers: { of: () => stage.exec, panes: () => listPanes(stage.exec) },
    processes: new ProcessTree(processNames),
    clock: systemClock,
    choiceFor: () => ({ agent: null, agents: {} }),
  });
  pane = await addressOn(stage.exec, await stage.show('echo READY; exec sleep 1000'));
});
afterEach(() => stage.stop());

test('a wait for the next ring ends at once where the pane has rung since, and not by rings of before', async () => {
  const before = sight.rings(pane);
  sight.rang(pane, Buffer.from('x'), true);
  expect(await sight.nextRing(pane, 60_000, before)).toBe(true);
  expect(await sight.nextRing(pane, 30, sight.rings(pane))).toBe(false);
  setTimeout(() => sight.rang(pane, Buffer.from('y'), true), 20);
  expect(await sight.nextRing(pane, 60_000, sight.rings(pane))).toBe(true);
});

test('a look tells when it was asked for, when it came, and that nobody is at the keys', async () => {
  const askedAt = systemClock.now();
  const look = await sight.look(pane);
  expect(look).toMatchObject({ lastHumanKeyAt: null });
  expect(look!.askedAtMs).toBeGreaterThanOrEqual(askedAt);
  expect(look!.takenAtMs).toBeGreaterThanOrEqual(look!.askedAtMs);
});

test('what an agent said of itself counts until bytes of its pane may be missed', async () => {
  const look = (await sight.look(pane))!;
  const said = () => sight.motion(look).signals.state;
  sight.rang(pane, Buffer.from('\x1b]7501;state=working:app=codex\x07'), true);
  expect(said()).toBe('working');
  sight.rang(pane, Buffer.from('more'), true);
  expect(said()).toBe('working');
  sight.missed(pane);
  expect(said()).toBe(undefined);
});

test('what a pane said is remembered while it is there, and no longer', async () => {
  const look = (await sight.look(pane))!;
  sight.rang(pane, Buffer.from('\x1b]7501;state=working\x07'), true);
  sight.forgetOthers(await sight.list());
  expect(sight.motion(look).signals.state).toBe('working');
  expect(sight.rings(pane)).toBe(1);
  sight.forgetOthers([]);
  expect(sight.motion(look).signals.state).toBeUndefined();
  expect(sight.rings(pane)).toBe(0);
});
