import { type AgentState, isReady, type Reading } from '../core/reading.ts';

/** What a reading of a labelled screen must say. */
export interface Expectation {
  /** the states that are right; `starting` is anything that is not ready */
  readonly states: readonly AgentState[] | 'any';
  readonly isReady: boolean;
  /** in words, for tables and faults */
  readonly says: string;
}

const idle: Expectation = { states: ['idle'], isReady: true, says: 'idle, ready' };
const busy: Expectation = { states: ['busy'], isReady: false, says: 'busy' };
const dialog: Expectation = { states: ['dialog'], isReady: false, says: 'dialog' };
const draft: Expectation = { states: ['idle'], isReady: false, says: 'idle with a draft' };
const starting: Expectation = { states: 'any', isReady: false, says: 'anything but ready' };
const unclear: Expectation = { states: ['unknown'], isReady: false, says: 'unknown' };
const exited: Expectation = { states: ['exited'], isReady: false, says: 'exited' };

/**
 * The labels of recorded screens, the first that fits decides: a whole label, or a beginning that ends in `_`.
 * docs/measurements/accuracy.md shows this table; a test holds the two together.
 */
export const labels: ReadonlyArray<readonly [label: string, expected: Expectation]> = [
  ['draft_cleared', idle],
  ['draft', draft],
  ['draft_', draft],
  ['error_retrying', busy],
  ['error', idle],
  ['error_', idle],
  ['finished', idle],
  ['finished_', idle],
  ['question', idle],
  ['question_', idle],
  ['controller_request', idle],
  ['denied', idle],
  ['denied_', idle],
  ['interrupted', idle],
  ['interrupted_', idle],
  ['idle', idle],
  ['idle_', idle],
  ['busy', busy],
  ['busy_', busy],
  ['queued', busy],
  ['queued_', busy],
  ['approval', dialog],
  ['approval_', dialog],
  ['dialog', dialog],
  ['dialog_', dialog],
  ['startup_dialog', dialog],
  ['startup_dialog_', dialog],
  ['starting', starting],
  ['starting_', starting],
  ['scrolled_back', unclear],
  ['unknown', unclear],
  ['exited', exited],
];

/** What the label asks for; null for a label that is not in the table. */
export function expectationOf(label: string): Expectation | null {
  const row = labels.find(([name]) => label === name || (name.endsWith('_') && label.startsWith(name)));
  return row?.[1] ?? null;
}

/** How a reading does against what was expected. Ready when it is not is the one mistake that harms. */
export function judgeReading(
  reading: Reading,
  expected: Expectation,
): 'right' | 'wrong' | 'unknown' | 'ready-when-not' {
  const ready = isReady(reading);
  if (ready && !expected.isReady) return 'ready-when-not';
  const isState = expected.states === 'any' || expected.states.includes(reading.state);
  const isDraft = expected !== draft || reading.composer.is === 'draft';
  if (isState && isDraft && ready === expected.isReady) return 'right';
  return reading.state === 'unknown' ? 'unknown' : 'wrong';
}
