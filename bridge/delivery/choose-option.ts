import { becausePassed, type Delivery } from '../core/envelope.ts';
import type { Dialog, DialogOption } from '../core/reading.ts';
import type { FreshLook, Passage } from './attempt.ts';
import { conditionInDialog } from './dialog-rows.ts';
import { humanQuietMs } from './guard.ts';
import { hasOnlyMoved, highlighted } from './highlight.ts';
import { lookAtTurn } from './look-at-turn.ts';
import { type Gone, goneWithin } from './wait-until-closed.ts';

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
export async function choose(passage: Passage, fingerprint: string): Promise<Delivery> {
  const open = await enter(passage, fingerprint);
  if (!('look' in open)) return open;
  const { label, key } = open.option;
  await passage.claim();
  const ownKey = key === 'Enter' ? null : key;
  const ready = ownKey === null ? await highlight(passage, open) : open;
  if (!('look' in ready)) return ready;
  const condition = conditionInDialog(ready.look, ready.dialog, ready.option);
  if (condition === null) return giveUpOr(passage, 'the rows of the dialog cannot be told from others on the screen');

  const pressed = ownKey ?? 'Enter';
  const before = passage.now;
  await passage.pressing(before, { key: pressed, label });
  if ((await passage.parts.hands.press(passage.pane, pressed, condition)) === 'held') {
    return giveUpOr(passage, 'tmux held the key back: the dialog was not as it had been a moment before');
  }
  const gone = await goneWithin(passage, fingerprint, closeLimitMs);
  if (gone !== null) return closed(passage, gone, before);
  return ownKey === null ? passage.doubt(notClosed) : confirm(passage, ready, before);
}

/** The key has not closed the dialog. Where it moved the highlight to the option and did nothing else, Enter chooses it. */
async function confirm(passage: Passage, before: Open, pressedAt: number): Promise<Delivery> {
  const look = await passage.look();
  if (look === null || !passage.isRecipient(look.snapshot)) return passage.doubt('the agent is gone after the key');
  const at = before.dialog.options.indexOf(before.option);
  if (!hasOnlyMoved(before.look, look, at) || passage.humanSince(pressedAt, look)) return passage.doubt(notClosed);
  const dialog = look.reading.dialog!;
  // its row is drawn with the mark of the highlight
  const condition = conditionInDialog(look, dialog, dialog.options[at]!);
  if (condition === null) return passage.doubt(notClosed);
  const enterAt = passage.now;
  await passage.pressing(enterAt, { key: 'Enter', label: before.option.label });
  if ((await passage.parts.hands.press(passage.pane, 'Enter', condition)) === 'held') {
    return passage.doubt('its key highlighted the option, and tmux held Enter back: the dialog was not as it had been');
  }
  const gone = await goneWithin(passage, dialog.fingerprint, closeLimitMs);
  return gone === null ? passage.doubt(notClosed) : closed(passage, gone, enterAt);
}

/**
 * What became of a choice whose key was pressed, or was about to be, when a bridge ended. No key is pressed: a person may
 * have decided since, and a dialog that still stands may have been asked anew.
 */
export async function reconcileChoice(passage: Passage, fingerprint: string): Promise<Delivery> {
  const look = await passage.look();
  if (look === null) return passage.doubt('the pane is gone');
  if (!passage.isRecipient(look.snapshot)) return passage.doubt('another program runs in the pane now');
  if (look.reading.dialog?.fingerprint === fingerprint) {
    return passage.leave('the dialog is open; whether its key was pressed before the restart is not known');
  }
  return passage.doubt('the dialog is gone; whether it was this key that closed it is not known');
}

interface Open {
  readonly look: FreshLook;
  readonly dialog: Dialog;
  readonly option: DialogOption;
}

/** The dialog as it stands now with the one option that is meant; else the delivery, held or ended. */
async function enter(passage: Passage, fingerprint: string): Promise<Open | Delivery> {
  const { look, passed } = await lookAtTurn(passage);
  const verdict = passage.verdictOn(look);
  const reason = verdict.pass ? null : verdict.reason;
  if (look === null || reason === 'gone' || reason === 'replaced') {
    return passage.cancel('the agent that showed the dialog has gone');
  }
  if (passed !== null) return passage.cancelAsPassed(passed);
  if (!verdict.pass && ['input-off', 'synchronized', 'copy-mode', 'shell'].includes(verdict.reason)) {
    return passage.hold(verdict.reason, verdict.detail);
  }
  const { dialog } = look.reading;
  if (dialog?.fingerprint !== fingerprint) return closedBefore(passage, fingerprint);
  if (verdict.lastHumanKeyAt !== null && passage.now - verdict.lastHumanKeyAt < humanQuietMs) {
    return passage.hold('human-active', 'somebody is at the keys of the dialog');
  }
  const named = dialog.options.filter(({ label }) => label === passage.delivery.envelope.body);
  if (named.length === 1) return { look, dialog, option: named[0]! };
  const reading = named.length === 0 ? 'no option' : 'more than one option';
  return passage.fail(`the dialog has ${reading} of that name; nothing was pressed`);
}

/** A dialog that is not there must be seen twice not to be there: frames may be half drawn. */
async function closedBefore(passage: Passage, fingerprint: string): Promise<Delivery> {
  const gone = await goneWithin(passage, fingerprint, closeLimitMs);
  if (gone === null) return passage.hold('unknown', 'the dialog is not to be seen, nor what took its place');
  return passage.cancel(becausePassed(`nothing was pressed: ${gone}`));
}

/** Moves the highlight to the option, one verified step at a time. Nothing is decided by that. */
async function highlight(passage: Passage, open: Open): Promise<Open | Delivery> {
  let { look, dialog } = open;
  const target = dialog.options.indexOf(open.option);
  for (let moves = 0; moves <= dialog.options.length; moves++) {
    const option = dialog.options[target]!;
    const at = highlighted(dialog);
    if (at === null) return passage.fail('which option is highlighted cannot be seen');
    if (at === target) return { look, dialog, option };
    const step = at < target ? 1 : -1;
    // the row of the highlight is what must not have moved
    const condition = conditionInDialog(look, dialog, dialog.options[at]!);
    if (condition === null) return giveUpOr(passage, 'the rows of the dialog cannot be told from others on the screen');
    if ((await passage.parts.hands.press(passage.pane, step > 0 ? 'Down' : 'Up', condition)) === 'held') {
      return giveUpOr(passage, 'tmux held an arrow key back: the dialog was not as it had been a moment before');
    }
    const moved = await seenMoved(passage, dialog.fingerprint, at, at + step);
    if (moved === null) return giveUpOr(passage, 'the highlight did not go where the arrow key should have moved it');
    ({ look, dialog } = moved);
  }
  return giveUpOr(passage, 'the highlight never came to the option');
}

async function seenMoved(passage: Passage, fingerprint: string, from: number, to: number) {
  const endAt = passage.now + moveLimitMs;
  while (passage.now < endAt) {
    await passage.drawsWithin(lookEveryMs);
    const look = await passage.look();
    const dialog = look?.reading.dialog;
    if (!look || !dialog || dialog.fingerprint !== fingerprint || !passage.isRecipient(look.snapshot)) return null;
    const at = highlighted(dialog);
    if (at === to) return { look, dialog };
    if (at !== from) return null;
  }
  return null;
}

/** Gone is the receipt. A person at the keys may have closed it as well, and then nobody can tell. */
async function closed(passage: Passage, gone: Gone, pressedAt: number): Promise<Delivery> {
  const look = await passage.look();
  if (look === null || !passage.isRecipient(look.snapshot)) return passage.doubt('the agent is gone after the key');
  if (passage.humanSince(pressedAt, look)) return passage.doubt('somebody pressed a key while the dialog closed');
  return passage.acknowledge(gone, look, passage.delivery.envelope.body);
}

const notClosed = `the key was pressed, and after ${closeLimitMs / 1000} s the dialog is not seen to be closed`;

/** Positively nothing was decided: it may be tried again, but not for ever. */
function giveUpOr(passage: Passage, reason: string): Promise<Delivery> {
  if (passage.delivery.attempts < mostAttempts) return passage.hold('dialog', reason);
  return passage.fail(`${reason}; given up after ${mostAttempts} attempts`);
}
