import { becausePassed, type Delivery, type HoldReason } from '../core/envelope.ts';
import { keysOf } from '../core/keys.ts';
import { samePane } from '../core/pane.ts';
import type { PaneCondition } from '../core/pane-condition.ts';
import type { Attempt, FreshLook } from './attempt.ts';
import { conditionFor, dialogWordsSeen } from './condition.ts';
import { conditionInDialog } from './dialog-rows.ts';
import { type Look, sameScreen } from './evidence.ts';
import { lookAtTurn } from './look-at-turn.ts';
import { enterAsRead } from './on-read-pane.ts';
import { waitUntilClosed } from './wait-until-closed.ts';

/** How long after the keys the screen may take to change. */
const drawLimitMs = 1_500;
const lookEveryMs = 50;

/**
 * Keys that somebody named, pressed once and all in one server step, in a pane whose lock is held:
 *
 *   look: this agent, and what `guardKeys` asks ─► claimed ─► typed, the keys ─► the screen changed
 *                                                        in a dialog: it is gone, or still there and the screen changed
 *
 * What a key means is the program's own affair, so the receipt is weaker than a text's: tmux took the keys and something
 * was drawn. Where nothing was, it is `uncertain` whether the program has read them.
 */
export async function pressKeys(attempt: Attempt): Promise<Delivery> {
  const { envelope, dialog, mark } = attempt.delivery;
  const entry = mark === undefined ? await enter(attempt) : await enterAsRead(attempt, mark);
  if ('ended' in entry) return entry.ended;
  if ('changed' in entry) return attempt.cancelAsChanged(entry.changed);
  if ('reason' in entry) return attempt.hold(entry.reason, entry.detail);
  const condition = conditionOf(attempt, entry);
  if (!('panePid' in condition)) return attempt.hold('dialog', condition.reason);
  const keys = keysOf(envelope.body, { inDialog: dialog !== undefined });

  await attempt.claim();
  const pressedAt = attempt.now;
  await attempt.pressing(pressedAt, { keys });
  if ((await attempt.press(keys, condition)) === 'held') {
    const after = attempt.verdictOn(await attempt.look());
    const detail = 'tmux held the keys back: the screen was not as it had been a moment before';
    return after.pass ? attempt.hold('unknown', detail) : attempt.hold(after.reason, after.detail);
  }
  if (dialog !== undefined) {
    let changed: FreshLook | null = null;
    const gone = await waitUntilClosed(attempt, dialog, drawLimitMs, (seen) => {
      if (!sameScreen(entry.snapshot, seen.snapshot)) changed = seen;
    });
    if (gone === 'dialog-closed' || gone === 'another-dialog-opened') {
      const after = await attempt.look();
      if (after !== null && attempt.isRecipient(after.snapshot)) return attempt.acknowledge(gone, after, '');
    }
    if (gone === null && changed !== null) return attempt.acknowledge('screen-changed', changed, '');
  }
  return seenToChange(attempt, entry, pressedAt + drawLimitMs);
}

/** A look that the guard passes, or why it holds; or the delivery, where what the keys were meant for has passed. */
async function enter(
  attempt: Attempt,
): Promise<FreshLook | { readonly reason: HoldReason; readonly detail: string } | { readonly ended: Delivery }> {
  const { dialog } = attempt.delivery;
  const { look, passed } = await lookAtTurn(attempt);
  const verdict = attempt.verdictOn(look);
  if (passed !== null) return { ended: await attempt.cancelAsPassed(passed) };
  if (dialog !== undefined && look !== null && look.reading.dialog?.fingerprint !== dialog) {
    const why = 'nothing was pressed: the dialog they were meant for is not open';
    return { ended: await attempt.cancel(becausePassed(why)) };
  }
  return verdict.pass ? look! : verdict;
}

/** Nobody can tell from a screen whether a key was pressed before a restart. */
export function reconcileKeys(attempt: Attempt): Promise<Delivery> {
  return attempt.doubt('whether the keys were pressed before the restart is not known');
}

function conditionOf(attempt: Attempt, look: FreshLook): PaneCondition | { readonly reason: string } {
  const { dialog, state } = look.reading;
  if (attempt.delivery.dialog === undefined) {
    const words = dialogWordsSeen(look, attempt.composerFacts);
    const rests = attempt.delivery.mark === undefined ? state === 'idle' : state !== 'busy';
    return words === null
      ? conditionFor(look, attempt.composerFacts, { rests })
      : { reason: `on the screen: ${words}` };
  }
  const option = dialog?.options[0];
  const pinned = dialog && option ? conditionInDialog(look, dialog, option) : null;
  return pinned ?? { reason: 'the rows of the dialog cannot be told from others on the screen' };
}

async function seenToChange(attempt: Attempt, before: Look, endAt: number): Promise<Delivery> {
  for (;;) {
    const look = await attempt.look();
    const { mark, recipient } = attempt.delivery;
    const isSame = look !== null && attempt.isRecipient(look.snapshot);
    // who has read the pane may end what runs in it
    const hasEnded = look !== null && mark !== undefined && samePane(look.snapshot.identity, recipient);
    if (look === null || !(isSame || hasEnded)) {
      return attempt.doubt('the keys were pressed, and the agent is gone');
    }
    if (!isSame || !sameScreen(before.snapshot, look.snapshot)) return attempt.acknowledge('screen-changed', look, '');
    if (attempt.now >= endAt) return attempt.doubt('the keys were pressed, and nothing was drawn after them');
    await attempt.drawsWithin(Math.min(lookEveryMs, endAt - attempt.now));
  }
}
