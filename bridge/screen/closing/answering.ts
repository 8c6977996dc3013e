import { type Row, rows } from './row.ts';

/**
 * What a sentence below a question does with it.
 *
 *   acts      the agent has answered it by what it did: "…, so I kept it."
 *   answers   it answers: "Yes, it is."
 *   ignores   it does not know the answer either, or says what hangs on it: "Nothing refers to it."
 */
export type Answering = 'acts' | 'answers' | 'ignores';

export const answeringRows: readonly Row<Answering>[] = [
  ...rows('acts', {
    'so-i': {
      pattern: /\bso i(?:'ve)? (?:\w{3,}ed|made|kept|left|took|went)\b/,
      like: 'the spec says yes, so i kept it.',
      unlike: 'it differs, so i need your word.',
    },
  }),
  ...rows('answers', {
    answer: {
      pattern:
        /^(?:(?:well|so),? )?(?:yes|no(?! (?:rush|hurry))|a:|because|let me(?! know)|probably|hardly|not really)(?!\p{L})/u,
      like: 'no, it is free.',
      unlike: 'no rush.',
    },
    'it-does': {
      pattern:
        /^(?:it|that) (?:is|does|did|was|doesn't|didn't|isn't)[.,;:]|^i (?:don't think|decided|looked|measured)\b/,
      like: 'it does, under load.',
      unlike: 'it is written in one place, read in none.',
    },
  }),
  ...rows('ignores', {
    unknown: {
      pattern: /\b(?:nothing|none|neither|nobody|never|doesn't|don't|isn't|can't|give no|placeholder|has to|must)\b/,
      like: 'nothing in the tree refers to it.',
      unlike: 'it is set in the loader.',
    },
  }),
];
