import type { Attempt, FreshLook } from './attempt.ts';
import { conditionFor, dialogWordsSeen } from './condition.ts';

/** How long a program may take to end its turn after the key. */
const endLimitMs = 8_000;
const lookEveryMs = 50;

export interface Interrupted {
  /** a fresh look after the key, or the same one where none was pressed */
  readonly look: FreshLook | null;
  /** in words, why the turn still runs, where it does */
  readonly why: string;
}

/**
 * Breaks off the running turn of a program that works, for a text that may not wait: its key, pressed once and never again for
 * this delivery, in one server step with the look that allows it. Not over a dialog, a draft or a person's keys; the guard
 * judges what is on the screen then as for any other text.
 */
export async function interrupt(attempt: Attempt, busy: FreshLook): Promise<Interrupted> {
  const { composerFacts, delivery } = attempt;
  const { interruptKey, agent } = composerFacts;
  const leave = (why: string): Interrupted => ({ look: busy, why });
  if (interruptKey === undefined) return leave(`no key is known that breaks off a turn of ${agent} for certain`);
  if (delivery.interruptedAt !== undefined) return leave('its turn was broken off once already, and it works again');
  if (busy.reading.composer.is !== 'empty') return leave('there is something in its composer');
  if (busy.reading.dialog !== null || dialogWordsSeen(busy, composerFacts) !== null)
    return leave('a dialog may be open');

  const condition = conditionFor(busy, composerFacts, { rests: false });
  await attempt.interrupting();
  attempt.listen();
  if ((await attempt.pressBesides([interruptKey], condition)) === 'held')
    return { look: await attempt.look(), why: 'tmux held the key back: the screen changed just then' };
  return { look: await seenToEnd(attempt), why: 'it was asked to break off, and has not ended its turn' };
}

async function seenToEnd(attempt: Attempt): Promise<FreshLook | null> {
  const endAt = attempt.now + endLimitMs;
  for (;;) {
    const look = await attempt.look();
    if (look === null || attempt.verdictOn(look).pass || attempt.now >= endAt) return look;
    const { state } = look.reading;
    if (state === 'dialog' || state === 'exited') return look;
    await attempt.drawsWithin(Math.min(lookEveryMs, endAt - attempt.now));
  }
}
