import type { Delivery } from '../core/envelope.ts';
import { type Attempt, agentSaysSo, type FreshLook } from './attempt.ts';
import { awaitText, withoutEnter } from './await-echo.ts';
import { conditionFor, rowsShowing } from './condition.ts';
import { beganToWork, composerHolds, hasPromptAgain, isWhole, type Look, sameScreen, submitted } from './evidence.ts';
import { executes } from './guard.ts';
import { StabilityTimer } from './stability-timer.ts';

/** How long after Enter a transition may take to be seen. */
const submitLimitMs = 5_000;
/**
 * What nothing speaks against may still be on its way: in its first turn opencode 1.18.33 showed nothing of a text for 9 s,
 * and on a loaded machine continue 1.5.47 took 11 s to read Enter after 10,000 characters.
 */
const underWayLimitMs = 20_000;
/** After an Enter that moved nothing, the next one waits longer each time. */
const rescuePausesMs = [700, 1_500, 3_000] as const;
const lookEveryMs = 50;
/** A transition without an echo must stand this long: a frame that is half drawn may show an empty composer. */
export const standsMs = 30;
/** A program that ends after its last line was drawn is not in the foreground any more after this time. */
const endsWithinMs = 600;

/**
 * What came of it: `held` says positively that nothing was submitted; `blind`, that nobody saw in that very step whether
 * the text still stood in the composer.
 */
export type Pressed = 'done' | 'blind' | 'held';

export interface Submitter {
  press(look: FreshLook): Promise<Pressed>;
  /** further Enters allowed */
  readonly rescues: number;
}

/**
 * One Enter for a text that rests in the composer, and what came of it. Where tmux holds it back, it is tried again only
 * after the composer has been seen to rest anew.
 * @param before a look from before the paste; null where a bridge took over from one that died
 */
export async function submit(
  attempt: Attempt,
  { before, ready }: { readonly before: Look | null; readonly ready: FreshLook },
  text: string,
  by: Submitter = { press: (look) => pressEnter(attempt, look, text), rescues: attempt.composerFacts.rescueEnters },
): Promise<Delivery> {
  const endAt = attempt.now + submitLimitMs;
  await attempt.submitting();
  let look = ready;
  let pressedAt = attempt.now;
  attempt.listen();
  let pressed = await by.press(look);
  while (pressed === 'held') {
    if (attempt.now >= endAt)
      return attempt.leave(
        'tmux held Enter back: copy mode, a cursor that does not rest, or the title or words of a dialog',
      );
    const shown = await awaitText(attempt, look, text, endAt);
    if (shown.is !== 'ready') return withoutEnter(attempt, shown, text);
    look = shown.look;
    pressedAt = attempt.now;
    attempt.listen();
    pressed = await by.press(look);
  }
  return confirm(attempt, { before, ready: look }, text, { by, pressedAt, stood: pressed === 'done' });
}

async function pressEnter(attempt: Attempt, look: FreshLook, text: string): Promise<Pressed> {
  const { composerFacts } = attempt;
  const ours = rowsShowing(look, text, composerFacts);
  const condition = conditionFor(look, composerFacts, { rests: true, ours });
  const done = await attempt.press(composerFacts.submitKey, condition);
  return done === 'done' && ours.length === 0 ? 'blind' : done;
}

/**
 * Waits for the transition that is the receipt. Where nothing at all moved since an Enter and the text still stands
 * there, that Enter was lost: the agent program may allow another. At the limit the composer tells how it ended, if it can.
 * @param pressedAt from before tmux was told: on a busy machine its answer takes a while, and a person may type meanwhile
 */
async function confirm(
  attempt: Attempt,
  { before, ready }: { readonly before: Look | null; readonly ready: Look },
  text: string,
  { by, pressedAt, stood }: { readonly by: Submitter; readonly pressedAt: number; readonly stood: boolean },
): Promise<Delivery> {
  let allStood = stood;
  let enterAt = attempt.now;
  const rescues = new Rescues(by.rescues, enterAt);
  let endAt = enterAt + submitLimitMs;
  let moved = false;
  let standing = 0;
  let worked = false;
  const transition = new StabilityTimer(standsMs);
  const mayEnd = new StabilityTimer(endsWithinMs);
  let rest = transition;
  for (;;) {
    const waitMs = Math.min(lookEveryMs, rest.leftMs(attempt.now), endAt - attempt.now);
    moved = (await attempt.drawsWithin(waitMs)) || moved;
    const look = await attempt.look();
    if (look === null) return attempt.doubt('the pane is gone after Enter');
    if (!attempt.isRecipient(look.snapshot)) return attempt.doubt('another program runs in the pane after Enter');

    const human = attempt.humanSince(pressedAt, look);
    worked ||= beganToWork(ready, look);
    const moment = { before, ready, isOurs: allStood && !human, worked };
    const evidence = submitted(moment, look, text, attempt.composerFacts);
    const echoed = evidence === 'composer-emptied-and-echoed';
    const { snapshot, reading } = look;
    // what is drawn from above has all been drawn where the composer is
    const isDrawn = snapshot.facts.alternateScreen && reading.composer.is !== 'absent';
    if (echoed && isDrawn) return attempt.acknowledge(evidence, look, text);
    if (agentTookIt(attempt, look, text, pressedAt)) return attempt.acknowledge(agentSaysSo, look, text);
    // a person's own Enter, after words of their own, would look the same as ours
    const seen = human && !echoed ? null : evidence;
    const mayHaveEnded = !executes(ready.snapshot) && !hasPromptAgain(ready, look, text);
    transition.saw(seen, snapshot);
    mayEnd.saw(mayHaveEnded ? seen : null, snapshot);
    rest = mayHaveEnded ? mayEnd : transition;
    if (seen !== null && rest.isOver) return attempt.acknowledge(seen, look, text);

    const holding = composerHolds(look.reading, look.snapshot, text, attempt.composerFacts);
    const exactly = isWhole(holding);
    standing = exactly || holding === 'more' ? standing + 1 : 0;
    moved ||= !sameScreen(ready.snapshot, look.snapshot);
    const lost = exactly && standing >= 2 && !moved && !human && attempt.obstacle(look) === null;
    if (lost && rescues.isDue(attempt.now)) {
      await attempt.submitting('delivery-enter-repeated');
      const again = await by.press(look);
      if (again === 'held') rescues.stop();
      else rescues.used(attempt.now);
      allStood &&= again !== 'blind';
      enterAt = attempt.now;
      endAt = enterAt + submitLimitMs;
      standing = 0;
    } else if (attempt.now >= endAt) {
      const underWayUntil = enterAt + underWayLimitMs;
      // a program that has drawn nothing since may not have read Enter yet
      const isOver = attempt.now >= underWayUntil;
      if (standing >= 2 && (moved || isOver))
        return attempt.leave(`the text is still in the composer after ${rescues.count + 1} Enter`);
      if (isOver) return attempt.doubt('Enter was pressed, and the screen does not tell what became of the text');
      endAt = underWayUntil;
    }
  }
}

/** The agent itself said that exactly this text came in, and no composer shows the contrary. */
function agentTookIt(attempt: Attempt, { snapshot, reading }: Look, text: string, enterAt: number): boolean {
  if (attempt.parts.hookEvents?.took(snapshot.identity, text, enterAt) !== true) return false;
  return reading.composer.is !== 'draft' || composerHolds(reading, snapshot, text, attempt.composerFacts) === 'other';
}

/** The further Enters that an agent program allows, each after a longer pause. */
class Rescues {
  count = 0;
  readonly #allowed: number;
  #dueAt: number;

  constructor(allowed: number, now: number) {
    this.#allowed = Math.min(allowed, rescuePausesMs.length);
    this.#dueAt = now + rescuePausesMs[0];
  }

  isDue(now: number): boolean {
    return this.count < this.#allowed && now >= this.#dueAt;
  }

  used(now: number): void {
    this.count++;
    this.#dueAt = now + (rescuePausesMs[this.count] ?? 0);
  }

  stop(): void {
    this.#dueAt = Number.POSITIVE_INFINITY;
  }
}
