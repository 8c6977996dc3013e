import type { PaneIdentity } from './pane.ts';
import type { AgentState } from './reading.ts';

/**
 * What somebody saw who read a pane. Acting on the pane needs that it still shows this. Words of the screen are kept as
 * digests only.
 */
export interface ReadMark {
  /** who read: each reader has a mark of its own */
  readonly reader: string;
  readonly pane: PaneIdentity;
  readonly at: number;
  readonly state: AgentState;
  /** fingerprint of the dialog that was open; null where none was */
  readonly dialog: string | null;
  /** `absent`, `empty`, or a digest of the draft */
  readonly composer: string;
  /** digest of the row that held the cursor */
  readonly cursorRow: string;
}

/** What was read longer ago is read again. */
export const markLastsMs = 60_000;

/** An instant that is still to come was told by a clock that has been set back since. */
export function isFresh({ at }: Pick<ReadMark, 'at'>, now: number): boolean {
  return at <= now && now - at <= markLastsMs;
}
