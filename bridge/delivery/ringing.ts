import type { Passage } from './passage.ts';

/** True when the pane drew something: the ring came before its limit. Timers may be a millisecond early. */
export async function rangWithin(passage: Passage, limitMs: number): Promise<boolean> {
  const waitMs = Math.max(1, limitMs);
  const askedAt = passage.now;
  await passage.parts.hands.nextRing(passage.paneId, waitMs);
  return passage.now - askedAt + 2 < waitMs;
}
