import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PaneId } from '../../bridge/core/ids.ts';
import type { PaneCondition } from '../../bridge/core/pane-condition.ts';
import { capture } from '../../bridge/tmux/capture.ts';
import type { TmuxCommands } from '../../bridge/tmux/commands.ts';
import { paste, press } from '../../bridge/tmux/typing.ts';
import { type PrivateTmux, privateTmux, runsProgram, waitFor } from '../fixtures/private-tmux.ts';
import { openTmuxHarness, type TmuxHarness } from '../tmux/tmux-harness.ts';

/**
 * Everything by which tmux could give a text or a key to another pane than the one that was looked at, or to more than
 * one. Two panes in one window; each keeps, byte for byte, what its terminal hands it.
 */
let harness: TmuxHarness;
let target: Recorder;
let other: Recorder;
const people: PrivateTmux[] = [];

interface Recorder {
  readonly paneId: PaneId;
  readonly condition: PaneCondition;
  heard(): string;
}

beforeEach(async () => {
  harness = await openTmuxHarness();
  target = await record('new-window', '-t', '=main:');
  other = await record('split-window', '-t', target.paneId);
});
afterEach(async () => {
  for (const person of people.splice(0)) await person.stop();
  await harness.stop();
});

async function record(command: string, ...where: string[]): Promise<Recorder> {
  const name = join(harness.tmux.folder, `heard-${Math.random()}`);
  writeFileSync(name, '');
  const script = `stty raw -echo; printf READY; exec cat > ${name}`;
  const paneId = (await tmux(command, '-d', '-P', '-F', '#{pane_id}', ...where, script)).trim() as PaneId;
  await waitFor('the recorder reads', async () => (await harness.tmux.screen(paneId)).includes('READY'));
  await runsProgram(harness.tmux, paneId, 'cat');
  const condition = { panePid: await harness.panePid(paneId), command: 'cat', notTitles: [], notOnScreen: [] };
  return { paneId, condition, heard: () => readFileSync(name, 'utf8') };
}

const tmux = (...argv: string[]) => harness.tmux.run(...argv);
const plain = { bracketed: false };

/** A person at a terminal that shows the session. */
async function attend(
  session: string,
): Promise<{ press(...keys: string[]): Promise<unknown>; screen(): Promise<string> }> {
  const person = privateTmux();
  people.push(person);
  const attach = `env -u TMUX tmux -S ${harness.tmux.socketPath} attach-session -t =${session}`;
  await person.run('new-session', '-d', '-s', 'person', '-x', '80', '-y', '25', attach);
  const clients = () => tmux('list-clients', '-t', `=${session}`, '-F', '#{client_control_mode}');
  await waitFor('the person is there', async () => (await clients()).includes('0'));
  return {
    press: (...keys) => person.run('send-keys', '-t', '=person:', ...keys),
    screen: () => person.screen('=person:'),
  };
}

async function expectOnlyTarget(t: TmuxCommands): Promise<void> {
  const [before, beside] = [target.heard(), other.heard()];
  expect(await paste(t, target.paneId, 'text', target.condition, plain)).toBe('done');
  expect(await press(t, target.paneId, ['Down', 'Enter'], target.condition)).toBe('done');
  const all = `${before}text\x1b[B\r`;
  await waitFor('it has come', () => target.heard().length >= all.length);
  expect(target.heard()).toBe(all);
  await heardNothing(beside);
}

/** A mark by paste comes after all that tmux has written to the pane before. */
async function heardNothing(beside: string): Promise<void> {
  await tmux('set-buffer', '-b', 'mark', '|');
  await tmux('paste-buffer', '-b', 'mark', '-t', other.paneId);
  await waitFor('the mark has come', () => other.heard().length > beside.length);
  expect(other.heard()).toBe(`${beside}|`);
}

describe('text and keys come to the pane that was looked at, and to no other,', () => {
  test('where another pane is marked, and is the active one', async () => {
    await tmux('select-pane', '-t', other.paneId);
    await tmux('select-pane', '-m', '-t', other.paneId);
    await expectOnlyTarget(await harness.attach());
    await expectOnlyTarget(harness.exec);
  });

  test('where keys are bound, and a person has switched to another table of keys', async () => {
    const person = await attend('main');
    for (const key of ['Enter', 'Down']) {
      await tmux('bind-key', '-n', key, 'send-keys', '-t', other.paneId, 'X');
      await tmux('bind-key', '-T', 'mine', key, 'send-keys', '-t', other.paneId, 'Y');
      await tmux('bind-key', '-T', 'prefix', key, 'send-keys', '-t', other.paneId, 'Z');
    }
    await expectOnlyTarget(await harness.attach());
    const client = (await tmux('list-clients', '-F', '#{client_control_mode} #{client_name}')).match(/^0 (.*)$/m)![1]!;
    await tmux('switch-client', '-c', client, '-T', 'mine');
    await expectOnlyTarget(harness.exec);
    await person.press('C-b');
    await expectOnlyTarget(harness.exec);
  });

  test('where a popup, a menu or a prompt lies over it', async () => {
    const person = await attend('main');
    const client = (await tmux('list-clients', '-F', '#{client_control_mode} #{client_name}')).match(/^0 (.*)$/m)![1]!;
    const inPopup = join(harness.tmux.folder, 'popup');
    const popup = tmux('display-popup', '-c', client, '-E', `stty raw -echo; printf POPUP; cat > ${inPopup}`).catch(
      () => '',
    );
    await waitFor('the popup is there', async () => (await person.screen()).includes('POPUP'));
    await expectOnlyTarget(await harness.attach());
    expect(readFileSync(inPopup, 'utf8')).toBe('');
    await tmux('display-popup', '-C', '-c', client);
    await popup;
    for (const [command, shown] of [
      [['display-menu', '-c', client, '-t', target.paneId, 'MENU', 'a', `kill-pane -t ${target.paneId}`], 'MENU'],
      [['confirm-before', '-t', client, '-p', 'KILL?', `kill-pane -t ${target.paneId}`], 'KILL?'],
      [['command-prompt', '-t', client, '-p', 'WHAT?', `kill-pane -t ${target.paneId}`], 'WHAT?'],
    ] as const) {
      // it ends when the person has answered
      const open = tmux(...command).catch(() => '');
      await waitFor(`${shown} is there`, async () => (await person.screen()).includes(shown));
      await expectOnlyTarget(harness.exec);
      await person.press('C-c');
      await waitFor(`${shown} is gone`, async () => !(await person.screen()).includes(shown));
      await open;
    }
  });

  test('where its window is linked into another session, and the sessions are a group', async () => {
    await tmux('new-session', '-d', '-s', 'linked', 'exec sleep 1000');
    await tmux('link-window', '-s', target.paneId, '-t', '=linked:7');
    await tmux('new-session', '-d', '-s', 'grouped', '-t', '=main');
    await expectOnlyTarget(await harness.attach());
    await attend('grouped');
    await expectOnlyTarget(harness.exec);
    await attend('linked');
    await expectOnlyTarget(await harness.attach());
  });

  test('where hooks of the user’s say something after every command of ours', async () => {
    for (const command of ['send-keys', 'paste-buffer', 'display-message']) {
      await tmux('set-hook', '-g', `after-${command}`, 'display-message -p held');
    }
    await expectOnlyTarget(await harness.attach());
    await expectOnlyTarget(harness.exec);
  });

  test('where it was swapped, broken out or joined elsewhere between the look and the key', async () => {
    const client = await harness.attach();
    await tmux('swap-pane', '-d', '-s', target.paneId, '-t', other.paneId);
    await expectOnlyTarget(client);
    await tmux('break-pane', '-d', '-s', target.paneId);
    await expectOnlyTarget(client);
    await tmux('new-session', '-d', '-s', 'far', 'exec sleep 1000');
    await tmux('join-pane', '-d', '-s', target.paneId, '-t', '=far:');
    await expectOnlyTarget(client);
    await tmux('swap-window', '-d', '-s', target.paneId, '-t', other.paneId);
    await expectOnlyTarget(client);
    await tmux('rotate-window', '-t', target.paneId);
    await tmux('move-window', '-d', '-s', target.paneId, '-t', '=main:42');
    await expectOnlyTarget(harness.exec);
  });
});

describe('nothing is typed and no key is pressed', () => {
  const expectHeld = async (t: TmuxCommands, condition = target.condition) => {
    const heard = target.heard();
    expect(await paste(t, target.paneId, 'text', condition, plain)).toBe('held');
    expect(await press(t, target.paneId, 'Enter', condition)).toBe('held');
    expect(target.heard()).toBe(heard);
  };

  test('where another program was started in the pane under the same name', async () => {
    const client = await harness.attach();
    const name = join(harness.tmux.folder, 'respawned');
    await tmux('respawn-pane', '-k', '-t', target.paneId, `stty raw -echo; printf AGAIN; exec cat > ${name}`);
    await waitFor('it reads', async () => (await harness.tmux.screen(target.paneId)).includes('AGAIN'));
    await runsProgram(harness.tmux, target.paneId, 'cat');
    await expectHeld(client);
    expect(readFileSync(name, 'utf8')).toBe('');
  });

  test('where the pane was joined into a window that types into all its panes', async () => {
    const client = await harness.attach();
    await tmux('break-pane', '-d', '-s', target.paneId);
    await tmux('set-option', '-w', '-t', other.paneId, 'synchronize-panes', 'on');
    await expectOnlyTarget(client);
    await tmux('join-pane', '-d', '-s', target.paneId, '-t', other.paneId);
    await expectHeld(client);
    await heardNothing(other.heard());
  });

  test('where its program has ended and the pane remains', async () => {
    await tmux('set-option', '-p', '-t', target.paneId, 'remain-on-exit', 'on');
    process.kill(target.condition.panePid);
    const isDead = () => tmux('display-message', '-p', '-t', target.paneId, '#{pane_dead}');
    await waitFor('it is dead', async () => (await isDead()).trim() === '1');
    await expectHeld(await harness.attach());
  });

  test.each(['linked', 'grouped'])(
    'where a person has pressed a key in another session that shows the pane (%s)',
    async (how) => {
      if (how === 'linked') {
        await tmux('new-session', '-d', '-s', how, 'exec sleep 1000');
        await tmux('link-window', '-s', target.paneId, '-t', `=${how}:7`);
        await tmux('select-window', '-t', `=${how}:7`);
      } else {
        await tmux('new-session', '-d', '-s', how, '-t', '=main');
        await tmux('select-window', '-t', `=${how}:1`);
      }
      await tmux('select-pane', '-t', target.paneId);
      const person = await attend(how);
      await nextSecond();
      const colleague = await attend('main');
      await colleague.press('x');
      await nextSecond();
      const client = await harness.attach();
      const { sessionActivity } = (await capture(client, target.paneId, { historyLines: 0 }))!;
      const condition = { ...target.condition, sessionActivity };
      expect(await press(client, target.paneId, 'Tab', condition)).toBe('done');
      await nextSecond();
      const before = target.heard();
      await person.press('y');
      await waitFor('the key has come', () => target.heard().length > before.length);
      await expectHeld(client, condition);
    },
  );
});

/** tmux tells a key to the second. */
async function nextSecond(): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  await waitFor('the next second', () => Math.floor(Date.now() / 1000) > now);
}
