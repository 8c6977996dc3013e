import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PaneId } from '../../bridge/core/ids.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { ProcessTree } from '../../bridge/host/process-tree.ts';
import { Sight } from '../../bridge/sight.ts';
import { openStage, type Stage } from '../tmux/stage.ts';

let stage: Stage;
let sight: Sight;
let paneId: PaneId;
beforeEach(async () => {
  stage = await openStage();
  sight = new Sight({
    tmux: stage.exec,
    processes: new ProcessTree(),
    clock: systemClock,
    choice: { agent: null, agents: {} },
  });
  paneId = await stage.show('echo READY; exec sleep 1000');
});
afterEach(() => stage.stop());

test('a wait for the next ring ends at once where the pane has rung since, and not by rings of before', async () => {
  const before = sight.rings(paneId);
  sight.rang(paneId, Buffer.from('x'), true);
  expect(await sight.nextRing(paneId, 60_000, before)).toBe(true);
  expect(await sight.nextRing(paneId, 30, sight.rings(paneId))).toBe(false);
  setTimeout(() => sight.rang(paneId, Buffer.from('y'), true), 20);
  expect(await sight.nextRing(paneId, 60_000, sight.rings(paneId))).toBe(true);
});

test('a look tells when it was asked for, when it came, and that nobody is at the keys', async () => {
  const askedAt = Date.now();
  const look = await sight.look(paneId);
  expect(look).toMatchObject({ lastHumanKeyAt: null });
  expect(look!.askedAtMs).toBeGreaterThanOrEqual(askedAt);
  expect(look!.takenAtMs).toBeGreaterThanOrEqual(look!.askedAtMs);
});

test('what an agent said of itself counts until bytes of its pane may be missed', async () => {
  const look = (await sight.look(paneId))!;
  const said = () => sight.motion(look).signals.state;
  sight.rang(paneId, Buffer.from('\x1b]7501;state=working:app=codex\x07'), true);
  expect(said()).toBe('working');
  sight.rang(paneId, Buffer.from('more'), true);
  expect(said()).toBe('working');
  sight.missed(paneId);
  expect(said()).toBe(undefined);
});

test('what a pane said is remembered while it is there, and no longer', async () => {
  const look = (await sight.look(paneId))!;
  sight.rang(paneId, Buffer.from('\x1b]7501;state=working\x07'), true);
  sight.forgetOthers(await sight.panes());
  expect(sight.motion(look).signals.state).toBe('working');
  expect(sight.rings(paneId)).toBe(1);
  sight.forgetOthers([]);
  expect(sight.motion(look).signals.state).toBeUndefined();
  expect(sight.rings(paneId)).toBe(0);
});
