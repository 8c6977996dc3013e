import { parseAttributes } from '../core/block-protocol.ts';
import { columnsInFrame, columnsOf, withoutFrame } from './frame.ts';

/** Stands in a list of words where lines scrolled by that nobody saw. */
export const unseenLines = '\u0000unseen';

/** A delimited block, clean: borders, indents and list bullets of the TUI undone. */
export interface FoundBlock {
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** both delimiters were seen; only an END whose START scrolled by unseen makes an incomplete block */
  readonly complete: boolean;
  /** lines between the delimiters were never seen */
  readonly truncated: boolean;
  /** indices into the words, of the START and of the END line */
  readonly start: number;
  readonly end: number;
}

/**
 * Request blocks in an agent's words, top to bottom. Tolerant of what TUIs do to text (indents, bullets, the END pulled
 * into the last list item, an underscore eaten as emphasis, a delimiter wrapped over two lines); strict about the rest:
 * START begins a line, END ends one, a new START abandons the old one, a START without END is no block.
 */
export function findRequests(words: readonly string[]): FoundBlock[] {
  return findBlocks(words, 'REQUEST');
}

export function findResponses(words: readonly string[]): FoundBlock[] {
  return findBlocks(words, 'RESPONSE');
}

/** The words from the last START that has no END yet; empty when every block is closed. */
export function openTail(words: readonly string[]): readonly string[] {
  for (let at = words.length - 1; at >= 0; at--) {
    const bare = bareLine(words[at]!);
    if (anyEnd.test(bare)) return [];
    if (anyStart.test(bare)) return words.slice(at);
  }
  return [];
}

const anyStart = /^<<CONTROLLER[_\\\s]*(?:REQUEST|RESPONSE)(?![_\\\s]*END)/;
const anyEnd = /<<CONTROLLER[_\\\s]*(?:REQUEST|RESPONSE)[_\\\s]*END\s*>>/;

type Kind = 'REQUEST' | 'RESPONSE';

function findBlocks(words: readonly string[], kind: Kind): FoundBlock[] {
  const start = new RegExp(`^<<CONTROLLER[_\\\\\\s]*${kind}(?![_\\\\\\s]*END)((?:\\s[^<>]*)?)>>[*_]{0,3}(.*)$`);
  const end = new RegExp(`^(.*?)<<CONTROLLER[_\\\\\\s]*${kind}[_\\\\\\s]*END\\s*>>[*_\`]{0,3}\\s*$`);
  const mention = new RegExp(`CONTROLLER[_\\\\\\s]*${kind}`);
  if (!words.some((line) => line.includes('<C') || line.includes('<<') || /<\s*$/.test(line))) return [];
  const lines = mend(words);
  const found: FoundBlock[] = [];
  let open: { at: number; index: number; attributes: Record<string, string>; rest: string } | null = null;
  let mentioned = false;
  let fencesAbove = 0;
  for (const [index, line] of lines.entries()) {
    const bare = bareLine(line.text);
    const starts = start.exec(bare);
    const isBelowFence = isFence(lines[index - 1]);
    if (isBelowFence) fencesAbove++;
    // a fence may also be the end of a code above
    if (starts && isBelowFence && fencesAbove % 2 === 1) {
      open = null;
      mentioned = true;
      continue;
    }
    if (starts)
      open = {
        at: line.first,
        index,
        attributes: parseAttributes(starts[1] ?? ''),
        rest: (starts[2] ?? '').trimStart(),
      };
    const ends = end.exec(starts ? (starts[2] ?? '') : bare);
    if (ends && open && isFence(lines[open.index - 1]) && isFence(lines[index + 1])) {
      open = null;
    } else if (ends && open) {
      const between = lines.slice(open.index + 1, index).map(({ text }) => text);
      const body = starts
        ? clean([ends[1]!.trimStart()])
        : clean([...between, lastLine(line.text, ends[1]!)], open.rest);
      found.push({
        text: cleanText(body),
        attributes: open.attributes,
        complete: true,
        truncated: between.includes(unseenLines),
        start: open.at,
        end: line.last,
      });
      open = null;
    } else if (ends && !mentioned && ends[1]!.trim() === '') {
      // Nothing above names the delimiter at all: its START has scrolled by. The caller knows whether that can be.
      found.push({
        text: cleanText(clean(lines.slice(0, index).map(({ text }) => text))),
        attributes: {},
        complete: false,
        truncated: true,
        start: 0,
        end: line.last,
      });
    }
    mentioned ||= mention.test(line.text);
  }
  return found;
}

/** A block in a code fence, where a TUI lets fences stand, is documentation. */
const fence = /^(?:```|~~~)/;

function isFence(line: Line | undefined): boolean {
  return line !== undefined && fence.test(withoutFrame(line.text).trim());
}

/** The line without frame, bullet and emphasis. A quote mark or a backtick stays: a quoted delimiter is no delimiter. */
function bareLine(line: string): string {
  return withoutFrame(line)
    .trim()
    .replace(/^(?:[-*+•◦▪‣●○⏺✦·–—]|\d{1,3}[.)])\s+(?=\S)/, '')
    .replace(/^[*_]{1,3}(?=<<)/, '');
}

/** What stands before an END on its line, with the line's own indent. */
function lastLine(line: string, before: string): string {
  if (before.trim() === '') return '';
  const clean = withoutFrame(line);
  return clean.slice(0, clean.lastIndexOf('<<')).trimEnd();
}

interface Line {
  readonly text: string;
  readonly first: number;
  readonly last: number;
}

/** Joins lines between which a delimiter itself was wrapped. At most four pieces. */
function mend(words: readonly string[]): Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < words.length; at++) {
    let text = words[at]!;
    let last = at;
    for (let next = at + 1; next < words.length && next <= at + 3; next++) {
      const joined = joinDelimiter(text, words[next]!);
      if (joined === null) break;
      text = joined;
      last = next;
    }
    // pieces that never became a delimiter are left as they were
    if (last > at && unclosed(text) !== null) {
      text = words[at]!;
      last = at;
    }
    lines.push({ text, first: at, last });
    at = last;
  }
  return lines;
}

const wholeWords = [
  '<<CONTROLLERREQUESTEND>>',
  '<<CONTROLLERRESPONSEEND>>',
  '<<CONTROLLERREQUEST>>',
  '<<CONTROLLERRESPONSE>>',
];
const withAttributes = /^<<CONTROLLER[_\\]*(?:REQUEST|RESPONSE)\s[^<>]{0,400}>?$/;

/** The piece of a delimiter that a line ends in, or null. */
function unclosed(text: string): string | null {
  if (!text.includes('<')) return null;
  const tail = /<{1,2}[^<>]{0,450}>?$/.exec(withoutFrame(text).trimEnd())?.[0];
  if (tail === undefined || tail.endsWith('>>')) return null;
  const letters = compact(tail);
  return withAttributes.test(tail) || wholeWords.some((word) => word.startsWith(letters)) ? tail : null;
}

function joinDelimiter(text: string, following: string): string | null {
  const tail = unclosed(text);
  if (tail === null) return null;
  const next = withoutFrame(following).trim();
  const head = /^[^<]{0,450}?>>/.exec(next)?.[0] ?? next;
  const inWord = wholeWords.some((word) => word.startsWith(compact(tail)));
  const fits = wholeWords.some((word) => word.startsWith(compact(tail + head)));
  if (!fits && !withAttributes.test(`${tail} ${head}`.replace(/>>.*$/, ''))) return null;
  const separator = inWord && fits ? '' : /^[A-Za-z][\w-]*=/.test(next) ? ' ' : '';
  return withoutFrame(text).trimEnd() + separator + next;
}

function compact(text: string): string {
  return text.replace(/[\s_\\]/g, '');
}

/** What stands between the delimiters, without frame and common indent. */
interface Body {
  readonly lines: readonly string[];
  /** columns that a line can use between two bars; null where no bars are seen on both sides */
  readonly width: number | null;
}

/** @param rest what stands on START's own line */
function clean(lines: readonly string[], rest?: string): Body {
  const seen = lines.filter((line) => line !== unseenLines);
  const bare = seen.map((line) => withoutFrame(line).trimEnd());
  const indents = bare.filter((line) => line !== '').map((line) => line.search(/\S/));
  const indent = Math.min(...indents);
  const dedented = bare.map((line) => line.slice(Math.min(indent, Math.max(0, line.search(/\S/)))));
  const widths = new Set(seen.flatMap((line) => columnsInFrame(line) ?? []));
  const [inside] = widths;
  return {
    lines: rest === undefined ? dedented : [rest, ...dedented],
    width: widths.size === 1 ? inside! - indent : null,
  };
}

/** Bullets as dashes, no blank line between two list items, none at either end. */
function cleanText(body: Body): string {
  const dashed = joinHardWrapped(body).map((line) => line.trimEnd().replace(/^(\s*)[•◦▪‣](?=\s)/, '$1-'));
  const isItem = (line: string | undefined) => line !== undefined && /^\s*(?:-|\d{1,3}[.)])\s/.test(line);
  return dashed
    .filter((line, at) => line !== '' || !(isItem(dashed[at - 1]) && isItem(dashed[at + 1])))
    .join('\n')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd();
}

/**
 * A TUI that cuts lines without looking at words shows it: every line that goes on is equally long (one short where the
 * capture trimmed a blank), the last is shorter, and somewhere a word goes on. Between two bars one such line is enough,
 * where it reaches the inner edge; without them two are needed. Lists, tables and code can have lines of one length too:
 * joined they would be spoiled, so in doubt lines stay lines.
 */
function joinHardWrapped({ lines, width }: Body): string[] {
  const lengths = lines.map(columnsOf);
  const full = Math.max(0, ...lengths);
  const goesOn = (at: number) => {
    const next = lines[at + 1];
    if (next === undefined || lines[at]!.trim() === '' || next.trim() === '') return false;
    if (/^\s*(?:[-*+•◦▪‣]|\d{1,3}[.)])\s/.test(next)) return false;
    const deeper = next.search(/\S/) - lines[at]!.search(/\S/);
    return deeper === 0 || deeper === 1;
  };
  const continued = lines.flatMap((_, at) => (goesOn(at) ? [at] : []));
  const ends = continued.filter((at) => !goesOn(at + 1)).map((at) => lengths[at + 1]!);
  const beginnings = new Set(continued.map((at) => lines[at]!.trimStart().slice(0, 3)));
  const cutsWord = (at: number) =>
    lengths[at] === full && /\p{L}$/u.test(lines[at]!) && /^\s*\p{Ll}/u.test(lines[at + 1]!);
  const isHard =
    full >= 20 &&
    continued.length >= (full === width ? 1 : 2) &&
    beginnings.size === continued.length &&
    continued.every((at) => lengths[at]! >= full - 1) &&
    ends.every((length) => length < full - 1) &&
    continued.some(cutsWord);
  if (!isHard) return [...lines];
  const joined: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (at === 0 || !goesOn(at - 1)) joined.push(line);
    else {
      const isBlankBetween = lengths[at - 1] !== full || line.search(/\S/) > lines[at - 1]!.search(/\S/);
      joined[joined.length - 1] += (isBlankBetween ? ' ' : '') + line.trimStart();
    }
  }
  return joined;
}
