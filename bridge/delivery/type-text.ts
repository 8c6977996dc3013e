import type { Delivery, HoldReason } from '../core/envelope.ts';
import type { FreshLook, Passage } from './attempt.ts';
import { awaitText, showLimitMs, withoutEnter } from './await-echo.ts';
import { conditionFor, dialogWordsSeen } from './condition.ts';
import { executes, mayLeaveMode } from './guard.ts';
import { lookAtTurn } from './look-at-turn.ts';
import { doorFor, throughDoor } from './native.ts';
import { runCommand } from './run-command.ts';
import { submit } from './submit.ts';

/**
 * One delivery's way through a pane whose lock is held:
 *
 *   the turn that asked, guard ─► claimed and typed, paste ─► the composer shows it, and rests ─► submitted, Enter ─► a transition is seen
 */
export async function deliver(passage: Passage): Promise<Delivery> {
  if (passage.delivery.envelope.kind === 'command') return runCommand(passage);
  const entry = await enter(passage);
  if ('passed' in entry) return passage.cancelAsPassed(entry.passed);
  if ('reason' in entry) return passage.hold(entry.reason, entry.detail);
  const door = await doorFor(passage, entry.snapshot);
  if (door !== null && 'refused' in door) return passage.fail(door.refused);
  const prepared = passage.prepareFor(entry.snapshot);
  if (prepared.is === 'refused') return passage.fail(prepared.reason);

  if (door === null) return type(passage, entry, prepared.text);
  const handed = await throughDoor(passage, entry, prepared.text, door);
  return 'refused' in handed ? fallBack(passage, handed.refused) : handed;
}

/** The door said positively that it did not take the text. */
async function fallBack(passage: Passage, refused: string): Promise<Delivery> {
  if (passage.delivery.options.via === 'native') {
    return passage.fail(`native: ${refused}`);
  }
  const entry = await enter(passage);
  if ('passed' in entry) return passage.cancelAsPassed(entry.passed);
  if ('reason' in entry) return passage.hold(entry.reason, entry.detail);
  passage.way = { via: 'keyboard', because: refused };
  const prepared = passage.prepareFor(entry.snapshot);
  if (prepared.is === 'refused') return passage.fail(prepared.reason);
  return type(passage, entry, prepared.text, 'delivery-fell-back');
}

/**
 * A look that the guard passes, or why it holds; or why the turn that this answers has passed, whatever else holds there.
 * Copy mode that nobody reads in is left once.
 */
async function enter(
  passage: Passage,
): Promise<FreshLook | { reason: HoldReason; detail: string } | { passed: string }> {
  let { look, passed } = await lookAtTurn(passage);
  if (passed !== null) return { passed };
  let verdict = passage.verdictOn(look);
  if (!verdict.pass && verdict.reason === 'copy-mode' && mayLeaveMode({ ...verdict, now: passage.now })) {
    await passage.parts.hands.leaveMode(passage.pane);
    look = await passage.look();
    verdict = passage.verdictOn(look);
  }
  if (!verdict.pass) return verdict;
  const words = dialogWordsSeen(look!, passage.manner);
  return words === null ? look! : { reason: 'dialog', detail: `on the screen: ${words}` };
}

/**
 * The one paste of a delivery. What does not appear after it is not typed again: a program that is only late would have it
 * twice, and one that has drawn since may still read what it was given.
 */
async function type(passage: Passage, before: FreshLook, text: string, how?: 'delivery-fell-back'): Promise<Delivery> {
  await passage.typing(before, text, how);
  const bracketed = passage.manner.bracketed || executes(before.snapshot);
  const condition = conditionFor(before, passage.manner, { rests: before.reading.state !== 'busy' });
  passage.listen();
  const done = await passage.parts.hands.paste(passage.pane, text, condition, { bracketed });
  if (done === 'held') {
    const { reason, detail } = await whyHeld(passage);
    return passage.hold(reason, detail);
  }
  const shown = await awaitText(passage, before, text, passage.now + showLimitMs(text, passage.manner.settleMs));
  return shown.is === 'ready'
    ? submit(passage, { before, ready: shown.look }, text)
    : withoutEnter(passage, shown, text);
}

/** tmux itself did not paste: the text may be typed later as if nothing had been. */
async function whyHeld(passage: Passage): Promise<{ reason: HoldReason; detail: string }> {
  const verdict = passage.verdictOn(await passage.look());
  const detail = 'tmux held the paste back: the screen changed just then, or it has the title or words of a dialog';
  return verdict.pass ? { reason: 'dialog', detail } : verdict;
}
