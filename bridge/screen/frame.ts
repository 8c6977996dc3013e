import { withoutEnd } from '../core/ends.ts';

const vertical = '│┃║▌▍▎▏▐▕┆┊╎╏┇┋';
const leading = new RegExp(`^\\s*(?:[${vertical}]\\s?)+`);
const trailing = new RegExp(`[${vertical}█░▒▓▲▼]`);

/**
 * One line without the frame a TUI drew around it: vertical bars, gutters and scroll bars. An ASCII bar counts only
 * when it stands at both ends, because tables and shell pipelines use it too.
 */
export function withoutFrame(line: string): string {
  const bars = /^\s*\|\s(.*)\s\|\s*$/.exec(line);
  if (bars && !bars[1]!.includes('|')) return bars[1]!.trimEnd();
  const inner = line.replace(leading, '');
  return inner === line && !/\s{2}[█░▒▓▐▕▲▼│┃║]$/.test(line.trimEnd()) ? line : withoutTrailingBars(inner);
}

function withoutTrailingBars(line: string): string {
  const text = line.trimEnd();
  const inner = withoutEnd(text, trailing);
  return inner === text ? line : inner.trimEnd();
}

/** A line that only draws: part of a box, a rule. Blank lines are not. */
export function isRule(line: string): boolean {
  return /^[\s─━═╌┄╍┅╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝╠╣+▄▀▁▔_-]{3,}$/.test(line) && /[─━═╌┄╍┅▄▀▁▔]|[-_]{3}/.test(line);
}

/** Lines of a program's words: frames and rules taken off, what was wrapped joined; `width` is what an unframed line could use. */
export function cleanLines(lines: readonly string[], width: number): string[] {
  const cleaned: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const isFramed = framed.test(lines[at]!);
    let end = at;
    while (end < lines.length && framed.test(lines[end]!) === isFramed) end++;
    const group = lines.slice(at, end);
    const inner = isFramed ? Math.max(...group.map((line) => columnsOf(frameInside(line)))) : width;
    cleaned.push(...rejoin(group.filter((line) => !isFramed || !isRule(line)).map(withoutFrame), inner));
    at = end;
  }
  return cleaned;
}

const framed = /^\s*[│┃║╭╰┌└├╔╚].*[│┃║╮╯┐┘┤╗╝]\s*$/;

/** What stands between the two bars of a framed line, with the blanks the frame keeps free. */
function frameInside(line: string): string {
  return /^\s*[│┃║]\s?(.*?)\s?[│┃║]\s*$/.exec(line)?.[1] ?? '';
}

/** Columns between the two bars of a framed line, without the blank that the frame keeps free on each side; null without both bars. */
export function columnsInFrame(line: string): number | null {
  const inside = /^\s*(?:[│┃║](.*)[│┃║]|\|( .* )\|)\s*$/.exec(line);
  if (inside === null) return null;
  const columns = columnsOf(inside[1] ?? inside[2]!);
  const isPadded = inside[1] === undefined || inside[1].startsWith(' ');
  return isPadded ? columns - 2 : columns;
}

/**
 * Joins what the TUI itself wrapped, where that can be known: the line is so full that the next line's first word did
 * not fit, and the next line goes on at the same indent. A word broken at the very edge is joined without a space.
 * @param width columns that the text could use
 */
export function rejoin(lines: readonly string[], width: number): string[] {
  const paragraphs: Paragraph[] = [];
  let lastLength = 0;
  for (const line of lines) {
    const before = paragraphs.at(-1);
    if (before !== undefined && wraps(before, lastLength, line, width)) {
      const word = line.trimStart();
      const isBroken = lastLength >= width - 1 && !/\s/.test(before.end.slice(-lastLength).trim());
      const more = (isBroken ? '' : ' ') + word;
      before.pieces.push(more);
      before.end = (before.end + more).slice(-Math.max(leastEnd, 2 * line.length));
    } else {
      paragraphs.push({ pieces: [line], end: line });
    }
    lastLength = columnsOf(line);
  }
  return paragraphs.map(({ pieces }) => pieces.join(''));
}

/** Lines that are one. In pieces, with what is asked of its end: a long paragraph is not copied for each of its lines. */
interface Paragraph {
  /** the first one with its indent and its list mark */
  readonly pieces: string[];
  end: string;
}

/** More than any line of a terminal. */
const leastEnd = 1_000;

function wraps({ pieces, end }: Paragraph, lastLength: number, line: string, width: number): boolean {
  const word = /^\s*(\S+)/.exec(line)?.[1];
  const first = pieces[0]!;
  if (word === undefined || first.trim() === '' || lastLength < width * 0.6) return false;
  if (/^\s*(?:[-*+•◦▪‣#>]|\d{1,3}[.)])\s/.test(line) || /^\s*<</.test(line) || end.trimEnd().endsWith('>>'))
    return false;
  const indent = line.search(/\S/);
  const item = /^(\s*(?:[-*+•◦▪‣]|\d{1,3}[.)])\s+)/.exec(first)?.[1];
  if (indent !== first.search(/\S/) && indent !== item?.length) return false;
  return lastLength + 1 + columnsOf(word) > width - 2;
}

export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfCharacter(character);
  return columns;
}

/** The index in `text` of the character at a column, as far as the text goes. */
export function indexOfColumn(text: string, column: number): number {
  let at = 0;
  let columns = 0;
  for (const character of text) {
    if (columns >= column) break;
    columns += columnsOfCharacter(character);
    at += character.length;
  }
  return at;
}

function columnsOfCharacter(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) return 0;
  // the few emoji of old, as ✨
  const isEmoji = code <= 0xffff && /^\p{Emoji_Presentation}$/u.test(character);
  const isWide =
    isEmoji ||
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return isWide ? 2 : 1;
}
