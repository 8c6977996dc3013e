import type { Passage } from './passages.ts';

/** One sentence of the agent; a code block and a quotation are one each, and say nothing. */
export interface Sentence {
  /** as it was written */
  readonly text: string;
  /** what the rows look at: lower case, neither code nor quotation nor address in it, and a question ends in `?` */
  readonly bare: string;
  /** which passage it stands in, counted from the top */
  readonly passage: number;
  readonly kind: Passage['kind'];
}

/** Of a longer sentence so many characters at either end are judged. */
const longestEnd = 350;

/** Terminator, closing marks; a run of dots is tried from its first one only. A dot before a small letter abbreviates. */
const terminator = /(?<![.!?…])(?!\.\s+\p{Ll})[.!?…]+[)"'”’»*_\]]*(?=\s|$)|(?<![。？！])[。？！]+[」』）)]*/gu;

export function sentencesOf(passages: readonly Passage[]): Sentence[] {
  return passages.flatMap(({ kind, text }, passage): Sentence[] => {
    if (kind === 'code' || kind === 'quote') return [{ passage, kind, text, bare: '' }];
    const masked = mask(text);
    const ends = [...masked.matchAll(terminator)].map(({ index, 0: mark }) => index + mark.length);
    return [0, ...ends]
      .map((from, at) => [text.slice(from, ends[at]).trim(), plain(masked.slice(from, ends[at]))] as const)
      .filter(([, bare]) => /[\p{L}\p{N}?]/u.test(bare))
      .map(([said, bare]) => ({ passage, kind, text: said, bare }));
  });
}

/** What is not the agent speaking becomes letters of the same length, so that positions stay. */
function mask(text: string): string {
  return text
    .replace(/`[^`]{1,400}`/g, blot)
    .replace(headOfMessage, blot)
    .replace(placeholder, 'Q')
    .replace(/"[^"]{1,300}"|“[^”]{1,300}”|„[^“”]{1,300}[“”]|«[^»]{1,300}»|「[^」]{1,300}」|『[^』]{1,300}』/g, blot)
    .replace(/(?<=^|[\s(])'[^'\s](?:[^']{0,200}[^'\s])?'(?=$|[\s.,;:!?)])/g, blot);
}

/** A name in it that is only claimed has a question mark: `[lead? -> coder #a3f2]`, `a message from lead? says`. */
const headOfMessage =
  /\[(?:[^\][]{1,200} -> |tmux-bridge )[^\][]{1,200}\]|\b(?:message|mail|note|reply) from [\w./-]{1,64}\?(?=[,:)]|\s+\p{Ll})/gu;

/** Of SQL: `WHERE id = ?`. */
const placeholder = /(?<=[=(<>,]\s?|\b(?:LIKE|IN|LIMIT|OFFSET|BETWEEN)\s)\?(?![\w?])/g;

/** A capital, so that a dot before it ends a sentence; `plain` makes it small. */
function blot(text: string): string {
  return 'Q'.repeat(text.length);
}

function plain(text: string): string {
  const isLong = text.length > 2 * longestEnd;
  return (isLong ? `${text.slice(0, longestEnd)} … ${text.slice(-longestEnd)}` : text)
    .toLowerCase()
    .replace(/\ufe0f/g, '')
    .replace(/[’‘]/g, "'")
    .replace(/\s+/g, ' ')
    .replace(/？/g, '?')
    .replace(/^[\s_*(¿\p{Extended_Pictographic}—–-]+/u, '')
    .replace(/\?[?!\s"'”’»」)\]*_\p{Extended_Pictographic}]*$/u, '?')
    .trim();
}
