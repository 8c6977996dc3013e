import type { Delivery } from '../core/envelope.ts';
import { synchronizedInWords } from '../core/pane.ts';
import type { Composer } from '../core/reading.ts';
import type { Attempt, FreshLook } from './attempt.ts';
import { Deadline } from './deadline.ts';
import { composerHolds, type Holding, isWhole, type Look, submitted } from './evidence.ts';
import { humanQuietMs } from './guard.ts';
import { StabilityTimer } from './stability-timer.ts';

/** A text that stood unchanged this long has been drawn, not merely begun. */
const stillMs = 30;
/** An input that nobody here submitted must stand so long: a resize moves a draft and the cursor apart for a moment. */
const goneInMs = 600;
/** A pane that draws nothing is looked at again after this time. */
const lookEveryMs = 50;

/** How long the composer may take to show a text, and how much longer for each thousand bytes of it. */
const showMs = 8_000;
const showPerKilobyteMs = 1_000;

export function showLimitMs(text: string, settleMs: number): number {
  return showMs + settleMs + (Buffer.byteLength(text) / 1000) * showPerKilobyteMs;
}

export type Shown =
  | { readonly is: 'ready'; readonly look: FreshLook }
  /** it was seen to be submitted, though not by us */
  | { readonly is: 'gone-in'; readonly look: Look }
  | { readonly is: 'withheld'; readonly reason: string }
  | { readonly is: 'unknown'; readonly reason: string };

/**
 * Waits until the composer shows exactly our text, unchanged on looks that lie the agent program's settle time apart, with
 * nobody typing; of a program that takes Enter with the text, one look is enough that shows all of it in a whole frame. At the
 * limit, which counts anew while it is seen to read, it tells what the composer shows instead.
 * @param before a look from before the paste, or, after an Enter that tmux held back, one that showed the text
 */
export async function awaitText(attempt: Attempt, before: Look, text: string, endAt: number): Promise<Shown> {
  const startedAt = attempt.now;
  const { settleMs } = attempt.composerFacts;
  const rest = new StabilityTimer(Math.max(stillMs, settleMs));
  const wholeRest = new StabilityTimer(Math.max(attempt.composerFacts.stillMs ?? stillMs, settleMs));
  const goneIn = new StabilityTimer(goneInMs);
  const growth = new Growth();
  const deadline = new Deadline(before.reading, startedAt, endAt);
  let everShown = before.reading.composer.is === 'draft';
  // until the program has drawn, a look shows what the last one did
  if (!everShown) await attempt.drawsWithin(lookEveryMs);
  for (;;) {
    const look = await attempt.look();
    if (look === null) return { is: 'withheld', reason: 'the pane is gone' };
    const obstacle = attempt.obstacle(look);
    if (obstacle !== null) return { is: 'withheld', reason: obstacle };

    const held = composerHolds(look.reading, look.snapshot, text, attempt.composerFacts);
    growth.saw(look.reading.composer);
    // the rest of a paste that was thrown away looks like the end of one that has scrolled
    const holding = held === 'tail' && growth.hasShrunk ? 'part' : held;
    const whole = isWhole(holding);
    const moment = { before, ready: before, isOurs: false, worked: false };
    const isEchoed = !whole && submitted(moment, look, text, attempt.composerFacts) === 'composer-emptied-and-echoed';
    // what was never in the composer has not left it: a resize brings an older, equal input into sight
    goneIn.saw(isEchoed && everShown ? 'echoed' : null, look.snapshot);
    if (goneIn.isOver) return { is: 'gone-in', look };
    const { now } = attempt;
    const humanCame = attempt.humanSince(startedAt, look);
    const human = humanCame && attempt.humanSince(now - humanQuietMs, look);
    everShown ||= whole || holding === 'part' || holding === 'more';
    // what a person did to a text that is out of sight, nobody can see
    const unseen = humanCame && holding !== 'all';
    const standing = whole && !unseen && !attempt.isTurnInDoubt ? shownText(look) : null;
    rest.saw(standing, look.snapshot);
    wholeRest.saw(holding === 'all' ? standing : null, look.snapshot);
    const { inMode, inputOff, synchronized } = look.snapshot.facts;
    // of a program that takes Enter with the text, all of it in a whole frame is all that there is to wait for
    const isAll = standing !== null && holding === 'all' && settleMs === 0 && attempt.isWholeFrame(look);
    const isStill = rest.isOver || wholeRest.isOver || isAll;
    if (isStill && !human && !inMode && !inputOff && !synchronized) return { is: 'ready', look };

    // what a person writes into the composer is no sign of ours
    if (!humanCame) deadline.saw(look.reading, now);
    if (deadline.isOver(now)) {
      if (human) return { is: 'withheld', reason: 'somebody is typing in that pane' };
      if (synchronized) return { is: 'withheld', reason: synchronizedInWords };
      if (inMode || inputOff) return { is: 'withheld', reason: 'the pane takes no keys: copy mode, or input is off' };
      if (whole && unseen) return { is: 'withheld', reason: 'somebody typed, and not all of the text is to be seen' };
      return atTheLimit(holding, everShown);
    }
    const leftMs = Math.min(rest.leftMs(now), wholeRest.leftMs(now));
    // no look in the middle of a rest that is nearly over: it would only make the last one late
    const waitMs = leftMs <= 2 * lookEveryMs ? leftMs : lookEveryMs;
    await attempt.drawsWithin(Math.min(waitMs, deadline.leftMs(now)));
  }
}

/** Enter was not pressed: what is known of the text then. */
export function withoutEnter(
  attempt: Attempt,
  shown: Exclude<Shown, { is: 'ready' }>,
  text: string,
): Promise<Delivery> {
  switch (shown.is) {
    case 'gone-in':
      return attempt.acknowledge('composer-emptied-and-echoed', shown.look, text);
    case 'withheld':
      return attempt.leave(`${shown.reason}; Enter was not pressed`);
    case 'unknown':
      return attempt.doubt(`${shown.reason}; Enter was not pressed`);
  }
}

function atTheLimit(holding: Holding, everShown: boolean): Shown {
  switch (holding) {
    case 'all':
    case 'tail':
    case 'marker':
    case 'garbled':
      return { is: 'withheld', reason: 'the composer did not come to rest' };
    case 'part':
      return { is: 'withheld', reason: 'the composer shows only a part of the text' };
    case 'more':
      return { is: 'withheld', reason: 'the composer holds more than the text' };
    case 'other':
      return { is: 'withheld', reason: 'the composer holds something else' };
    case 'no':
      return {
        is: 'unknown',
        reason: everShown ? 'the text was taken out of the composer' : 'the text did not appear in the composer',
      };
  }
}

function shownText({ snapshot, reading }: Look): string {
  return reading.composer.is === 'draft' ? reading.composer.text : (snapshot.rows[snapshot.cursorRow]?.text ?? '');
}

/** Whether a draft has only grown since the paste, as far as looks showed it. */
class Growth {
  #length = 0;
  hasShrunk = false;

  saw(composer: Composer): void {
    // rows of a composer that scrolls differ in length; one that is hidden shows nothing
    if (composer.is === 'absent' || (composer.is === 'draft' && composer.cut === true)) return;
    const length = composer.is === 'draft' ? composer.text.replace(/\s+/g, '').length : 0;
    if (length < this.#length) this.hasShrunk = true;
    this.#length = length;
  }
}
