import type { Progress } from './completions.ts';
import type { Wish } from './questions.ts';
import type { Sentence } from './sentences.ts';

/** A sentence, judged by itself. */
export type Said = Sentence & { readonly wish: Wish; readonly progress: Progress };

export function isWish({ is }: Wish): boolean {
  return is === 'ask' || is === 'open' || is === 'soft';
}
