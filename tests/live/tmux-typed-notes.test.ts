import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PaneCondition } from '../../bridge/core/pane-condition.ts';
import type { Written } from '../../bridge/core/typed-note.ts';
import type { ControlClient } from '../../bridge/tmux/client.ts';
import { isNote } from '../../bridge/tmux/typed-notes.ts';
import { paste, press } from '../../bridge/tmux/typing.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { openTmuxHarness, type Recorder, type TmuxHarness } from '../tmux/tmux-harness.ts';

let harness: TmuxHarness;
let client: ControlClient;
let recorder: Recorder;
beforeEach(async () => {
  harness = await openTmuxHarness();
  client = await harness.attach();
  recorder = await harness.record();
  await put('@bridge-writer', 'bridge-1:ours:/dev/pts/0@1');
  await put('@bridge-typed', 'aa.1.0');
});
afterEach(() => harness.stop());

const put = (option: string, value: string) =>
  harness.tmux.run('set-option', '-p', '-t', recorder.paneId, option, value);
const note = async () =>
  (await harness.tmux.run('display-message', '-p', '-t', recorder.paneId, '#{@bridge-typed}')).replace(/\n$/, '');
const buffers = async () =>
  (await harness.exec.run('list-buffers', '-F', '#{buffer_name}')).filter((name) => name !== '');
const condition = (): PaneCondition => ({
  panePid: recorder.panePid,
  command: 'cat',
  notTitles: ['Action Required: 100%', 'a, b}'],
  notOnScreen: ['Would you like, "really" \\$5#?'],
});
const ours: Written = { claim: 'bridge-1:ours:/dev/pts/0@1', note: { before: 'aa.1.0', after: 'aa.1.1' } };
const asked = { bracketed: false };

test('what is typed is noted in the step that types it', async () => {
  expect(await paste(client, recorder.paneId, 'text; "with" $signs', condition(), { ...asked, written: ours })).toBe(
    'done',
  );
  expect(await note()).toBe('aa.1.1');
  const enter = { ...ours, note: { before: 'aa.1.1', after: 'aa.1.2' } };
  expect(await press(client, recorder.paneId, 'Enter', condition(), enter)).toBe('done');
  expect(await note()).toBe('aa.1.2');
  await recorder.hears('text; "with" $signs\r');
  expect(await buffers()).toEqual([]);
});

test('what decides nothing leaves the note as it is', async () => {
  expect(await press(client, recorder.paneId, 'Enter', condition(), { claim: ours.claim })).toBe('done');
  expect(await note()).toBe('aa.1.0');
  await recorder.hears('\r');
});

test('what the screen holds back is not noted', async () => {
  await harness.tmux.run('select-pane', '-t', recorder.paneId, '-T', 'Action Required: 100%');
  expect(await paste(client, recorder.paneId, 'harm', condition(), { ...asked, written: ours })).toBe('held');
  expect(await press(client, recorder.paneId, 'Enter', condition(), ours)).toBe('held');
  expect(await note()).toBe('aa.1.0');
  expect(await buffers()).toEqual([]);
  await recorder.hears('');
});

test('who is not the writer any more types nothing and notes nothing', async () => {
  for (const claim of ['bridge-1:another:/dev/pts/0@1', '']) {
    await put('@bridge-writer', claim);
    expect(await paste(client, recorder.paneId, 'late', condition(), { ...asked, written: ours })).toBe('held');
    expect(await press(client, recorder.paneId, 'Enter', condition(), ours)).toBe('held');
    expect(await press(client, recorder.paneId, 'Enter', condition(), { claim: ours.claim })).toBe('held');
  }
  expect(await note()).toBe('aa.1.0');
  expect(await buffers()).toEqual([]);
  await recorder.hears('');
});

test('where the pane would not show the note nothing is typed', async () => {
  // a word for the whole server hides those of its panes
  await harness.tmux.run('set-option', '-s', '@bridge-typed', 'aa.9.9');
  expect(await paste(client, recorder.paneId, 'text', condition(), { ...asked, written: ours })).toBe('held');
  await harness.tmux.run('set-option', '-s', '-u', '@bridge-typed');
  expect(await note()).toBe('aa.1.0');
  await recorder.hears('');
});

test('a hook that waits behind the note does not part the condition from the paste', async () => {
  const mark = join(harness.tmux.folder, 'the-hook-waits');
  const waits = `touch ${mark}; while test -e ${mark}; do sleep 0.02; done`;
  await harness.tmux.run('set-hook', '-g', 'after-set-option', `run-shell "${waits}"`);
  const typed = paste(client, recorder.paneId, 'late', condition(), { ...asked, written: ours });
  await waitFor('the hook waits', () => existsSync(mark));
  // while it waits, another bridge becomes the writer
  await harness.tmux.run('set-hook', '-gu', 'after-set-option');
  await put('@bridge-writer', 'bridge-1:another:/dev/pts/0@1');
  rmSync(mark);
  expect(await typed).toBe('held');
  await recorder.hears('');
});

test('only a bridge writes notes', () => {
  expect(['aa.1.0', '0123456789abcdef.1764500000000.12'].filter(isNote)).toHaveLength(2);
  expect(['', 'aa', 'aa.1', 'aa.1.', 'AA.1.1', 'aa.1.1 ', 'aa.x.1', '#{pane_id}', 'aa.1.1,x'].filter(isNote)).toEqual(
    [],
  );
});
