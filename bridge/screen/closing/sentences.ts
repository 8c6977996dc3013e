import type { Passage } from './passages.ts';

/** One sentence of the agent; a code block and a quotation are one each, and say nothing. */
export interface Sentence {
  /** as it was written */
  readonly text: string;
  /** what the rows look at: lower case, neither code nor quotation nor address in it, and a question ends in `?` */
  readonly bare: string;
  /** a question mark stands in its code, its quotation or its address */
  readonly quotes: boolean;
  /** indices into the words */
  readonly rows: readonly number[];
  /** which passage it stands in, counted from the top */
  readonly passage: number;
  readonly kind: Passage['kind'];
  readonly list: number;
}

/** Longer sentences are judged by their two ends. */
const sentenceLimit = 700;

export function sentencesOf(passages: readonly Passage[]): Sentence[] {
  return passages.flatMap(split);
}

function split(passage: Passage, at: number): Sentence[] {
  const { kind, list, pieces } = passage;
  const shared = { passage: at, kind, list };
  if (kind === 'code' || kind === 'quote') {
    const text = pieces.map((piece) => piece.text).join('\n');
    return [{ ...shared, text, bare: '', quotes: /[?？]/.test(text), rows: pieces.map(({ row }) => row) }];
  }
  const { text, starts } = joined(pieces);
  const masked = mask(text);
  const sentences: Sentence[] = [];
  let from = 0;
  for (const to of [...endings(masked, text), masked.length]) {
    const said = text.slice(from, to).trim();
    const bare = plain(masked.slice(from, to));
    const rows = pieces.filter((_, piece) => starts[piece]! < to && (starts[piece + 1] ?? text.length + 1) > from);
    if (/[\p{L}\p{N}?]/u.test(bare)) {
      const quotes = !bare.endsWith('?') && /[?？]/.test(said);
      sentences.push({ ...shared, text: said, bare, quotes, rows: rows.map(({ row }) => row) });
    }
    from = to;
  }
  return sentences;
}

/** Joins wrapped rows with a blank, except between two characters of a script that has none. */
function joined(pieces: Passage['pieces']): { text: string; starts: number[] } {
  const starts: number[] = [];
  let text = '';
  for (const piece of pieces) {
    const isTight = wide.test(text.at(-1) ?? '') && wide.test(piece.text[0] ?? '');
    if (text !== '' && !isTight) text += ' ';
    starts.push(text.length);
    text += piece.text;
  }
  return { text, starts };
}

const wide = /[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]/;

/** What is not the agent speaking becomes letters of the same length, so that positions stay. */
function mask(text: string): string {
  return text
    .replace(/`[^`]{1,400}`/g, blot)
    .replace(headOfMessage, blot)
    .replace(/(?<=[=(<>,]\s?|\b(?:LIKE|IN|LIMIT|OFFSET|BETWEEN)\s)\?(?![\w?])/g, 'q')
    .replace(/"[^"]{1,300}"|“[^”]{1,300}”|„[^“”]{1,300}[“”]|«[^»]{1,300}»|「[^」]{1,300}」|『[^』]{1,300}』/g, blot)
    .replace(/(?<=^|[\s(])'[^'\s](?:[^']{0,200}[^'\s])?'(?=$|[\s.,;:!?)])/g, blot);
}

/** A name in it that is only claimed has a question mark: `[lead? -> coder #a3f2]`, `a message from lead? says`. */
const headOfMessage =
  /\[(?:[^\][]{1,200} -> |tmux-bridge )[^\][]{1,200}\]|\b(?:message|mail|note|reply) from [\w./-]{1,64}\?(?=[,:)]|\s+\p{Ll})/gu;

function blot(text: string): string {
  return 'q'.repeat(text.length);
}

/** Where sentences end: after the terminator, its closing marks and emoji. */
function* endings(masked: string, text: string): Generator<number> {
  // a run of dots is tried from its first one only
  const terminator = /(?<![.!?…])[.!?…]+[)"'”’»*_\]]*(?=\s|$)|(?<![。？！])[。？！]+[」』）)]*/gu;
  for (const { index, 0: mark } of masked.matchAll(terminator)) {
    const end = index + mark.length;
    const isAbbreviation = mark === '.' && /^\s*\p{Ll}/u.test(text.slice(end, end + 3));
    if (!isAbbreviation) yield end;
  }
}

function plain(text: string): string {
  const half = sentenceLimit / 2;
  const short = text.length > sentenceLimit ? `${text.slice(0, half)} … ${text.slice(-half)}` : text;
  return short
    .toLowerCase()
    .replace(/\ufe0f/g, '')
    .replace(/[’‘]/g, "'")
    .replace(/\s+/g, ' ')
    .replace(/？/g, '?')
    .replace(/^[\s_*(¿\p{Extended_Pictographic}—–-]+/u, '')
    .replace(/\?[?!\s"'”’»」)\]*_\p{Extended_Pictographic}]*$/u, '?')
    .trim();
}
