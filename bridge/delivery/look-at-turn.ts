import { type Attempt, type FreshLook, passedStandsMs } from './attempt.ts';
import { StabilityTimer } from './stability-timer.ts';

const lookEveryMs = 50;

/**
 * A fresh look, and why the turn that this delivery answers has passed; null where it has not, or nothing is certain.
 * What seems to have passed is looked at until it has stood, or is seen not to have.
 */
export async function lookAtTurn(attempt: Attempt): Promise<{ look: FreshLook | null; passed: string | null }> {
  const stands = new StabilityTimer(passedStandsMs);
  for (;;) {
    const look = await attempt.look();
    const passed = look === null ? null : attempt.whyPassed(look);
    if (look === null || passed === null) return { look, passed: null };
    stands.saw('passed', look.snapshot);
    if (stands.isOver) return { look, passed };
    await attempt.drawsWithin(Math.min(lookEveryMs, stands.leftMs(attempt.now)));
  }
}
