import type { Delivery, HoldReason } from '../core/envelope.ts';
import { samePane } from '../core/pane.ts';
import type { ReadMark } from '../core/read-mark.ts';
import { lookAsRead } from './as-read.ts';
import type { Attempt, FreshLook } from './attempt.ts';
import { awaitText, showLimitMs, withoutEnter } from './await-echo.ts';
import { conditionFor, dialogWordsSeen, rowsShowing } from './condition.ts';
import { composerHolds, isWhole } from './evidence.ts';
import { executes } from './guard.ts';
import { StabilityTimer } from './stability-timer.ts';
import { submit } from './submit.ts';
import { wholeDraft } from './text.ts';

/** How long after Enter a draft may take to leave the composer of a program that nobody knows. */
const leaveLimitMs = 5_000;
/** A frame that is half drawn may show an empty composer. */
const standsMs = 30;
const lookEveryMs = 50;

/** Evidence that a text stands in the composer, and was not submitted. */
export const inComposer = 'in-composer';

/**
 * What somebody does in a pane that he has just read, whose lock is held:
 *
 *   it is as it was read, guard ─► claimed and typed, paste ─► the composer shows it, and rests      (draft)
 *   it is as it was read, guard, the draft stands there ─► claimed and typed ─► submitted, Enter     (submit)
 */
export async function actOnReadPane(attempt: Attempt, mark: ReadMark): Promise<Delivery> {
  const entry = await enterAsRead(attempt, mark);
  if ('changed' in entry) return attempt.cancelAsChanged(entry.changed);
  if ('reason' in entry) return attempt.hold(entry.reason, entry.detail);
  return attempt.delivery.envelope.kind === 'draft' ? leaveDraft(attempt, entry) : submitDraft(attempt, entry);
}

/** A look that is as it was read and that the guard passes; or what has changed, or why the guard holds. */
export async function enterAsRead(
  attempt: Attempt,
  mark: ReadMark,
): Promise<FreshLook | { readonly changed: string } | { readonly reason: HoldReason; readonly detail: string }> {
  const { look, changed } = await lookAsRead(attempt, mark);
  if (changed !== null) return { changed };
  const verdict = attempt.verdictOn(look);
  if (!verdict.pass) return verdict;
  if (attempt.delivery.dialog !== undefined) return look!;
  const words = dialogWordsSeen(look!, attempt.composerFacts) ?? attempt.parts.readers.suspectedDialog(look!.snapshot);
  return words === null ? look! : { reason: 'dialog', detail: `on the screen: ${words}` };
}

/** Nobody can tell from a screen who pressed Enter before a restart: none is pressed, and nothing is typed again. */
export async function reconcileOnReadPane(attempt: Attempt): Promise<Delivery> {
  const { envelope } = attempt.delivery;
  const text = wholeDraft(attempt.delivery, attempt.composerFacts);
  const look = await attempt.look();
  const isThere =
    look !== null &&
    text !== null &&
    look.reading.composer.is === 'draft' &&
    isWhole(composerHolds(look.reading, look.snapshot, text, attempt.composerFacts));
  if (!isThere) return attempt.doubt('the composer does not show it after the restart');
  if (envelope.kind === 'draft') return attempt.acknowledge(inComposer, look, text);
  return attempt.leave(
    attempt.wasDone === false
      ? 'it stands in the composer; Enter was not pressed'
      : 'it stands in the composer; whether Enter was pressed before the restart is not known',
  );
}

async function leaveDraft(attempt: Attempt, before: FreshLook): Promise<Delivery> {
  const prepared = attempt.prepareFor(before.snapshot);
  if (prepared.is === 'refused') return attempt.fail(prepared.reason);
  const { options } = attempt.delivery;
  const isOneInput = options.takesLines === true || !attempt.isUnknown(before) || !prepared.text.includes('\n');
  if (!isOneInput)
    return attempt.fail(
      'nobody knows whether this program takes several lines as one input; --bracketed says that it does',
    );
  const whole = (attempt.delivery.draft ?? '') + prepared.text;
  await attempt.typing(before, prepared.text);
  const bracketed = attempt.composerFacts.bracketed || executes(before.snapshot);
  const condition = conditionFor(before, attempt.composerFacts, { rests: before.reading.state !== 'busy' });
  attempt.listen();
  const done = await attempt.paste(prepared.text, condition, { bracketed });
  if (done === 'held') return attempt.hold('unknown', heldBack);
  const { settleMs } = attempt.composerFacts;
  const shown = await awaitText(attempt, before, whole, attempt.now + showLimitMs(prepared.text, settleMs));
  return shown.is === 'ready'
    ? attempt.acknowledge(inComposer, shown.look, whole)
    : withoutEnter(attempt, shown, whole);
}

const heldBack = 'tmux held it back: the screen was not as it had been a moment before';

async function submitDraft(attempt: Attempt, ready: FreshLook): Promise<Delivery> {
  if (!attempt.holdsOwnDraft(ready)) return attempt.cancelAsChanged('your draft is not in the prompt any more');
  const text = attempt.delivery.envelope.body;
  await attempt.typing(ready, text, 'delivery-draft-seen');
  const isKnown = !attempt.isUnknown(ready) && !executes(ready.snapshot);
  return isKnown ? submit(attempt, { before: null, ready }, text) : pressEnter(attempt, ready, text);
}

/** A program that nobody knows may show nothing of an input: that it left the composer after the Enter in whose step it stood there is all. */
async function pressEnter(attempt: Attempt, ready: FreshLook, text: string): Promise<Delivery> {
  const { composerFacts } = attempt;
  const ours = rowsShowing(ready, text, composerFacts);
  const condition = conditionFor(ready, composerFacts, { rests: true, ours });
  await attempt.submitting();
  const pressedAt = attempt.now;
  attempt.listen();
  if ((await attempt.press(composerFacts.submitKey, condition)) === 'held') return attempt.leave(heldBack);
  const endAt = attempt.now + leaveLimitMs;
  const left = new StabilityTimer(standsMs);
  for (;;) {
    await attempt.drawsWithin(Math.min(lookEveryMs, left.leftMs(attempt.now), endAt - attempt.now));
    const look = await attempt.look();
    if (look === null) return attempt.doubt('the pane is gone after Enter');
    if (attempt.humanSince(pressedAt, look)) return attempt.doubt('somebody pressed a key after Enter');
    const isOther = !attempt.isRecipient(look.snapshot);
    const isCommand = executes(ready.snapshot) && samePane(look.snapshot.identity, attempt.delivery.recipient);
    if (isOther && !isCommand) return attempt.doubt('another program runs in the pane after Enter');
    const holding = composerHolds(look.reading, look.snapshot, text, composerFacts);
    const hasLeft = holding === 'no' || holding === 'other';
    left.saw(isOther ? 'command-began' : hasLeft ? 'left-the-composer' : null, look.snapshot);
    if (left.isOver) return attempt.acknowledge(isOther ? 'command-began' : 'left-the-composer', look, text);
    if (attempt.now < endAt) continue;
    return isWhole(holding)
      ? attempt.leave('the text is still in the composer after Enter')
      : attempt.doubt('Enter was pressed, and the screen does not tell what became of the text');
  }
}
