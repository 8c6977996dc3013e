import headless from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../bridge/core/pane.ts';
import { Activity } from '../../bridge/screen/activity.ts';
import { Appending, isAtEnd } from '../../bridge/screen/appending.ts';
import { snapshotOf as emulated } from '../../bridge/screen/emulator.ts';
import { snapshotOf } from './snapshots.ts';

const bytes = (text: string) => Buffer.from(text);

/** How often these chunks did anything but add at the end; null in the middle of a sequence. */
function movesIn(...chunks: string[]): number | null {
  const appending = new Appending();
  for (const chunk of chunks) appending.push(bytes(chunk));
  return appending.moves;
}

describe('a program only writes at its end', () => {
  test.each([
    ['lines, with tabs and a bell', 'one\r\ntwo\tthree\x07\n'],
    ['words in other scripts and emoji', 'größer 数据库 👍🏽\r\n'],
    ['colours', '\x1b[1;38:2::1:2:3mone\x1b[0m\r\n'],
    ['titles and signals', '\x1b]0;work\x07\x1b]7501;state=idle\x1b\\one\r\n'],
    ['modes of keyboard and cursor', '\x1b[?2004h\x1b[?25l\x1b=one\x1b[?25h\r\n'],
  ])('where it draws %s', (_, drawn) => {
    expect(movesIn(drawn)).toBe(0);
    expect(movesIn(...drawn)).toBe(0);
  });

  test.each([
    ['moves the cursor', '\x1b[3A'],
    ['places it', '\x1b[5;1H'],
    ['goes back to the beginning of the line', 'one\rtwo\r\n'],
    ['takes a letter back', 'onf\b \b'],
    ['erases', '\x1b[K'],
    ['scrolls', '\x1bM'],
    ['takes the alternate screen', '\x1b[?1049h'],
    ['has lines not wrap', '\x1b[?7l'],
    ['saves the cursor', '\x1b7'],
    ['draws with a sequence that nobody knows', '\x1b[>4;2m'],
  ])('not where it %s', (_, drawn) => {
    expect(movesIn(...drawn, 'x')).toBeGreaterThan(0);
    expect(movesIn(drawn, 'and goes on\r\n')).toBe(1);
  });

  test('not while a sequence, or the end of a line, has not come to its end', () => {
    expect(movesIn('one\x1b[3')).toBeNull();
    expect(movesIn('one\x1b[3', '1mtwo')).toBe(0);
    expect(movesIn('one\x1b[3', 'Atwo')).toBe(1);
    expect(movesIn('one\r')).toBeNull();
    expect(movesIn('one\r', '\ntwo')).toBe(0);
    expect(movesIn('one\r', 'two')).toBe(1);
  });

  test('not where bytes of it went by unheard', () => {
    const appending = new Appending();
    appending.push(bytes('one\x1b['));
    appending.missed();
    expect(appending.moves).toBe(1);
  });

  test('behind its cursor, where nothing stands behind that', () => {
    const at = (line: string, cursorX: number, ...below: string[]) =>
      isAtEnd(snapshotOf(['one', line, ...below], { cursorX, cursorY: 1 }));
    expect([at('$ ', 2), at('$ ', 2, '', ' '), at('数据', 4)]).toEqual([true, true, true]);
    expect([at('$ ls', 2), at('$ ', 2, 'old'), at('$ ', 2, '', 'old'), at('数据', 2)]).not.toContain(true);
  });
});

test('what stands there is what was written, in that order, wherever the bytes are cut', async () => {
  const word = fc.stringMatching(/^[a-z]{1,9}$/);
  const adds = fc.oneof(
    word,
    fc.constantFrom('\r\n', ' ', '\x1b[1m', '\x1b[0m', '\x1b[?25h', '\x1b]0;title\x07', '<<CONTROLLER_REQUEST_END>>'),
  );
  const moves = fc.constantFrom(
    ...['\r', '\b', '\x1b[2A', '\x1b[1;1H', '\x1b[K', '\x1b[2J', '\x1bM', '\x1b[L', '\x1b7', '\x1b8', '\x1b[?1049h'],
  );
  const drawing = fc.array(fc.oneof({ weight: 12, arbitrary: adds }, { weight: 1, arbitrary: moves }), {
    maxLength: 30,
  });
  let settled = 0;
  await fc.assert(
    fc.asyncProperty(drawing, fc.array(adds, { maxLength: 12 }), fc.nat(400), async (first, second, cut) => {
      const terminal = new headless.Terminal({ cols: 30, rows: 12, allowProposedApi: true });
      const activity = new Activity(0);
      const draw = async (text: string) => {
        activity.received(bytes(text), 0);
        await new Promise<void>((resolve) => terminal.write(text, resolve));
      };
      await draw(first.join(''));
      const before = emulated(terminal, { title: '', at: 0, program: '' });
      const { moves } = activity;
      const written = second.join('').slice(0, cut);
      await draw(written);
      if (moves === null || activity.moves !== moves || !isAtEnd(before)) return;
      // where blanks alone wrapped, the column does not tell how many there are
      if ((before.rows[before.cursorRow]?.text.length ?? 0) > 30) return;
      settled++;
      const shown = (rows: readonly Row[]) =>
        rows
          .map(({ text }) => text.trimEnd())
          .join('\n')
          .trimEnd();
      const above = before.rows.slice(0, before.cursorRow).map(({ text }) => text);
      const line = (before.rows[before.cursorRow]?.text ?? '').trimEnd().padEnd(before.facts.cursorX);
      const plain = written.replace(/\x1b\[[\d?]*[mh]|\x1b\]0;title\x07/g, '');
      const expected = [...above, ...(line + plain).split('\r\n')].map((text) => ({ text }) as Row);
      expect(shown(emulated(terminal, { title: '', at: 0, program: '' }).rows)).toBe(shown(expected));
    }),
    { numRuns: 300 },
  );
  expect(settled).toBeGreaterThan(50);
});
