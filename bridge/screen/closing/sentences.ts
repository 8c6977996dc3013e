import { withoutEnd } from '../../core/ends.ts';
import type { Passage } from './passages.ts';

/** One sentence of the agent. */
export interface Sentence {
  /** as it was written */
  readonly text: string;
  /** lower case, one kind of apostrophe, and neither code nor quotation nor address in it: what the rules look at */
  readonly bare: string;
  /** ends with a question mark of its own */
  readonly asks: boolean;
  /** it has a question mark that belongs to code, a quotation or an address */
  readonly quotes: boolean;
  readonly rows: readonly number[];
  readonly passage: number;
  readonly kind: Passage['kind'];
  readonly list: number;
  readonly isCounted: boolean;
}

/** Longer sentences are judged by their two ends. */
const sentenceLimit = 700;

export function sentencesOf(passages: readonly Passage[]): Sentence[] {
  return passages.flatMap((passage, at) => split(passage, at));
}

function split(passage: Passage, at: number): Sentence[] {
  const shared = { passage: at, kind: passage.kind, list: passage.list, isCounted: passage.isCounted };
  const rows = passage.pieces.map(({ row }) => row);
  if (passage.kind === 'code' || passage.kind === 'table' || passage.kind === 'quote') {
    const text = passage.pieces.map((piece) => piece.text).join('\n');
    return [{ ...shared, text, bare: '', asks: false, quotes: /[?？]/.test(text), rows }];
  }
  const { text, starts } = join(passage);
  const masked = mask(text);
  const cuts = [...endings(masked), masked.length];
  let from = 0;
  return cuts.flatMap((to) => {
    const span = [from, to] as const;
    from = to;
    const said = text.slice(...span).trim();
    if (!/[\p{L}\p{N}?？]/u.test(said)) return [];
    const bare = plain(masked.slice(...span));
    const asks = /[?？]/.test(/[?？!！.。…\s"'”’»」)\]*_\p{Extended_Pictographic}]+$/u.exec(bare)?.[0] ?? '');
    const within = rows.filter((_, piece) => starts[piece]! < to && (starts[piece + 1] ?? text.length + 1) > span[0]);
    return [{ ...shared, text: said, bare, asks, quotes: !asks && /[?？]/.test(said), rows: within }];
  });
}

/** Joins wrapped rows with a blank, except between two characters of a script that has none. */
function join({ pieces }: Passage): { text: string; starts: number[] } {
  const starts: number[] = [];
  let text = '';
  for (const piece of pieces) {
    const next = piece.text.trim();
    const isTight =
      /[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]/.test(text.at(-1) ?? '') &&
      /^[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]/.test(next);
    if (text !== '' && !isTight) text += ' ';
    starts.push(text.length);
    text += next;
  }
  return { text, starts };
}

/** What is not the agent speaking becomes letters of the same length, so that positions stay. */
function mask(text: string): string {
  return text
    .replace(/`[^`]{1,400}`/g, blot)
    .replace(/\b(?:https?|ssh|git|file|postgres):\/\/[^\s)>\]]+/g, (address) => {
      const bare = withoutEnd(address, /[.,;:!?]/);
      return blot(bare) + address.slice(bare.length);
    })
    .replace(/(?<=[=(<>,]\s?|\b(?:LIKE|IN|LIMIT|OFFSET|BETWEEN)\s)\?(?![\w?])/g, 'q')
    .replace(/"[^"]{1,300}"|“[^”]{1,300}”|„[^“”]{1,300}[“”]|«[^»]{1,300}»|「[^」]{1,300}」|『[^』]{1,300}』/g, blot)
    .replace(/(?<=^|[\s(])'[^'\s](?:[^']{0,200}[^'\s])?'(?=$|[\s.,;:!?)])/g, blot);
}

function blot(text: string): string {
  const first = text[0]!;
  return text.length < 3 ? 'q'.repeat(text.length) : `${first}${'q'.repeat(text.length - 2)}${text.at(-1)}`;
}

/** Where sentences end: after the terminator, its closing marks and emoji. */
function* endings(text: string): Generator<number> {
  // a run of dots is tried from its first one only
  const terminator =
    /(?<![.!?…])[.!?…]+[)"'”’»*_\]]*(?=\s|$)|(?<![。？！])[。？！]+[」』）)]*|;\s(?=\p{Ll}+ (?:you|me|i)\b)/gu;
  for (const match of text.matchAll(terminator)) {
    const end = match.index + match[0].length;
    const before = text.slice(Math.max(0, match.index - 12), match.index);
    const after = text.slice(end, end + 3).trimStart();
    if (end >= text.length) return;
    const isDot = /^\./.test(match[0]);
    if (isDot && /^\p{Ll}/u.test(after)) continue;
    if (
      isDot &&
      /(?:^|[\s(])(?:\d{1,2}|[A-Ha-h]|e\.g|i\.e|vs|etc|cf|approx|no|z\.b|bzw|ca|sr|dr|p\.ej|p\. ej)$/i.test(before) &&
      match[0] === '.'
    )
      continue;
    // `a ? b : c` and `a ?? b`; French puts a blank before its mark, and a capital or nothing after it
    if (/^\?/.test(match[0]) && /\s$/.test(before) && /^[^\p{Lu}\p{Extended_Pictographic}(\d-]/u.test(after)) continue;
    yield end;
  }
}

function plain(text: string): string {
  const short =
    text.length > sentenceLimit ? `${text.slice(0, sentenceLimit / 2)} … ${text.slice(-sentenceLimit / 2)}` : text;
  return short
    .toLowerCase()
    .replace(/\ufe0f/g, '')
    .replace(/[’‘]/g, "'")
    .replace(/\s+/g, ' ')
    .replace(/^[\s_*(\p{Extended_Pictographic}—–-]+/u, '')
    .trim();
}
