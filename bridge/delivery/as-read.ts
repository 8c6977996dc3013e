import { createHash } from 'node:crypto';
import { sameAgent, samePane } from '../core/pane.ts';
import type { ReadMark } from '../core/read-mark.ts';
import { type Composer, mayComeToRest } from '../core/reading.ts';
import type { Attempt, FreshLook } from './attempt.ts';
import type { Look } from './evidence.ts';

/** A program that reads lines is quiet this long before it counts as idle; a first look cannot know that it is. */
const settleMs = 2_600;
const lookEveryMs = 50;

export function markRead(reader: string, { snapshot, reading }: Look): ReadMark {
  return {
    reader,
    pane: snapshot.identity,
    at: snapshot.takenAtMs,
    state: reading.state,
    dialog: reading.dialog?.fingerprint ?? null,
    composer: composerMark(reading.composer),
    cursorRow: digest(rowAtCursor({ snapshot, reading })),
  };
}

/**
 * A look at a pane that somebody has read, and what is not as it was then; null where all of it is that matters. Other rows
 * than the cursor's may have changed.
 */
export async function lookAsRead(
  attempt: Attempt,
  mark: ReadMark,
): Promise<{ readonly look: FreshLook | null; readonly changed: string | null }> {
  const endAt = attempt.now + settleMs;
  for (;;) {
    const look = await attempt.look();
    const difference = look === null ? null : differenceFrom(mark, look);
    const isUndecided = difference?.of === 'state' && mayComeToRest(look!.reading) && attempt.now < endAt;
    if (!isUndecided) return { look, changed: difference?.inWords ?? null };
    await attempt.drawsWithin(lookEveryMs);
  }
}

interface Difference {
  readonly of: 'identity' | 'dialog' | 'state' | 'composer' | 'row';
  readonly inWords: string;
}

export function differenceFrom(mark: ReadMark, look: Look): Difference | null {
  const { snapshot, reading } = look;
  const { identity } = snapshot;
  if (!samePane(mark.pane, identity)) return { of: 'identity', inWords: 'another pane has that id now' };
  if (!sameAgent(mark.pane, identity)) return { of: 'identity', inWords: 'another program runs in it now' };
  const dialog = reading.dialog?.fingerprint ?? null;
  if (dialog !== mark.dialog) return { of: 'dialog', inWords: dialogInWords(mark.dialog, dialog) };
  if (reading.state !== mark.state)
    return { of: 'state', inWords: `it was ${mark.state}, and it is ${reading.state} now` };
  const composer = composerMark(reading.composer);
  if (composer !== mark.composer)
    return { of: 'composer', inWords: `its prompt ${contentOf(mark.composer)}, and ${contentNow(reading.composer)}` };
  if (digest(rowAtCursor(look)) !== mark.cursorRow)
    return { of: 'row', inWords: 'the row with the cursor has changed' };
  return null;
}

function dialogInWords(before: string | null, now: string | null): string {
  if (before === null) return 'a dialog has opened';
  return now === null ? 'the dialog has closed' : 'another dialog is open now';
}

function composerMark(composer: Composer): string {
  return composer.is === 'draft' ? digest(composer.text) : composer.is;
}

function contentOf(mark: string): string {
  if (mark === 'absent') return 'was not to be seen';
  return mark === 'empty' ? 'was empty' : 'held a draft';
}

function contentNow({ is }: Composer): string {
  if (is === 'absent') return 'it is not to be seen now';
  return is === 'empty' ? 'it is empty now' : 'it holds another text now';
}

/** Without what is drawn dim: a suggestion or a placeholder comes and goes by itself. */
function rowAtCursor({ snapshot: { rows, cursorRow } }: Look): string {
  const { text, dim } = rows[cursorRow] ?? { text: '', dim: [] };
  const starts = [0, ...dim.map(([, end]) => end)];
  const ends = [...dim.map(([start]) => start), text.length];
  return starts
    .map((start, at) => text.slice(start, ends[at]))
    .join('')
    .trimEnd();
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
