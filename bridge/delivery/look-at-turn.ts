import { type FreshLook, type Passage, passedStandsMs } from './attempt.ts';
import { Rest } from './stability-timer.ts';

const lookEveryMs = 50;

/**
 * A fresh look, and why the turn that this delivery answers has passed; null where it has not, or nothing is certain.
 * What seems to have passed is looked at until it has stood, or is seen not to have.
 */
export async function lookAtTurn(passage: Passage): Promise<{ look: FreshLook | null; passed: string | null }> {
  const stands = new Rest(passedStandsMs);
  for (;;) {
    const look = await passage.look();
    const passed = look === null ? null : passage.whyPassed(look);
    if (look === null || passed === null) return { look, passed: null };
    stands.saw('passed', look.snapshot);
    if (stands.isOver) return { look, passed };
    await passage.drawsWithin(Math.min(lookEveryMs, stands.leftMs(passage.now)));
  }
}
