import { deliver, type Outcome } from './deliver.ts';
import { lockIn } from './files.ts';
import type { Letter } from './letter.ts';
import type { Place, Recipient } from './place.ts';

export type Rung = Outcome | { readonly is: 'COVERED'; readonly why: '' };

/** Who tidies up after killed holders has a lock for less than a millisecond, and rings nobody; whoever rings has it for longer. */
const noRingerMs = 100;

/**
 * Rings for what was just added to a thread. Whoever is about to ring the same agent for the same thread rings for that, too: an
 * agent that many write to at once is rung for all of it, and not so often.
 * @param path of the thread
 */
export async function ring(agent: Recipient, letter: Letter, path: string, place: Place): Promise<Rung> {
  const { threads } = place.paths;
  const key = `${path}|${agent.session}`;
  const next = await lockIn(threads, `${key}|next`, { limitMs: noRingerMs });
  if (next === null) return { is: 'COVERED', why: '' };
  const now = await lockIn(threads, `${key}|now`);
  // what is added from here on is not in the bell that rings now
  next.release();
  if (now === null) return { is: 'INJECT_FAIL', why: `others are ringing ${agent.name}` };
  try {
    return await deliver(agent, letter, place);
  } finally {
    now.release();
  }
}
