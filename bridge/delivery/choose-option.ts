import { becausePassed, type Delivery } from '../core/envelope.ts';
import type { Dialog, DialogOption } from '../core/reading.ts';
import type { Attempt, FreshLook } from './attempt.ts';
import { conditionInDialog } from './dialog-rows.ts';
import { humanQuietMs } from './guard.ts';
import { hasOnlyMoved, highlighted } from './highlight.ts';
import { lookAtTurn } from './look-at-turn.ts';
import { type Gone, waitUntilClosed } from './wait-until-closed.ts';

/** How long after the key the dialog may take to close, and a highlight to move. */
const closeLimitMs = 5_000;
const moveLimitMs = 1_500;
const lookEveryMs = 50;
/** Where tmux keeps holding the key back, or the highlight does not follow, a person has to look. */
const mostAttempts = 5;

/**
 * One option of one dialog, chosen once, in a pane whose lock is held:
 *
 *   look: this agent, this dialog, opened where it was, exactly this option, nobody at the keys
 *     ─► claimed ─► (no key of its own: Up or Down until it is seen highlighted) ─► typed, the key ─► the dialog is gone
 *                                        the key was seen only to move the highlight to the option ─► typed, Enter ─┘
 *
 * Every key is pressed on condition that the rows of the dialog stand where the look saw them, and the key that decides
 * is pressed once: what the screen does not tell afterwards is `uncertain`.
 */
export async function choose(attempt: Attempt, fingerprint: string): Promise<Delivery> {
  const open = await enter(attempt, fingerprint);
  if (!('look' in open)) return open;
  const { label, key } = open.option;
  await attempt.claim();
  const ownKey = key === 'Enter' ? null : key;
  const ready = ownKey === null ? await highlight(attempt, open) : open;
  if (!('look' in ready)) return ready;
  const condition = conditionInDialog(ready.look, ready.dialog, ready.option);
  if (condition === null) return holdOrFail(attempt, notTold);

  const pressed = ownKey ?? 'Enter';
  const before = attempt.now;
  await attempt.pressing(before, { key: pressed, label });
  if ((await attempt.press(pressed, condition)) === 'held') {
    return holdOrFail(attempt, 'tmux held the key back: the dialog was not as it had been a moment before');
  }
  const gone = await waitUntilClosed(attempt, fingerprint, closeLimitMs);
  if (gone !== null) return closed(attempt, gone, before);
  return ownKey === null ? attempt.doubt(notClosed) : confirm(attempt, ready, before);
}

/** The key has not closed the dialog. Where it moved the highlight to the option and did nothing else, Enter chooses it. */
async function confirm(attempt: Attempt, before: Open, pressedAt: number): Promise<Delivery> {
  const look = await attempt.look();
  if (look === null || !attempt.isRecipient(look.snapshot)) return attempt.doubt('the agent is gone after the key');
  const at = before.dialog.options.indexOf(before.option);
  if (!hasOnlyMoved(before.look, look, at) || attempt.humanSince(pressedAt, look)) return attempt.doubt(notClosed);
  const dialog = look.reading.dialog!;
  // its row is drawn with the mark of the highlight
  const condition = conditionInDialog(look, dialog, dialog.options[at]!);
  if (condition === null) return attempt.doubt(notClosed);
  const enterAt = attempt.now;
  await attempt.pressing(enterAt, { key: 'Enter', label: before.option.label }, false);
  if ((await attempt.press('Enter', condition)) === 'held') {
    return attempt.doubt('its key highlighted the option, and tmux held Enter back: the dialog was not as it had been');
  }
  const gone = await waitUntilClosed(attempt, dialog.fingerprint, closeLimitMs);
  return gone === null ? attempt.doubt(notClosed) : closed(attempt, gone, enterAt);
}

/**
 * What became of a choice whose key was pressed, or was about to be, when a bridge ended. No key is pressed: a person may
 * have decided since, and a dialog that still stands may have been asked anew.
 */
export async function reconcileChoice(attempt: Attempt, fingerprint: string): Promise<Delivery> {
  const look = await attempt.look();
  if (look === null) return attempt.doubt('the pane is gone');
  if (!attempt.isRecipient(look.snapshot)) return attempt.doubt('another program runs in the pane now');
  if (look.reading.dialog?.fingerprint === fingerprint) {
    return attempt.leave('the dialog is open; whether its key was pressed before the restart is not known');
  }
  return attempt.doubt('the dialog is gone; whether it was this key that closed it is not known');
}

interface Open {
  readonly look: FreshLook;
  readonly dialog: Dialog;
  readonly option: DialogOption;
}

/** The dialog as it stands now with the one option that is meant; else the delivery, held or ended. */
async function enter(attempt: Attempt, fingerprint: string): Promise<Open | Delivery> {
  const { look, passed } = await lookAtTurn(attempt);
  const verdict = attempt.verdictOn(look);
  const reason = verdict.pass ? null : verdict.reason;
  if (look === null || reason === 'gone' || reason === 'replaced') {
    return attempt.cancel('the agent that showed the dialog has gone');
  }
  if (passed !== null) return attempt.cancelAsPassed(passed);
  if (!verdict.pass && ['input-off', 'synchronized', 'copy-mode', 'shell'].includes(verdict.reason)) {
    return attempt.hold(verdict.reason, verdict.detail);
  }
  const { dialog } = look.reading;
  if (dialog?.fingerprint !== fingerprint) return closedBefore(attempt, fingerprint);
  if (verdict.lastHumanKeyAt !== null && attempt.now - verdict.lastHumanKeyAt < humanQuietMs) {
    return attempt.hold('human-active', 'somebody is at the keys of the dialog');
  }
  const named = dialog.options.filter(({ label }) => label === attempt.delivery.envelope.body);
  if (named.length === 1) return { look, dialog, option: named[0]! };
  const reading = named.length === 0 ? 'no option' : 'more than one option';
  return attempt.fail(`the dialog has ${reading} of that name; nothing was pressed`);
}

/** A dialog that is not there must be seen twice not to be there: frames may be half drawn. */
async function closedBefore(attempt: Attempt, fingerprint: string): Promise<Delivery> {
  const gone = await waitUntilClosed(attempt, fingerprint, closeLimitMs);
  if (gone === null) return attempt.hold('unknown', 'the dialog is not to be seen, nor what took its place');
  return attempt.cancel(becausePassed(`nothing was pressed: ${gone}`));
}

/** Moves the highlight to the option, one verified step at a time. Nothing is decided by that. */
async function highlight(attempt: Attempt, open: Open): Promise<Open | Delivery> {
  let { look, dialog } = open;
  const target = dialog.options.indexOf(open.option);
  for (let moves = 0; moves <= dialog.options.length; moves++) {
    const option = dialog.options[target]!;
    const at = highlighted(dialog);
    if (at === null) return attempt.fail('which option is highlighted cannot be seen');
    if (at === target) return { look, dialog, option };
    const step = at < target ? 1 : -1;
    // the row of the highlight is what must not have moved
    const condition = conditionInDialog(look, dialog, dialog.options[at]!);
    if (condition === null) return holdOrFail(attempt, notTold);
    if ((await attempt.pressBesides(step > 0 ? 'Down' : 'Up', condition)) === 'held') {
      return holdOrFail(attempt, 'tmux held an arrow key back: the dialog was not as it had been a moment before');
    }
    const moved = await seenMoved(attempt, dialog.fingerprint, at, at + step);
    if (moved === null) return holdOrFail(attempt, 'the highlight did not go where the arrow key should have moved it');
    ({ look, dialog } = moved);
  }
  return holdOrFail(attempt, 'the highlight never came to the option');
}

async function seenMoved(attempt: Attempt, fingerprint: string, from: number, to: number) {
  const endAt = attempt.now + moveLimitMs;
  while (attempt.now < endAt) {
    await attempt.drawsWithin(lookEveryMs);
    const look = await attempt.look();
    const dialog = look?.reading.dialog;
    if (!look || !dialog || dialog.fingerprint !== fingerprint || !attempt.isRecipient(look.snapshot)) return null;
    const at = highlighted(dialog);
    if (at === to) return { look, dialog };
    if (at !== from) return null;
  }
  return null;
}

/** Gone is the receipt. A person at the keys may have closed it as well, and then nobody can tell. */
async function closed(attempt: Attempt, gone: Gone, pressedAt: number): Promise<Delivery> {
  const look = await attempt.look();
  if (look === null || !attempt.isRecipient(look.snapshot)) return attempt.doubt('the agent is gone after the key');
  if (attempt.humanSince(pressedAt, look)) return attempt.doubt('somebody pressed a key while the dialog closed');
  return attempt.acknowledge(gone, look, attempt.delivery.envelope.body);
}

/** tmux finds the first row that has a text: of a dialog that stands there twice, or in prose above, it cannot vouch for the lower one. */
const notTold =
  'its rows cannot be told from others on the screen, where it may stand twice: choose in the pane itself';
const notClosed = `the key was pressed, and after ${closeLimitMs / 1000} s the dialog is not seen to be closed`;

/** Positively nothing was decided: it may be tried again, but not for ever. */
function holdOrFail(attempt: Attempt, reason: string): Promise<Delivery> {
  if (attempt.delivery.attempts < mostAttempts) return attempt.hold('dialog', reason);
  return attempt.fail(`${reason}; given up after ${mostAttempts} attempts`);
}
