import type { DialogEnd } from '../core/envelope.ts';
import { type Attempt, type FreshLook, passedStandsMs } from './attempt.ts';
import { StabilityTimer } from './stability-timer.ts';

const lookEveryMs = 50;
/** A dialog that is gone must stay gone this long: a frame that is half drawn may lack it. */
const standsMs = 60;

export type Gone = DialogEnd | 'the agent is gone';

/**
 * How the dialog went, once that has stood for a moment; null when it did not go, or the screen does not tell.
 * @param saw is handed each look in which the agent was there
 */
export async function waitUntilClosed(
  attempt: Attempt,
  fingerprint: string,
  limitMs: number,
  saw: (look: FreshLook) => void = () => {},
): Promise<Gone | null> {
  const endAt = attempt.now + limitMs;
  const seen = new StabilityTimer(standsMs);
  // a program that clears its screen may be about to draw the dialog again; qwen 0.24.4 starts anew behind an empty one
  const empty = new StabilityTimer(passedStandsMs);
  for (;;) {
    const look = await attempt.look();
    if (look === null || !attempt.isRecipient(look.snapshot)) return 'the agent is gone';
    saw(look);
    const now = instead(look, fingerprint);
    seen.saw(now, look.snapshot);
    if (now !== null && seen.isOver) return now;
    empty.saw(isEmpty(look) ? 'empty' : null, look.snapshot);
    if (empty.isOver) return 'dialog-closed';
    if (attempt.now >= endAt) return null;
    await attempt.drawsWithin(Math.min(lookEveryMs, seen.leftMs(attempt.now), endAt - attempt.now));
  }
}

/** What the screen shows in the dialog's place; null while it is there, or nothing can be read. */
function instead({ reading }: FreshLook, fingerprint: string): Gone | null {
  if (reading.dialog !== null) return reading.dialog.fingerprint === fingerprint ? null : 'another-dialog-opened';
  // gemini and qwen start anew when a folder has been trusted
  return ['idle', 'busy', 'starting'].includes(reading.state) ? 'dialog-closed' : null;
}

function isEmpty({ snapshot: { rows, firstVisible } }: FreshLook): boolean {
  return rows.slice(firstVisible).every(({ text }) => text.trim() === '');
}
