import type { Delivery } from '../core/envelope.ts';
import type { Attempt, FreshLook } from './attempt.ts';
import { conditionFor, rowsShowing } from './condition.ts';
import { composerHolds, sameScreen } from './evidence.ts';
import { StabilityTimer } from './stability-timer.ts';

/** How long after the key the composer may take to be seen empty. */
const goneLimitMs = 2_000;
/** A frame that is half drawn may show an empty composer. */
const standsMs = 300;
const lookEveryMs = 50;

interface NotRun {
  readonly text: string;
  /** why the command was not run */
  readonly reason: string;
  /** from when on a key of a person may have made it theirs */
  readonly typedAt: number;
  /** the look in whose step Enter was pressed; null where it was not */
  readonly entered: FreshLook | null;
}

/**
 * Ends the delivery of a command that was not run, and takes it out of the composer again: only where it is ours and stands
 * there alone, nobody has pressed a key since it was typed, and tmux sees it there in the step that presses the key. Where
 * Enter was pressed, the screen must have moved since: else it may still be on its way, and would run the command after all.
 * What cannot be taken away so is left, and said to stand there.
 */
export async function takeBack(attempt: Attempt, notRun: NotRun): Promise<Delivery> {
  const { text, reason, entered } = notRun;
  const look = await attempt.look();
  const mayGo = look !== null && isOursAlone(attempt, look, notRun) ? await erase(attempt, look, notRun) : false;
  if (!mayGo) return attempt.leave(`${reason}; ${await whatStands(attempt, text)}`);
  const gone = `${reason}, and it was taken out of the composer again`;
  // once Enter was pressed nobody can be certain that it was not read late
  return entered === null ? attempt.fail(gone) : attempt.leave(gone);
}

function isOursAlone(attempt: Attempt, look: FreshLook, { text, typedAt, entered }: NotRun): boolean {
  const { composerFacts } = attempt;
  if (attempt.obstacle(look) !== null || attempt.humanSince(typedAt, look)) return false;
  if (entered !== null && sameScreen(entered.snapshot, look.snapshot)) return false;
  return look.reading.state === 'idle' && composerHolds(look.reading, look.snapshot, text, composerFacts) === 'all';
}

/** True once the composer has been seen empty. */
async function erase(attempt: Attempt, look: FreshLook, { text, typedAt }: NotRun): Promise<boolean> {
  const { composerFacts } = attempt;
  const keys = composerFacts.commands?.erase;
  const ours = rowsShowing(look, text, composerFacts);
  if (keys === undefined || ours.length === 0) return false;
  attempt.listen();
  if (
    (await attempt.pressBesides(keys.split(' '), conditionFor(look, composerFacts, { rests: true, ours }))) === 'held'
  )
    return false;
  const endAt = attempt.now + goneLimitMs;
  const gone = new StabilityTimer(standsMs);
  for (;;) {
    const after = await attempt.look();
    if (after === null || attempt.obstacle(after) !== null || attempt.humanSince(typedAt, after)) return false;
    gone.saw(after.reading.composer.is === 'empty' ? 'empty' : null, after.snapshot);
    if (gone.isOver) return true;
    if (attempt.now >= endAt) return false;
    await attempt.drawsWithin(Math.min(lookEveryMs, gone.leftMs(attempt.now), endAt - attempt.now));
  }
}

async function whatStands(attempt: Attempt, text: string): Promise<string> {
  const look = await attempt.look();
  if (look === null) return 'the pane is gone';
  const holding = composerHolds(look.reading, look.snapshot, text, attempt.composerFacts);
  if (holding === 'no') return 'the composer does not show it any more';
  return holding === 'other'
    ? 'something else stands in the composer'
    : 'it still stands in the composer: clear it in the pane';
}
