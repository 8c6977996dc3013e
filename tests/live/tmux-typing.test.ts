import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PaneId } from '../../bridge/core/ids.ts';
import type { PaneCondition } from '../../bridge/core/pane-condition.ts';
import { capture } from '../../bridge/tmux/capture.ts';
import type { TmuxCommands } from '../../bridge/tmux/commands.ts';
import { paneFacts } from '../../bridge/tmux/pane.ts';
import { leaveMode, paste, press, reapBuffers } from '../../bridge/tmux/typing.ts';
import { addressOn } from '../fixtures/address.ts';
import { privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { openTmuxHarness, type Recorder, type TmuxHarness } from '../tmux/tmux-harness.ts';

let harness: TmuxHarness;
beforeEach(async () => {
  harness = await openTmuxHarness();
});
afterEach(() => harness.stop());

const conditionOf = (recorder: Recorder): PaneCondition => ({
  panePid: recorder.panePid,
  command: 'cat',
  notTitles: ['Action Required'],
  notOnScreen: ['Would you like'],
});
const buffers = async () =>
  (await harness.exec.run('list-buffers', '-F', '#{buffer_name}')).filter((name) => name !== '');
const plain = { bracketed: false };
const bracketed = { bracketed: true };

const texts: Array<[what: string, text: string]> = [
  ['one line', 'hello'],
  ['five lines with an empty one', 'five lines\n\nwith an empty one;\n  and an indent\nlast'],
  ['a trailing newline', 'text\n'],
  ['a trailing semicolon', 'a;'],
  ['only a semicolon', ';'],
  ['an escaped semicolon', 'a\\;'],
  ['names of keys', 'Up'],
  ['C-c as text', 'C-c'],
  ['what a shell would run', '$(touch x) `date` "$HOME" \'q\' ~ ~root {} #{pane_id} %H %% !!'],
  ['a leading tilde', '~nobody/x'],
  ['an option', '-t x'],
  ['tabs and a trailing backslash', 'a\ttab\t\\'],
  ['accents, CJK, emoji with joiners, combining marks', 'żółć 漢字 👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301'],
  ['10,000 characters in one line', 'x'.repeat(10_000)],
  ['10,000 emoji in one line', '🎉'.repeat(10_000)],
  ['10,000 characters in 125 lines', Array.from({ length: 125 }, (_, n) => `${n} ${'words '.repeat(13)}`).join('\n')],
];

describe.each(['control client', 'process each'])('typing over a %s', (way) => {
  const commands = (): Promise<TmuxCommands> | TmuxCommands =>
    way === 'control client' ? harness.attach() : harness.exec;

  test('every text arrives byte for byte, in brackets where the program asked for them', async () => {
    const t = await commands();
    for (const [what, text] of texts) {
      for (const asked of [false, true]) {
        const recorder = await harness.record({ bracketed: asked });
        expect(await paste(t, recorder.paneId, text, conditionOf(recorder), bracketed), what).toBe('done');
        expect(await press(t, recorder.paneId, 'Enter', conditionOf(recorder)), what).toBe('done');
        await recorder.hears(asked ? `\x1b[200~${text}\x1b[201~\r` : `${text}\r`);
        await harness.tmux.run('kill-pane', '-t', recorder.paneId);
      }
    }
    expect(await buffers()).toEqual([]);
  });

  test('without brackets asked for by the caller there are none', async () => {
    const recorder = await harness.record({ bracketed: true });
    expect(await paste(await commands(), recorder.paneId, 'text', conditionOf(recorder), plain)).toBe('done');
    await recorder.hears('text');
  });

  test('each clause of the condition alone holds the paste and the key, and nothing is typed', async () => {
    const t = await commands();
    const recorder = await harness.record();
    const { paneId } = recorder;
    const good = conditionOf(recorder);
    const held = async (what: string, condition: PaneCondition) => {
      expect(await paste(t, paneId, 'harm\n', condition, bracketed), what).toBe('held');
      expect(await press(t, paneId, 'Enter', condition), what).toBe('held');
    };
    await held('another process', { ...good, panePid: good.panePid + 1 });
    await held('another program', { ...good, command: 'ca' });
    await held('a program whose name only looks alike', { ...good, command: 'c.t' });
    await held('words on the screen', { ...good, notOnScreen: ['nothing', 'READY'] });
    await held('a pattern that tmux cannot read, for the screen', { ...good, notOnScreen: ['(nothing'] });
    await held('a pattern that tmux cannot read, for the title', { ...good, notTitles: ['nothing[a'] });
    await harness.tmux.run('select-pane', '-t', paneId, '-T', '[ ! ] Action Required');
    await held('the title', good);
    await harness.tmux.run('select-pane', '-t', paneId, '-T', 'repo');
    await harness.tmux.run('copy-mode', '-t', paneId);
    await held('copy mode', good);
    await leaveMode(t, await addressOn(t, paneId));
    await harness.tmux.run('choose-tree', '-t', paneId);
    await held('a chooser', { ...good, command: null });
    await leaveMode(t, await addressOn(t, paneId));
    await harness.tmux.run('select-pane', '-d', '-t', paneId);
    await held('input off', good);
    await harness.tmux.run('select-pane', '-e', '-t', paneId);
    expect(await buffers()).toEqual([]);
    // The witness that all of it held by its clause alone: the same condition, with nothing against it, types.
    expect(await paste(t, paneId, 'good', good, bracketed)).toBe('done');
    expect(await press(t, paneId, 'Tab', good)).toBe('done');
    await recorder.hears('good\t');
  });

  test('a dead pane and a pane that is gone hold', async () => {
    const t = await commands();
    const recorder = await harness.record();
    await harness.tmux.run('set-option', '-p', '-t', recorder.paneId, 'remain-on-exit', 'on');
    process.kill(recorder.panePid, 'SIGKILL');
    await waitFor('the pane is dead', async () => (await paneFacts(t, recorder.paneId))?.dead);
    const condition = { ...conditionOf(recorder), command: null };
    expect(await paste(t, recorder.paneId, 'x', condition, bracketed)).toBe('held');
    await harness.tmux.run('kill-pane', '-t', recorder.paneId);
    expect(await paste(t, recorder.paneId, 'x', condition, bracketed)).toBe('held');
    expect(await press(t, '%999' as PaneId, 'Enter', condition)).toBe('held');
    expect(await buffers()).toEqual([]);
  });
});

/** Each screen has the words of its pattern, each pattern is written in characters that tmux's formats have a use for. */
const hostilePatterns: Array<[pattern: string, shown: string]> = [
  ['Allow, or not\\?', 'Allow, or not?'],
  ['\\{x\\} \\[y\\] \\(z\\)', '{x} [y] (z)'],
  ['[{]x[}]', '{x}'],
  ['a}b', 'a}b'],
  ['issue #12', 'issue #12'],
  ['issue ##12', 'issue ##12'],
  ['\\#H #\\{pane_id\\}', '#H #{pane_id}'],
  ['#\\[fg=red\\]', '#[fg=red]'],
  ['colour [#,}]9', 'colour #9'],
  ['99% done', '99% done'],
  ['%H:%M', '%H:%M'],
  ['\\%d', '%d'],
  ['a:b;c', 'a:b;c'],
  ['(1|2)\\. Yes', '2. Yes'],
  ['^[[:space:]]*❯ 1', '   ❯ 1'],
  ['[^a-z,]5\\$', ' 5$'],
  ['"quoted" \'too\'', '"quoted" \'too\''],
  ['back\\\\slash', 'back\\slash'],
  ['漢字.+é', '漢字 and é'],
  ['\\d+\\s(?:\\w|x),\\S\\D\\W', '12 a,bc!'],
  ['~home \\$HOME', '~home $HOME'],
];

test('patterns full of what formats are made of match the screen and the title they are written for, and no other', async () => {
  const client = await harness.attach();
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const recorder = await harness.record();
  for (const [pattern, shown] of hostilePatterns) {
    if (!pattern.includes('[[:')) expect(new RegExp(pattern).test(shown), `${pattern} in JavaScript`).toBe(true);
    const other = await harness.record({ before: `printf '%s\\r\\n' ${quoted(shown)}` });
    const onScreen = { ...conditionOf(other), notOnScreen: [pattern] };
    expect(await press(client, other.paneId, 'Enter', onScreen), `${pattern} on the screen`).toBe('held');
    const elsewhere = { ...conditionOf(recorder), notOnScreen: [pattern], notTitles: [pattern] };
    expect(await press(client, recorder.paneId, 'Enter', elsewhere), `${pattern} not on the screen`).toBe('done');
    // a title may not end in, or begin with, a space
    await client.run('select-pane', '-t', other.paneId, '-T', shown.replaceAll('#', '##'));
    const title = (await paneFacts(client, other.paneId))!.title;
    if (title !== shown) continue;
    const inTitle = { ...conditionOf(other), notOnScreen: [], notTitles: [pattern] };
    expect(await press(client, other.paneId, 'Enter', inTitle), `${pattern} in the title`).toBe('held');
    await harness.tmux.run('kill-pane', '-t', other.paneId);
  }
});

test('a cursor that stands elsewhere, or is hidden, holds; where it was seen it does not', async () => {
  const client = await harness.attach();
  const recorder = await harness.record();
  const { cursorX: x, cursorY: y, cursorVisible: visible } = (await paneFacts(client, recorder.paneId))!;
  const at = (cursor: NonNullable<PaneCondition['cursor']>) => ({ ...conditionOf(recorder), cursor });
  for (const other of [
    { x: x + 1, y, visible },
    { x, y: y + 1, visible },
    { x, y, visible: !visible },
  ]) {
    expect(await press(client, recorder.paneId, 'Enter', at(other))).toBe('held');
    expect(await paste(client, recorder.paneId, 'x', at(other), plain)).toBe('held');
  }
  expect(await press(client, recorder.paneId, 'Tab', at({ x, y, visible }))).toBe('done');
  await recorder.hears('\t');
});

test('fifty patterns in one condition still work, and any one of them holds', async () => {
  const client = await harness.attach();
  const recorder = await harness.record();
  const many = Array.from({ length: 50 }, (_, n) => `Dialog ${n}, [{]yes[}]`);
  expect(await press(client, recorder.paneId, 'Tab', { ...conditionOf(recorder), notOnScreen: many })).toBe('done');
  const last = { ...conditionOf(recorder), notOnScreen: [...many, 'READ[Y]'] };
  expect(await press(client, recorder.paneId, 'Tab', last)).toBe('held');
  await recorder.hears('\t');
});

test('any text at all arrives as it is', async () => {
  const client = await harness.attach();
  const recorder = await harness.record();
  let heard = '';
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((value) => !value.includes('\0'));
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      expect(await paste(client, recorder.paneId, value, conditionOf(recorder), plain)).toBe('done');
      heard += value;
    }),
    { numRuns: 200 },
  );
  await recorder.hears(heard);
});

test('text with a NUL, no text, and a key without a name are refused before tmux is asked', async () => {
  const recorder = await harness.record();
  const condition = conditionOf(recorder);
  await expect(paste(harness.exec, recorder.paneId, 'a\0b', condition, plain)).rejects.toThrow(/NUL/);
  await expect(paste(harness.exec, recorder.paneId, '', condition, plain)).rejects.toThrow(/no text/);
  await expect(async () => press(harness.exec, recorder.paneId, 'yes', condition)).rejects.toThrow(/not a key/);
});

test('a buffer that cannot be filled is a fault that says nothing was typed, and leaves nothing', async () => {
  const client = await harness.attach();
  const recorder = await harness.record();
  let calls = 0;
  const failing: TmuxCommands = {
    run: (...argv) => client.run(...argv),
    async runAll(commands) {
      const results = await client.runAll(commands);
      return calls++ === 0 ? results.map(() => ({ ok: false, error: 'full' })) : results;
    },
  };
  await expect(paste(failing, recorder.paneId, 'text', conditionOf(recorder), plain)).rejects.toMatchObject({
    kind: 'error',
    reason: 'nothing was typed: full',
  });
  expect(await buffers()).toEqual([]);
});

test('buffers of a bridge that died are reaped, those of a living one and the user are not', async () => {
  const dead = 2 ** 22 + 7;
  const keep = [`bridge-${process.ppid}-0123456789abcdef`, 'bridge-notes', `bridge-${dead}-short`];
  for (const name of [...keep, `bridge-${dead}-0123456789abcdef`, `bridge-${process.pid}-0123456789abcdef`]) {
    await harness.exec.run('set-buffer', '-b', name, 'x');
  }
  expect(await reapBuffers(await harness.attach())).toBe(2);
  expect((await buffers()).sort()).toEqual(keep.sort());
});

test('copy mode is left, and leaving none is no fault', async () => {
  const recorder = await harness.record();
  const client = await harness.attach();
  await leaveMode(client, await addressOn(client, recorder.paneId));
  await harness.tmux.run('copy-mode', '-t', recorder.paneId);
  expect((await paneFacts(client, recorder.paneId))?.inMode).toBe(true);
  await leaveMode(client, await addressOn(client, recorder.paneId));
  expect((await paneFacts(client, recorder.paneId))?.inMode).toBe(false);
  await leaveMode(client, await addressOn(client, '%999'));
});

test('a capture tells the last human key, of a terminal that shows the pane; no control client is a human; a key since then holds', async () => {
  const recorder = await harness.record();
  const client = await harness.attach();
  const lastKeys = async (paneId: PaneId) => (await capture(client, paneId, { historyLines: 0 }))!.lastKeys;
  const lastKeyAt = async (paneId: PaneId) => [...(await lastKeys(paneId)).byClient.values()][0] ?? null;
  expect(await lastKeyAt(recorder.paneId)).toBe(null);
  const outer = privateTmux();
  try {
    const attach = `env -u TMUX tmux -S ${harness.tmux.socketPath} attach-session -t =main`;
    await outer.run('new-session', '-d', '-s', 'outer', '-x', '80', '-y', '24', attach);
    const first = await waitFor('a terminal is attached', async () => lastKeyAt(recorder.paneId));
    const later = await waitFor(
      'a key pressed there is told',
      async () => {
        await outer.run('send-keys', '-t', '=outer:', 'x');
        const at = (await lastKeyAt(recorder.paneId)) ?? 0;
        return at > first ? at : null;
      },
      { everyMs: 200 },
    );
    const { now } = await lastKeys(recorder.paneId);
    // tmux takes a key's second from a clock that is a tick (4 ms) ahead of the one that it asks for %s
    expect(now - later).toBeGreaterThanOrEqual(-1);
    expect(Math.abs(Date.now() / 1000 - now)).toBeLessThan(60);
    const activity = async () => (await capture(client, recorder.paneId, { historyLines: 0 }))!.sessionActivity;
    const since = { ...conditionOf(recorder), sessionActivity: await activity() };
    await waitFor('the next second', () => Math.floor(Date.now() / 1000) > since.sessionActivity.at);
    // what a program types through tmux is nobody at the keys
    expect(await paste(client, recorder.paneId, 'y', since, plain)).toBe('done');
    expect(await press(client, recorder.paneId, 'Tab', since)).toBe('done');
    expect(await activity()).toEqual(since.sessionActivity);
    await outer.run('send-keys', '-t', '=outer:', 'z');
    await waitFor('the key is told', async () => (await activity()).at > since.sessionActivity.at);
    expect(await press(client, recorder.paneId, 'Enter', since)).toBe('held');
    expect(await paste(client, recorder.paneId, 'x', since, plain)).toBe('held');
    // nor is a client that comes, which is activity too
    const before = await activity();
    await waitFor('the next second', () => Math.floor(Date.now() / 1000) > before.at);
    await harness.attach();
    expect(await activity()).not.toEqual(before);
    const then = { ...conditionOf(recorder), sessionActivity: before };
    expect(await press(client, recorder.paneId, 'Tab', then)).toBe('done');
    const hidden = await harness.record();
    await harness.tmux.run('select-window', '-t', recorder.paneId);
    expect(await lastKeyAt(hidden.paneId)).toBe(null);
  } finally {
    await outer.stop();
  }
});
