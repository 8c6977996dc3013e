import { becausePassed, type Delivery } from '../core/envelope.ts';
import { keysOf } from '../core/keys.ts';
import type { FreshLook, Passage } from './attempt.ts';
import { conditionFor, dialogWordsSeen } from './condition.ts';
import { conditionInDialog } from './dialog-rows.ts';
import { type Look, sameScreen } from './evidence.ts';
import { lookAtTurn } from './look-at-turn.ts';
import type { PaneCondition } from './pane-io.ts';
import { goneWithin } from './wait-until-closed.ts';

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
export async function pressKeys(passage: Passage): Promise<Delivery> {
  const { envelope, dialog } = passage.delivery;
  const { look, passed } = await lookAtTurn(passage);
  const verdict = passage.verdictOn(look);
  if (passed !== null) return passage.cancelAsPassed(passed);
  if (dialog !== undefined && look !== null && look.reading.dialog?.fingerprint !== dialog) {
    return passage.cancel(becausePassed('nothing was pressed: the dialog they were meant for is not open'));
  }
  if (!verdict.pass) return passage.hold(verdict.reason, verdict.detail);
  const condition = conditionOf(passage, look!);
  if (!('panePid' in condition)) return passage.hold('dialog', condition.reason);
  const keys = keysOf(envelope.body, { inDialog: dialog !== undefined });

  await passage.claim();
  const pressedAt = passage.now;
  await passage.pressing(pressedAt, { keys });
  if ((await passage.parts.hands.press(passage.pane, keys, condition)) === 'held') {
    const after = passage.verdictOn(await passage.look());
    const detail = 'tmux held the keys back: the screen was not as it had been a moment before';
    return after.pass ? passage.hold('unknown', detail) : passage.hold(after.reason, after.detail);
  }
  if (dialog !== undefined) {
    let changed: FreshLook | null = null;
    const gone = await goneWithin(passage, dialog, drawLimitMs, (seen) => {
      if (!sameScreen(look!.snapshot, seen.snapshot)) changed = seen;
    });
    if (gone === 'dialog-closed' || gone === 'another-dialog-opened') {
      const after = await passage.look();
      if (after !== null && passage.isRecipient(after.snapshot)) return passage.acknowledge(gone, after, '');
    }
    if (gone === null && changed !== null) return passage.acknowledge('screen-changed', changed, '');
  }
  return seenToChange(passage, look!, pressedAt + drawLimitMs);
}

/** Nobody can tell from a screen whether a key was pressed before a restart. */
export function reconcileKeys(passage: Passage): Promise<Delivery> {
  return passage.doubt('whether the keys were pressed before the restart is not known');
}

function conditionOf(passage: Passage, look: FreshLook): PaneCondition | { readonly reason: string } {
  const { dialog } = look.reading;
  if (passage.delivery.dialog === undefined) {
    const words = dialogWordsSeen(look, passage.manner);
    return words === null
      ? conditionFor(look, passage.manner, { rests: look.reading.state === 'idle' })
      : { reason: `on the screen: ${words}` };
  }
  const option = dialog?.options[0];
  const pinned = dialog && option ? conditionInDialog(look, dialog, option) : null;
  return pinned ?? { reason: 'the rows of the dialog cannot be told from others on the screen' };
}

async function seenToChange(passage: Passage, before: Look, endAt: number): Promise<Delivery> {
  for (;;) {
    const look = await passage.look();
    if (look === null || !passage.isRecipient(look.snapshot)) {
      return passage.doubt('the keys were pressed, and the agent is gone');
    }
    if (!sameScreen(before.snapshot, look.snapshot)) return passage.acknowledge('screen-changed', look, '');
    if (passage.now >= endAt) return passage.doubt('the keys were pressed, and nothing was drawn after them');
    await passage.drawsWithin(Math.min(lookEveryMs, endAt - passage.now));
  }
}
