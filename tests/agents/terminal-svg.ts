/** Terminal screens as SVG: one still, or a run of them that moves. Pure: rows with SGR escapes in, a document out. */

/** Of one character, px: what the fonts below have at this size. */
const cell = { width: 8.4, height: 18, font: 14 };
const colours = {
  ground: '#16181d',
  bar: '#262a33',
  text: '#d6d9df',
  dim: '#868c98',
  names: ['#3b4048', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d6d9df'],
  bright: ['#6b7280', '#f08a92', '#b1dd92', '#f2d399', '#86c4ff', '#dc9cf0', '#7fd6df', '#ffffff'],
};

export interface TerminalScreen {
  readonly title: string;
  readonly columns: number;
  /** with SGR escapes */
  readonly rows: readonly string[];
}

export interface Frame {
  readonly atMs: number;
  readonly screens: readonly TerminalScreen[];
}

interface Style {
  readonly fg: string | null;
  readonly bg: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly reverse: boolean;
}

/** What stands in one style, from this column on. */
export interface Run {
  readonly text: string;
  readonly column: number;
  readonly columns: number;
  readonly fill: string;
  readonly ground: string | null;
  readonly bold: boolean;
  readonly italic: boolean;
}

interface Span {
  readonly value: string;
  readonly from: number;
  readonly to: number;
  readonly isWhole: boolean;
  readonly isLast: boolean;
}

/** One screen. */
export function still(screen: TerminalScreen): string {
  return moving([{ atMs: 0, screens: [screen] }], 0);
}

/** Between two screens, px. */
const gap = 10;

/**
 * Screens one below the other or side by side, as they change. Without animation the last ones are seen.
 * @param frames the same screens in each, oldest first
 * @param lastMs how long the last frame stays
 */
export function moving(frames: readonly Frame[], lastMs: number, place: 'below' | 'beside' = 'below'): string {
  const last = frames.at(-1)!;
  const wholeMs = last.atMs + lastMs;
  const parts: string[] = [];
  const sizes = last.screens.map(({ columns }, index) => ({
    width: columns * cell.width + 24,
    height: 46 + Math.max(...frames.map(({ screens }) => screens[index]!.rows.length)) * cell.height,
  }));
  const widest = Math.max(...sizes.map(({ width }) => width));
  const highest = Math.max(...sizes.map(({ height }) => height));
  let [left, y] = [0, 0];
  for (const [index, screen] of last.screens.entries()) {
    const [width, height] = place === 'below' ? [widest, sizes[index]!.height] : [sizes[index]!.width, highest];
    if (left > 0) parts.push(`<g transform="translate(${n(left)} 0)">`);
    parts.push(
      `<rect y="${y}" width="${n(width)}" height="${height}" rx="8" fill="${colours.ground}"/>`,
      `<path d="M0 ${y + 8}a8 8 0 0 1 8-8h${n(width - 16)}a8 8 0 0 1 8 8v22H0z" fill="${colours.bar}"/>`,
      `<text x="14" y="${y + 20}" fill="${colours.dim}">${escaped(screen.title)}</text>`,
    );
    for (let row = 0; row < (height - 46) / cell.height; row++) {
      const top = y + 38 + row * cell.height;
      for (const span of spansOf(frames, wholeMs, ({ screens }) => screens[index]!.rows[row] ?? '')) {
        const drawn = drawnRow(span.value, top);
        if (drawn === '') continue;
        parts.push(
          span.isWhole
            ? drawn
            : `<g${span.isLast ? '' : ' visibility="hidden"'}>${drawn}${animated(span, wholeMs)}</g>`,
        );
      }
    }
    if (left > 0) parts.push('</g>');
    if (place === 'below') y += height + gap;
    else left += width + gap;
  }
  const [width, height] = place === 'below' ? [widest, y - gap] : [left - gap, highest];
  const style = `font:${cell.font}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n(width)} ${height}" width="${n(width)}" height="${height}" style='${style}'>${parts.join('')}</svg>\n`;
}

/** How long each value stands: a row is drawn once for as long as it stays the same. */
function spansOf(frames: readonly Frame[], wholeMs: number, rowIn: (frame: Frame) => string): Span[] {
  const spans: Array<{ readonly value: string; readonly from: number }> = [];
  for (const frame of frames) {
    const value = rowIn(frame);
    if (spans.at(-1)?.value === value) continue;
    spans.push({ value, from: frame.atMs });
  }
  return spans.map((span, index) => ({
    ...span,
    to: spans[index + 1]?.from ?? wholeMs,
    isWhole: spans.length === 1,
    isLast: index === spans.length - 1,
  }));
}

function animated({ from, to }: Span, wholeMs: number): string {
  const steps: Array<readonly [at: number, is: string]> = [
    ...(from > 0 ? [[0, 'hidden'] as const] : []),
    [from / wholeMs, 'visible'],
    ...(to < wholeMs ? [[to / wholeMs, 'hidden'] as const] : []),
  ];
  const values = steps.map(([, is]) => is).join(';');
  const at = steps.map(([time]) => Number(time.toFixed(4))).join(';');
  return `<animate attributeName="visibility" values="${values}" keyTimes="${at}" calcMode="discrete" dur="${n(wholeMs / 1000)}s" repeatCount="indefinite"/>`;
}

/** Viewers fold blanks, whatever the style says. */
function unfolded(text: string): string {
  return text.replace(/^ +| +$| {2,}/g, (blanks) => '\u00a0'.repeat(blanks.length));
}

function drawnRow(row: string, top: number): string {
  return runsOf(row)
    .map(({ text, column, columns, fill, ground, bold, italic }) => {
      const x = n(12 + column * cell.width);
      const width = n(columns * cell.width);
      const back =
        ground === null ? '' : `<rect x="${x}" y="${top}" width="${width}" height="${cell.height}" fill="${ground}"/>`;
      if (text.trim() === '') return back;
      const weight = `${bold ? ' font-weight="bold"' : ''}${italic ? ' font-style="italic"' : ''}`;
      return `${back}<text x="${x}" y="${top + 13}" fill="${fill}"${weight} textLength="${width}" lengthAdjust="spacingAndGlyphs">${escaped(unfolded(text))}</text>`;
    })
    .join('');
}

/** The rows of one capture, each whole by itself: tmux goes on with the style in which the row above ended (3.3a). */
export function rowsOf(capture: string): string[] {
  let style = '';
  return capture
    .replace(/\n+$/, '')
    .split('\n')
    .map((row) => {
      const whole = `${style}${row}`;
      style = [...whole.matchAll(/\x1b\[[\d;:]*m/g)].map(([sgr]) => sgr).join('');
      style = style.slice(Math.max(0, style.lastIndexOf('\x1b[0m')));
      return whole;
    });
}

/** @param row with SGR escapes */
export function runsOf(row: string): Run[] {
  const runs: Run[] = [];
  let style = plain;
  let column = 0;
  for (const [, sgr, text] of row.matchAll(/\x1b\[([\d;:]*)m|([^\x1b]+)|\x1b./g)) {
    if (sgr !== undefined) style = styled(style, sgr);
    else if (text !== undefined) {
      runs.push(...words(text, column, shownAs(style)));
      column += widthOf(text);
    }
  }
  return runs;
}

/** What is painted behind them stands under blanks, too; else they are left out: viewers do not agree on several in a row. */
function words(text: string, column: number, shown: ReturnType<typeof shownAs>): Run[] {
  if (shown.ground !== null) return [{ text, column, columns: widthOf(text), ...shown }];
  return [...text.matchAll(/\S+(?: \S+)*/g)].map((part) => ({
    text: part[0],
    column: column + widthOf(text.slice(0, part.index)),
    columns: widthOf(part[0]),
    ...shown,
  }));
}

const plain: Style = { fg: null, bg: null, bold: false, dim: false, italic: false, reverse: false };

function shownAs({ fg, bg, bold, dim, italic, reverse }: Style) {
  const front = fg ?? colours.text;
  const [fill, ground] = reverse ? [bg ?? colours.ground, front] : [dim && fg === null ? colours.dim : front, bg];
  return { fill, ground, bold, italic };
}

function styled(before: Style, sgr: string): Style {
  const codes = sgr.split(/[;:]/).map(Number);
  let style = before;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at]!;
    if (code !== 38 && code !== 48) style = { ...style, ...changes(code) };
    else {
      const isIndexed = codes[at + 1] === 5;
      const colour = isIndexed ? indexed(codes[at + 2]!) : `rgb(${codes.slice(at + 2, at + 5).join(',')})`;
      style = code === 38 ? { ...style, fg: colour } : { ...style, bg: colour };
      at += isIndexed ? 2 : 4;
    }
  }
  return style;
}

function changes(code: number): Partial<Style> {
  const colour = code % 10 < 8 ? code % 10 : null;
  switch (Math.floor(code / 10)) {
    case 3:
      return { fg: colour === null ? null : colours.names[colour]! };
    case 4:
      return { bg: colour === null ? null : colours.names[colour]! };
    case 9:
      return colour === null ? {} : { fg: colours.bright[colour]! };
    case 10:
      return colour === null ? {} : { bg: colours.bright[colour]! };
  }
  return others[code] ?? {};
}

const others: Readonly<Record<number, Partial<Style>>> = {
  0: plain,
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  7: { reverse: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  27: { reverse: false },
};

/** The 256 colours: names, a cube of 6, greys. */
function indexed(code: number): string {
  if (code < 8) return colours.names[code]!;
  if (code < 16) return colours.bright[code - 8]!;
  if (code >= 232) return `rgb(${Array(3).fill(8 + (code - 232) * 10)})`;
  const level = (digit: number) => (digit === 0 ? 0 : 55 + digit * 40);
  const rest = code - 16;
  return `rgb(${[Math.floor(rest / 36), Math.floor(rest / 6) % 6, rest % 6].map(level)})`;
}

function widthOf(text: string): number {
  const wide =
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
  return [...text].reduce((columns, char) => columns + (wide.test(char) ? 2 : 1), 0);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** As short as it can be written. */
function n(number: number): number {
  return Number(number.toFixed(2));
}
