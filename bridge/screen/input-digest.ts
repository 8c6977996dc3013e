import { createHash } from 'node:crypto';

/**
 * Tells equal inputs from others without keeping a word of them: what an agent reports as its input against what was
 * typed. Blanks and what has no width do not count, since agents trim.
 */
export function inputDigest(text: string): string {
  const bare = text.normalize('NFC').replace(/[\s\p{Cf}]+/gu, '');
  return createHash('sha256').update(bare).digest('hex').slice(0, 32);
}
