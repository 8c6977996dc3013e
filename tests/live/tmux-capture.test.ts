import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PaneId } from '../../bridge/core/ids.ts';
import { capture } from '../../bridge/tmux/capture.ts';
import type { TmuxCommands } from '../../bridge/tmux/commands.ts';
import { listPanes, paneFacts } from '../../bridge/tmux/pane.ts';
import { resolveTarget } from '../../bridge/tmux/targets.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { openTmuxHarness, type TmuxHarness } from '../tmux/tmux-harness.ts';

let harness: TmuxHarness;
beforeEach(async () => {
  harness = await openTmuxHarness({ width: 40, height: 10 });
});
afterEach(() => harness.stop());

const wait = 'exec sleep 1000';
const look = async (t: TmuxCommands, paneId: PaneId, historyLines = 100) => {
  const captured = await capture(t, paneId, { historyLines });
  if (captured === null) throw new Error('the pane is gone');
  const text = captured.rows.map((row) => row.text);
  return { ...captured, text, visible: text.slice(captured.firstVisible), cursor: text[captured.cursorRow] };
};

describe.each(['control client', 'process each'])('a capture over a %s', (way) => {
  const commands = (): Promise<TmuxCommands> | TmuxCommands =>
    way === 'control client' ? harness.attach() : harness.exec;

  test('is the screen, with the row of the cursor and the facts', async () => {
    const paneId = await harness.show(`printf '\\033]2;a title\\007one  \\n\\n  three\\nREADY'; ${wait}`);
    const shown = await look(await commands(), paneId);
    expect(shown.visible).toEqual(['one', '', '  three', 'READY', '', '', '', '', '', '']);
    expect(shown).toMatchObject({ firstVisible: 0, cursorRow: 3, facts: { title: 'a title', cursorX: 5, cursorY: 3 } });
  });

  test('joins what the terminal wrapped, also from the history, and knows where screen and cursor are', async () => {
    const script = `seq -f 'line %g' 1 20; printf '%090d\\n' 1; printf 'x%.0s' $(seq 1 40); printf '\\n'; printf '%079dREADY' 2; ${wait}`;
    const t = await commands();
    const paneId = await harness.show(script);
    const shown = await look(t, paneId);
    expect(shown.text).toEqual([
      ...Array.from({ length: 20 }, (_, n) => `line ${n + 1}`),
      '1'.padStart(90, '0'),
      'x'.repeat(40),
      `${'2'.padStart(79, '0')}READY`,
    ]);
    expect(shown.visible).toHaveLength(6);
    expect(shown.cursor).toMatch(/READY$/);
    // a history of one line begins in the middle
    const little = await look(t, paneId, 1);
    expect(little.text).toEqual(shown.text.slice(-7));
    expect(little.firstVisible).toBe(1);
    expect((await look(t, paneId, 0)).firstVisible).toBe(0);
  });

  test('a logical row that begins above the screen is whole, and is the first visible one', async () => {
    const paneId = await harness.show(`printf '%0200d\\n' 7; seq 1 6; printf READY; ${wait}`);
    const shown = await look(await commands(), paneId);
    expect(shown.visible).toEqual(['7'.padStart(200, '0'), '1', '2', '3', '4', '5', '6', 'READY']);
    expect(shown.cursor).toBe('READY');
  });

  test('wide characters at the edge wrap without a hole, and empty rows stay where they are', async () => {
    const paneId = await harness.show(`printf '%039d漢字漢字\\n\\n\\n👩‍👩‍👧‍👦e\\314\\201\\n%s' 3 READY; ${wait}`);
    const shown = await look(await commands(), paneId);
    expect(shown.visible.slice(0, 3)).toEqual([`${'3'.padStart(39, '0')}漢字漢字`, '', '']);
    expect(shown.cursor).toBe('READY');
  });

  test('the alternate screen has no history, and what was before it does not show', async () => {
    const paneId = await harness.show(`seq 1 50; printf '\\033[?1049h\\033[H\\033[?25lFULL READY'; ${wait}`);
    const shown = await look(await commands(), paneId);
    expect(shown.text).toEqual(['FULL READY', ...Array.from({ length: 9 }, () => '')]);
    expect(shown).toMatchObject({
      firstVisible: 0,
      cursorRow: 0,
      facts: { alternateScreen: true, cursorVisible: false },
    });
  });

  test('copy mode does not hide the live screen', async () => {
    const paneId = await harness.show(`seq 1 50; printf READY; ${wait}`);
    await harness.tmux.run('copy-mode', '-t', paneId);
    await harness.tmux.run('send-keys', '-t', paneId, '-X', 'history-top');
    const shown = await look(await commands(), paneId);
    expect(shown.cursor).toBe('READY');
    expect(shown.facts.inMode).toBe(true);
  });

  test('a pane that is gone is null', async () => {
    const t = await commands();
    expect(await capture(t, '%999' as PaneId, { historyLines: 10 })).toBe(null);
    expect(await paneFacts(t, '%999' as PaneId)).toBe(null);
  });

  test('a label with line breaks stays in the label', async () => {
    const paneId = await harness.show(`printf 'one\\nREADY'; ${wait}`);
    await harness.tmux.run('set-option', '-p', '-t', paneId, '@label', 'two\nlines\n');
    const shown = await look(await commands(), paneId);
    expect(shown.facts.label).toBe('two\nlines\n');
    expect(shown.visible.slice(0, 3)).toEqual(['one', 'READY', '']);
  });
});

test('dim runs over line ends, frames and tints are read from a real screen', async () => {
  const script = [
    `printf '\\033[2mdim one\\r\\ndim two\\033[0m not\\r\\n'`,
    `printf '\\033(0lqk\\033(B\\r\\n'`,
    `printf '\\033[48;5;236mtinted\\033[0m\\r\\n'`,
    `printf ' \\033[1mbold\\033[0m \\033[36mink\\033[0m\\r\\n\\033[38;5;9m!\\033[39m inked\\r\\n'`,
    `printf '\\033]8;;http://x/\\033\\\\link\\033]8;;\\033\\\\ READY'`,
    wait,
  ].join('\n');
  const { rows } = await look(await harness.attach(), await harness.show(script));
  const plain = { dim: [], tinted: false, bold: false, ink: [] };
  expect(rows.slice(0, 7)).toEqual([
    { ...plain, text: 'dim one', dim: [[0, 7]] },
    { ...plain, text: 'dim two not', dim: [[0, 7]] },
    { ...plain, text: '┌─┐' },
    { ...plain, text: 'tinted', tinted: true },
    { ...plain, text: ' bold ink', bold: true, ink: [[6, 9]] },
    { ...plain, text: '! inked', ink: [[0, 1]] },
    { ...plain, text: 'link READY' },
  ]);
});

test('facts and screen are of one instant: the letter in the title is never two steps from the one on the screen', async () => {
  const client = await harness.attach();
  const letters = 'a b c d e f g h i j k l m n o p q r s t u v w x y z';
  const draw = `printf "\\033]2;$c\\007\\033[H$c"`;
  const paneId = await harness.show(
    `printf '\\033[2;1HREADY'; while :; do for c in ${letters}; do ${draw}; done; done`,
  );
  // between READY and the first letter neither is a letter
  const isLetter = (text: string) => /^[a-z]$/.test(text);
  const look = async () => {
    const captured = await capture(client, paneId, { historyLines: 5 });
    return { title: captured?.facts.title ?? '', shown: captured?.rows[captured.firstVisible]?.text ?? '' };
  };
  await waitFor('the first letters are drawn', async () => {
    const { title, shown } = await look();
    return isLetter(title) && isLetter(shown);
  });
  const seen = new Set<string>();
  for (let round = 0; round < 60 || seen.size < 2; round++) {
    const { title, shown } = await look();
    // the title is drawn first, and the reading of a terminal can stop between the two
    const steps = (title.charCodeAt(0) - shown.charCodeAt(0) + 26) % 26;
    expect(steps, `title ${title}, screen ${shown}`).toBeLessThanOrEqual(1);
    seen.add(title);
  }
});

test('every pane is listed with its names, whatever characters they hold', async () => {
  const hostile = 'a\tb\nc|c"d\'e,f#{pid}#[bg=red]}g:h;i$(x) 漢é%H';
  // what tmux takes as a name or a title is a format to it; a title has no control character
  let named = hostile.replace('#[bg=red]', '');
  const title = named.replace(/[\t\n]/g, ' ');
  const folder = join(harness.tmux.folder, 'wor\nk, #{x} 漢\t');
  mkdirSync(folder);
  const script = join(folder, 'script');
  writeFileSync(script, 'cd "${0%/script}" && exec sleep 1000');
  const command = `exec sh '${script.replaceAll("'", "'\\''")}'`;
  const open = (text: string) => {
    const name = text.replaceAll('#', '##');
    return harness.exec.run('new-session', '-d', '-s', name, '-n', name, command);
  };
  await open(named).catch(async (fault) => {
    // tmux 3.7c has no control character in a name
    expect(String(fault)).toMatch(/invalid (?:window|session)( name)?/);
    named = title;
    await open(named);
  });
  const client = await harness.attach();
  const added = await waitFor('its program runs', async () =>
    (await listPanes(client)).find((pane) => pane.command === 'sleep' && pane.currentPath === folder),
  );
  await harness.exec.run('set-option', '-p', '-t', added.paneId, '@label', `${hostile}\n`);
  await harness.exec.run('select-pane', '-t', added.paneId, '-T', title.replaceAll('#', '##'));
  for (const t of [client, harness.exec]) {
    const pane = (await listPanes(t)).find(({ paneId }) => paneId === added.paneId)!;
    expect(pane.label).toBe(`${hostile}\n`);
    expect(pane.title).toBe(title);
    expect(pane.windowName).toBe(named);
    // tmux itself escapes control characters in a session's name, and leaves no colon in it (3.7c does)
    const escaped = named.replace('\t', '\\t').replace('\n', '\\n');
    expect([escaped, escaped.replaceAll(':', '_')]).toContain(pane.sessionName);
    const [said] = await t.run('display-message', '-p', '-t', added.paneId, '#{session_name}');
    expect(pane.sessionName).toBe(said);
    expect(pane).toMatchObject({ socketPath: harness.tmux.socketPath, width: 80, command: 'sleep', dead: false });
    expect(resolveTarget(await listPanes(t), pane.windowName, () => null)).toMatchObject({
      is: 'one',
      pane: { paneId: added.paneId },
    });
  }
});

test('a pane linked into two sessions has two places and is one target', async () => {
  await harness.tmux.run('new-session', '-d', '-s', 'other', 'exec sleep 1000');
  const paneId = await harness.show(`printf READY; ${wait}`);
  await harness.tmux.run('link-window', '-s', paneId, '-t', '=other:7');
  const panes = await listPanes(harness.exec);
  expect(panes.filter((pane) => pane.paneId === paneId).map((pane) => [pane.sessionName, pane.windowIndex])).toEqual([
    ['main', 1],
    ['other', 7],
  ]);
  expect(resolveTarget(panes, 'other:7', () => null)).toMatchObject({ is: 'one', pane: { paneId } });
});

test('a dead pane and one whose input is off are told', async () => {
  const paneId = await harness.show(`printf READY; read go`);
  await harness.tmux.run('set-option', '-p', '-t', paneId, 'remain-on-exit', 'on');
  await harness.tmux.run('select-pane', '-d', '-t', paneId);
  expect(await paneFacts(harness.exec, paneId)).toMatchObject({ inputOff: true, dead: false });
  process.kill(await harness.panePid(paneId), 'SIGKILL');
  await waitFor('it is dead', async () => (await paneFacts(harness.exec, paneId))?.dead);
});
