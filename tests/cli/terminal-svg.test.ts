import { expect, test } from 'vitest';
import { moving, rowsOf, runsOf, still } from '../agents/terminal-svg.ts';

test('words stand where the terminal had them, in its colours, and what is behind them is painted', () => {
  const shown = runsOf('\x1b[1mone\x1b[0m  two \x1b[38;5;196mred\x1b[39m \x1b[48;2;1;2;3m  \x1b[0m日本 end   ');
  expect(shown.map(({ text, column, columns }) => [text, column, columns])).toEqual([
    ['one', 0, 3],
    ['two', 5, 3],
    ['red', 9, 3],
    ['  ', 13, 2],
    ['日本 end', 15, 8],
  ]);
  expect(shown.map(({ bold }) => bold)).toEqual([true, false, false, false, false]);
  expect([shown[2]!.fill, shown[3]!.ground]).toEqual(['rgb(255,0,0)', 'rgb(1,2,3)']);
});

test('what stays the same is drawn once; what changes is shown for its time, and the end where nothing moves', () => {
  const frame = (atMs: number, row: string) => ({
    atMs,
    screens: [{ title: 'a <b>', columns: 10, rows: ['same', row] }],
  });
  const svg = moving([frame(0, 'first'), frame(250, 'second'), frame(500, '')], 500);
  expect(svg.match(/>same</g)).toHaveLength(1);
  expect(svg).toContain('a &lt;b&gt;');
  expect(svg).toMatch(
    /<g visibility="hidden"><text[^>]*>first<\/text><animate [^>]*values="visible;hidden" keyTimes="0;0.25"/,
  );
  expect(svg).toMatch(
    />second<\/text><animate [^>]*values="hidden;visible;hidden" keyTimes="0;0.25;0.5" [^>]*dur="1s"/,
  );
  expect(still({ title: 't', columns: 4, rows: ['x'] })).not.toContain('animate');
});

test('a row of a capture is in the style in which the row above ended', () => {
  const [, second, third] = rowsOf('\x1b[31mone\ntwo\x1b[0m\nthree\n\n').map((row) => runsOf(row));
  expect([second![0]!.fill, third![0]!.fill].map((fill) => fill === second![0]!.fill)).toEqual([true, false]);
});

test('blanks of a highlighted row stay: viewers fold those that follow one another', () => {
  const svg = still({ title: 't', columns: 20, rows: ['\x1b[7m> a   b \x1b[0m'] });
  expect(svg).toContain('&gt; a\u00a0\u00a0\u00a0b\u00a0</text>');
});
