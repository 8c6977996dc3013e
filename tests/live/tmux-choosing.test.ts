import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PaneCondition } from '../../bridge/core/pane-condition.ts';
import { press } from '../../bridge/tmux/typing.ts';
import { openTmuxHarness, type Recorder, type TmuxHarness } from '../tmux/tmux-harness.ts';

let harness: TmuxHarness;
beforeEach(async () => {
  harness = await openTmuxHarness();
});
afterEach(() => harness.stop());

/** Commands in every character that tmux's formats and regular expressions have a use for. */
const commands = [
  'npm test',
  "git commit -m 'a, b #12 {x} [y] (z)'",
  'printf "99% done %H:%M %d"',
  'echo $HOME | sort > a.txt; ls && a^b*?+\\n',
  '#{pane_id} #[fg=red] ##',
  'echo żółć 漢字 ❯ · …',
];
const rowsOf = (command: string) => [
  '  Would you like to run this?',
  '',
  `  $ ${command}`,
  '',
  '› 1. Yes, proceed (y)',
];

async function dialog(rows: readonly string[]): Promise<Recorder> {
  const quoted = rows.map((row) => `'${row.replaceAll("'", "'\\''")}'`).join(' ');
  return harness.record({ before: `printf '%s\\r\\n' ${quoted}` });
}

function condition({ panePid }: Recorder, rows: readonly string[]): PaneCondition {
  const onScreen = rows.flatMap((text, index) => (text === '' ? [] : [{ row: index + 1, text }]));
  return { panePid, command: 'cat', notTitles: [], notOnScreen: [], onScreen };
}

test.each(commands)(
  'a key is pressed while the rows of the dialog stand on the screen to the letter: %s',
  async (command) => {
    const t = await harness.attach();
    const rows = rowsOf(command);
    const recorder = await dialog(rows);
    expect(await press(t, recorder.paneId, 'y', condition(recorder, rows))).toBe('done');
    await recorder.hears('y');
  },
);

test('another command, a longer one, a part of it, another place or a pattern hold the key', async () => {
  const t = await harness.attach();
  const recorder = await dialog(rowsOf('npm test; rm -rf /'));
  const held = async (rows: readonly string[]) =>
    expect(await press(t, recorder.paneId, 'y', condition(recorder, rows))).toBe('held');
  await held(rowsOf('npm test'));
  await held(rowsOf('npm test; rm -rf'));
  await held(rowsOf('npm test. rm -rf /'));
  await held(rowsOf('.*'));
  await held(['', ...rowsOf('npm test; rm -rf /')]);
  await held([...rowsOf('npm test; rm -rf /'), '  2. No (esc)']);
  // the witness: nothing else was against it
  expect(await press(t, recorder.paneId, 'y', condition(recorder, rowsOf('npm test; rm -rf /')))).toBe('done');
  await recorder.hears('y');
});

test.each([
  ['a no-break blank', '\u00a0'],
  ['no-break and plain blanks', ' \u00a0 \u202f '],
  ['wide blanks', '\u3000\u2003'],
])('a row that ends in %s is the row that was read without it, and no other', async (_what, blanks) => {
  const t = await harness.attach();
  const recorder = await dialog(['above', `❯${blanks}`, 'below']);
  const at = (row: number, text: string) =>
    press(t, recorder.paneId, 'y', {
      ...condition(recorder, []),
      onScreen: [{ row, text }],
    });
  expect(await at(2, '❯x')).toBe('held');
  expect(await at(1, '❯')).toBe('held');
  expect(await at(2, '❯')).toBe('done');
  await recorder.hears('y');
});

test('a letter is pressed only where rows of a dialog are asked for', async () => {
  const recorder = await dialog(['x']);
  const plain = condition(recorder, []);
  for (const key of ['y', '1']) expect(() => press(harness.exec, recorder.paneId, key, plain)).toThrow(/not a key/);
  for (const key of ['yes', ';', '-l', '']) {
    expect(() => press(harness.exec, recorder.paneId, key, condition(recorder, ['x']))).toThrow(/not a key/);
  }
});
