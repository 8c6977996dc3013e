import type { Delivery, HoldReason } from '../core/envelope.ts';
import type { Attempt, FreshLook } from './attempt.ts';
import { awaitText, showLimitMs, withoutEnter } from './await-echo.ts';
import { conditionFor, dialogWordsSeen } from './condition.ts';
import { executes, mayLeaveMode } from './guard.ts';
import { interrupt } from './interrupt.ts';
import { lookAtTurn } from './look-at-turn.ts';
import { nativeInputFor, throughNativeInput } from './native.ts';
import { runCommand } from './run-command.ts';
import { submit } from './submit.ts';

/**
 * One delivery's way through a pane whose lock is held:
 *
 *   the turn that asked, guard (urgent: the running turn broken off) ─► claimed and typed, paste ─► the composer shows it, and rests ─► submitted, Enter ─► a transition is seen
 */
export async function deliver(attempt: Attempt): Promise<Delivery> {
  if (attempt.delivery.envelope.kind === 'command') return runCommand(attempt);
  const entry = await enter(attempt);
  if ('passed' in entry) return attempt.cancelAsPassed(entry.passed);
  if ('reason' in entry) return attempt.hold(entry.reason, entry.detail);
  const input = await nativeInputFor(attempt, entry.snapshot);
  if (input !== null && 'refused' in input) return attempt.fail(input.refused);
  const prepared = attempt.prepareFor(entry.snapshot);
  if (prepared.is === 'refused') return attempt.fail(prepared.reason);

  if (input === null) return type(attempt, entry, prepared.text);
  const handed = await throughNativeInput(attempt, entry, prepared.text, input);
  return 'refused' in handed ? fallBack(attempt, handed.refused) : handed;
}

/** The native input said positively that it did not take the text. */
async function fallBack(attempt: Attempt, refused: string): Promise<Delivery> {
  if (attempt.delivery.options.via === 'native') {
    return attempt.fail(`native: ${refused}`);
  }
  const entry = await enter(attempt);
  if ('passed' in entry) return attempt.cancelAsPassed(entry.passed);
  if ('reason' in entry) return attempt.hold(entry.reason, entry.detail);
  attempt.inputMethod = { via: 'keyboard', because: refused };
  const prepared = attempt.prepareFor(entry.snapshot);
  if (prepared.is === 'refused') return attempt.fail(prepared.reason);
  return type(attempt, entry, prepared.text, 'delivery-fell-back');
}

/**
 * A look that the guard passes, or why it holds; or why the turn that this answers has passed, whatever else holds there.
 * Copy mode that nobody reads in is left once.
 */
async function enter(
  attempt: Attempt,
): Promise<FreshLook | { reason: HoldReason; detail: string } | { passed: string }> {
  let { look, passed } = await lookAtTurn(attempt);
  if (passed !== null) return { passed };
  let verdict = attempt.verdictOn(look);
  if (!verdict.pass && verdict.reason === 'copy-mode' && mayLeaveMode({ ...verdict, now: attempt.now })) {
    await attempt.parts.io.leaveMode(attempt.pane);
    look = await attempt.look();
    verdict = attempt.verdictOn(look);
  }
  if (!verdict.pass && verdict.reason === 'busy' && attempt.delivery.options.urgent === true) {
    const interrupted = await interrupt(attempt, look!);
    look = interrupted.look;
    verdict = attempt.verdictOn(look);
    if (!verdict.pass) return { reason: verdict.reason, detail: `${verdict.detail}; urgent, and ${interrupted.why}` };
  }
  if (!verdict.pass) return verdict;
  const words = dialogWordsSeen(look!, attempt.composerFacts);
  return words === null ? look! : { reason: 'dialog', detail: `on the screen: ${words}` };
}

/**
 * The one paste of a delivery. What does not appear after it is not typed again: a program that is only late would have it
 * twice, and one that has drawn since may still read what it was given.
 */
async function type(attempt: Attempt, before: FreshLook, text: string, how?: 'delivery-fell-back'): Promise<Delivery> {
  await attempt.typing(before, text, how);
  const bracketed = attempt.composerFacts.bracketed || executes(before.snapshot);
  const condition = conditionFor(before, attempt.composerFacts, { rests: before.reading.state !== 'busy' });
  attempt.listen();
  const done = await attempt.paste(text, condition, { bracketed });
  if (done === 'held') {
    const { reason, detail } = await whyHeld(attempt);
    return attempt.hold(reason, detail);
  }
  const shown = await awaitText(attempt, before, text, attempt.now + showLimitMs(text, attempt.composerFacts.settleMs));
  return shown.is === 'ready'
    ? submit(attempt, { before, ready: shown.look }, text)
    : withoutEnter(attempt, shown, text);
}

/** tmux itself did not paste: the text may be typed later as if nothing had been. */
async function whyHeld(attempt: Attempt): Promise<{ reason: HoldReason; detail: string }> {
  const verdict = attempt.verdictOn(await attempt.look());
  const detail = 'tmux held the paste back: the screen changed just then, or it has the title or words of a dialog';
  return verdict.pass ? { reason: 'dialog', detail } : verdict;
}
