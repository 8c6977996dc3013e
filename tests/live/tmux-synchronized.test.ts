import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PaneId } from '../../bridge/core/ids.ts';
import type { PaneCondition } from '../../bridge/core/pane-condition.ts';
import { typeAtIdleShell } from '../../bridge/launch/idle-shell.ts';
import { listPanes, paneFacts } from '../../bridge/tmux/pane.ts';
import { paste, press } from '../../bridge/tmux/typing.ts';
import { runsProgram, waitFor } from '../fixtures/private-tmux.ts';
import { openTmuxHarness, type TmuxHarness } from '../tmux/tmux-harness.ts';

/** Three panes of one window; each keeps, byte for byte, what its terminal hands it. */
let harness: TmuxHarness;
let panes: Recorder[];

interface Recorder {
  readonly paneId: PaneId;
  readonly condition: PaneCondition;
  heard(): string;
}

beforeEach(async () => {
  harness = await openTmuxHarness({ width: 80, height: 60 });
  const first = await record(['new-window', '-t', '=main:']);
  panes = [
    first,
    await record(['split-window', '-t', first.paneId]),
    await record(['split-window', '-t', first.paneId]),
  ];
});
afterEach(() => harness.stop());

async function record(place: string[]): Promise<Recorder> {
  const [command, ...where] = place as [string, ...string[]];
  const name = join(harness.tmux.folder, `heard-${Math.random()}`);
  writeFileSync(name, '');
  const script = `stty raw -echo; printf READY; exec cat > ${name}`;
  const paneId = (await harness.tmux.run(command, '-d', '-P', '-F', '#{pane_id}', ...where, script)).trim() as PaneId;
  const isReady = async () => (await harness.tmux.screen(paneId)).includes('READY');
  await waitFor('the recorder reads', isReady);
  await runsProgram(harness.tmux, paneId, 'cat');
  const condition = { panePid: await harness.panePid(paneId), command: 'cat', notTitles: [], notOnScreen: [] };
  return { paneId, condition, heard: () => readFileSync(name, 'utf8') };
}

const tmux = (...argv: string[]) => harness.tmux.run(...argv);
const windowOption = (value: string) => tmux('set-option', '-w', '-t', panes[0]!.paneId, 'synchronize-panes', value);
const paneOption = ({ paneId }: Recorder) => tmux('set-option', '-p', '-t', paneId, 'synchronize-panes', 'on');
const zoom = ({ paneId }: Recorder) => tmux('resize-pane', '-Z', '-t', paneId);

/** What tmux itself does: which panes read a key that is sent to this one. */
async function reached(target: Recorder): Promise<number[]> {
  const before = panes.map((pane) => pane.heard().length);
  await tmux('send-keys', '-t', target.paneId, '-l', 'k');
  await waitFor('the key has come', () => target.heard().length > before[panes.indexOf(target)]!);
  // a key for a neighbour is written before the target's own is read; what follows in its terminal proves that it came
  await Promise.all(panes.map((pane, index) => came(pane, before[index]!)));
  return panes.flatMap((pane, index) => (pane.heard().slice(before[index]).includes('k') ? [index] : []));
}

/** Everything that tmux has written to the pane so far is read: a mark by paste reaches one pane only. */
async function came(pane: Recorder, from: number): Promise<void> {
  await tmux('set-buffer', '-b', 'mark', '|');
  await tmux('if-shell', '-F', '-t', pane.paneId, '#{pane_input_off}', `select-pane -e -t ${pane.paneId}`);
  await tmux('paste-buffer', '-b', 'mark', '-t', pane.paneId);
  await waitFor('the mark has come', () => pane.heard().slice(from).includes('|'));
}

const plain = { bracketed: false };
const heard = () => panes.map((pane) => pane.heard());

/** Neither text nor any key goes anywhere. */
async function expectHeld({ paneId, condition }: Recorder): Promise<void> {
  const client = await harness.attach();
  const rows = { ...condition, onScreen: [{ row: 1, text: 'READY' }] };
  expect(await paste(client, paneId, 'text', condition, plain)).toBe('held');
  for (const key of ['Enter', 'Down', 'Escape']) expect(await press(client, paneId, key, condition), key).toBe('held');
  for (const key of ['y', '1', 'Enter']) expect(await press(client, paneId, key, rows), key).toBe('held');
  expect(await press(client, paneId, ['Up', 'Enter'], condition)).toBe('held');
  expect((await paneFacts(client, paneId))?.synchronized).toBe(true);
  expect((await listPanes(client)).find((pane) => pane.paneId === paneId)?.synchronized).toBe(true);
  expect(heard()).toEqual(['', '', '']);
}

async function expectTyped(pane: Recorder): Promise<void> {
  const { paneId, condition } = pane;
  const client = await harness.attach();
  const from = panes.map((each) => each.heard().length);
  expect((await paneFacts(client, paneId))?.synchronized).toBe(false);
  expect(await paste(client, paneId, 'text', condition, plain)).toBe('done');
  expect(await press(client, paneId, 'Enter', condition)).toBe('done');
  await waitFor('it was read', () => pane.heard().endsWith('text\r'));
  await Promise.all(panes.map((each, index) => came(each, from[index]!)));
  for (const each of panes) if (each !== pane) expect(each.heard()).not.toContain('\r');
}

describe('the window types into all its panes', () => {
  test('by the window’s option', async () => {
    await windowOption('on');
    await expectHeld(panes[0]!);
    expect(await reached(panes[0]!)).toEqual([0, 1, 2]);
  });

  test('by the global option', async () => {
    await tmux('set-option', '-g', '-w', 'synchronize-panes', 'on');
    await expectHeld(panes[1]!);
    expect(await reached(panes[1]!)).toEqual([0, 1, 2]);
  });

  test('by the options of two panes; the third is typed into', async () => {
    await paneOption(panes[0]!);
    await paneOption(panes[2]!);
    await expectHeld(panes[0]!);
    await expectTyped(panes[1]!);
    expect(await reached(panes[0]!)).toEqual([0, 2]);
    expect(await reached(panes[1]!)).toEqual([1]);
  });

  test('into the zoomed pane, for a target that it hides', async () => {
    await windowOption('on');
    await zoom(panes[1]!);
    await expectHeld(panes[0]!);
    expect(await reached(panes[0]!)).toEqual([0, 1]);
  });

  test('into others, while one of them is in copy mode and hears nothing just then', async () => {
    await windowOption('on');
    await tmux('copy-mode', '-t', panes[1]!.paneId);
    await expectHeld(panes[0]!);
    await tmux('copy-mode', '-q', '-t', panes[1]!.paneId);
    expect(await reached(panes[0]!)).toEqual([0, 1, 2]);
  });

  test('as soon as the option is set between the look and the key', async () => {
    const client = await harness.attach();
    const [target] = panes as [Recorder, ...Recorder[]];
    expect(await paste(client, target.paneId, 'text', target.condition, plain)).toBe('done');
    await waitFor('the text is read', () => target.heard() === 'text');
    await windowOption('on');
    expect(await press(client, target.paneId, 'Enter', target.condition)).toBe('held');
    await windowOption('off');
    expect(await press(client, target.paneId, 'Enter', target.condition)).toBe('done');
    await waitFor('Enter is read', () => target.heard() === 'text\r');
    expect(heard().slice(1)).toEqual(['', '']);
  });

  test('and a shell at its prompt is typed into only where it is alone', async () => {
    const shell = (
      await tmux('split-window', '-d', '-P', '-F', '#{pane_id}', '-t', panes[0]!.paneId, 'PS1="$ " sh')
    ).trim();
    await waitFor('the prompt', async () => (await harness.tmux.screen(shell)).trimEnd().endsWith('$'));
    await windowOption('on');
    const file = join(harness.tmux.folder, 'ran');
    expect(await typeAtIdleShell(harness.exec, shell as PaneId, `: > ${file}`)).toContain('synchronize-panes');
    expect(heard()).toEqual(['', '', '']);
    await windowOption('off');
    expect(await typeAtIdleShell(harness.exec, shell as PaneId, `: > ${file}`)).toBe(null);
    await waitFor('the line ran', () => {
      try {
        return readFileSync(file, 'utf8') === '';
      } catch {
        return false;
      }
    });
  });
});

describe('a pane is typed into, although the option is on,', () => {
  test('where it is zoomed', async () => {
    await windowOption('on');
    await zoom(panes[1]!);
    await expectTyped(panes[1]!);
    expect(await reached(panes[1]!)).toEqual([1]);
  });

  test('where it is alone in its window', async () => {
    await tmux('set-option', '-g', '-w', 'synchronize-panes', 'on');
    await tmux('break-pane', '-d', '-s', panes[2]!.paneId);
    await expectTyped(panes[2]!);
    expect(await reached(panes[2]!)).toEqual([2]);
  });

  test('where no other pane has it', async () => {
    await paneOption(panes[0]!);
    await expectTyped(panes[0]!);
    expect(await reached(panes[0]!)).toEqual([0]);
  });

  test('where it has it not, and all others have', async () => {
    await windowOption('on');
    await tmux('set-option', '-p', '-t', panes[0]!.paneId, 'synchronize-panes', 'off');
    await expectTyped(panes[0]!);
    expect(await reached(panes[0]!)).toEqual([0]);
  });

  test('where the input of all others is off', async () => {
    await windowOption('on');
    for (const { paneId } of panes.slice(1)) await tmux('select-pane', '-d', '-t', paneId);
    await expectTyped(panes[0]!);
  });

  test('where what ran in all others has ended', async () => {
    await tmux('set-option', '-w', '-t', panes[0]!.paneId, 'remain-on-exit', 'on');
    await windowOption('on');
    const ended = panes.splice(1);
    for (const { condition } of ended) process.kill(condition.panePid);
    for (const { paneId } of ended) {
      await waitFor('it has ended', async () => (await paneFacts(harness.exec, paneId))?.dead);
    }
    await expectTyped(panes[0]!);
  });
});
