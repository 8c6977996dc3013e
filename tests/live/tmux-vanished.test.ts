import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PaneId } from '../../bridge/core/ids.ts';
import type { PaneCondition } from '../../bridge/core/pane-condition.ts';
import { typeAtIdleShell } from '../../bridge/launch/idle-shell.ts';
import { isSynchronized } from '../../bridge/launch/tmux.ts';
import { capture } from '../../bridge/tmux/capture.ts';
import { ControlClient } from '../../bridge/tmux/client.ts';
import type { TmuxCommands } from '../../bridge/tmux/commands.ts';
import { clientTerminals, listPanes, paneFacts } from '../../bridge/tmux/pane.ts';
import { leaveMode, paste, press, reapBuffers } from '../../bridge/tmux/typing.ts';
import { wayHere } from '../../bridge/tmux/way.ts';
import { addressOn } from '../fixtures/address.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { openTmuxHarness, type TmuxHarness } from '../tmux/tmux-harness.ts';

/** Panes that are not there any more are asked about all the time: tmux 3.2a can end with all its sessions for it. */
let harness: TmuxHarness;
beforeEach(async () => {
  harness = await openTmuxHarness();
});
afterEach(() => harness.stop());

const everything: PaneCondition = {
  panePid: 7,
  command: 'cat',
  notTitles: ['Action Required'],
  notOnScreen: ['Would you like'],
  onScreen: [{ row: 1, text: 'READY' }],
  cursor: { x: 0, y: 0, visible: true },
  sessionActivity: { sessionId: '$0', at: 1, attachedAt: 2 },
};

/** Every question and every act of ours about one pane, in turn; what a pane that is gone answers does not matter here. */
const ways: Record<string, (t: TmuxCommands, paneId: PaneId) => Promise<unknown>> = {
  capture: async (t, paneId) => expect(await capture(t, paneId, { historyLines: 100 })).toBe(null),
  paneFacts: async (t, paneId) => expect(await paneFacts(t, paneId)).toBe(null),
  paste: async (t, paneId) => expect(await paste(t, paneId, 'text', everything, { bracketed: true })).toBe('held'),
  press: async (t, paneId) => expect(await press(t, paneId, 'Enter', everything)).toBe('held'),
  leaveMode: async (t, paneId) => leaveMode(t, await addressOn(t, paneId)),
  listPanes,
  clientTerminals,
  reapBuffers,
  'a line at a shell': (t, paneId) => typeAtIdleShell(t, paneId, 'true'),
  'synchronized panes': (t) => t.run('list-panes', '-a', '-F', isSynchronized),
  'the session of a pane': (t, paneId) => t.run('display-message', '-p', '-t', paneId, '#{session_name}'),
  'the facts of a role': (t, paneId) =>
    t.run(
      'display-message',
      '-p',
      '-t',
      paneId,
      '#{window_id} #{history_limit} #{mouse} #{pane_current_path} #{@label}',
    ),
  'the facts of a recording': (t, paneId) =>
    t.run(
      'display-message',
      '-p',
      '-t',
      paneId,
      '#{pane_width}x#{pane_height} #{cursor_x} #{alternate_on} #{pane_title}',
    ),
};

/** Once while no client is attached at all, which is when most of them end tmux 3.2a, and once over one. */
async function askAll(paneId: PaneId, serverPid: string): Promise<void> {
  const ask = async (t: TmuxCommands, through: string) => {
    for (const [what, way] of Object.entries(ways)) {
      await way(t, paneId).catch((fault: unknown) => {
        if (/can't find|no such/.test(String(fault))) return;
        throw new Error(`${what} by ${through} about ${paneId}`, { cause: fault });
      });
      expect(await pid(), `the server after ${what} by ${through} about ${paneId}`).toBe(serverPid);
    }
  };
  await ask(harness.exec, 'a process each');
  const client = await ControlClient.attach({ way: wayHere(harness.tmux.socketPath), session: '=main' });
  await ask(client, 'a control client');
  await client.close();
}

const pid = () => harness.tmux.run('display-message', '-p', '#{pid}').catch((fault: unknown) => String(fault));
const made = async (...argv: string[]) => (await harness.tmux.run(...argv)).trim() as PaneId;
const gone = (paneId: PaneId) =>
  waitFor('the pane is gone', async () => (await listPanes(harness.exec)).every((pane) => pane.paneId !== paneId));

test('no question and no act about a pane that is gone ends the server, whatever went with the pane', async () => {
  const serverPid = await pid();
  const id = ['-P', '-F', '#{pane_id}'] as const;
  await askAll('%999' as PaneId, serverPid);
  const pane = await made('split-window', '-d', ...id, '-t', '=main:', 'exec sleep 1000');
  await harness.tmux.run('kill-pane', '-t', pane);
  await askAll(pane, serverPid);
  const ofWindow = await made('new-window', '-d', ...id, '-t', '=main:', 'exec sleep 1000');
  await harness.tmux.run('kill-window', '-t', ofWindow);
  await askAll(ofWindow, serverPid);
  const ofSession = await made('new-session', '-d', ...id, '-s', 'other', 'exec sleep 1000');
  await harness.tmux.run('kill-session', '-t', '=other');
  await askAll(ofSession, serverPid);
  const ended = await made('new-window', '-d', ...id, '-t', '=main:', 'exec true');
  await gone(ended);
  await askAll(ended, serverPid);
}, 60_000);

test('nor does one that is asked while the pane and its session end', async () => {
  const serverPid = await pid();
  for (let round = 0; round < 15; round++) {
    const paneId = await made('new-session', '-d', '-P', '-F', '#{pane_id}', '-s', `s${round}`, 'exec sleep 1000');
    const client = await ControlClient.attach({ way: wayHere(harness.tmux.socketPath), session: '=main' });
    const asked = [];
    for (let n = 0; n < 10; n++) {
      asked.push(
        capture(client, paneId, { historyLines: 0 }),
        press(client, paneId, 'Enter', everything),
        paneFacts(client, paneId),
      );
      if (n === 4) asked.push(harness.tmux.run('kill-session', '-t', `=s${round}`));
    }
    await Promise.allSettled(asked);
    await gone(paneId);
    await client.close();
    expect(await pid()).toBe(serverPid);
  }
}, 60_000);
