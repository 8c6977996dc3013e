import type { Played } from './hostile-verdict.ts';

/** A dialog that the program opened by itself in the moment of our first Enter. All instants by the clock that all share. */
export interface Race {
  /** when the program began to write the dialog to its terminal */
  readonly writtenAt: number;
  /** when the bridge handed the conditional Enter to tmux */
  readonly sentAt: number;
  /** when the program had the Enter; null where tmux held it back */
  readonly receivedAt: number | null;
  readonly held: boolean;
  readonly approved: boolean;
  /** when the bridge had the first bytes of the dialog from tmux, which had drawn them by then */
  readonly heardAt: number | null;
}

type RacePlayed = Pick<Played, 'facts' | 'steps' | 'dialogHeardAt'>;

/** Null where the dialog was never opened, or no Enter was tried. */
export function raceIn({ facts, steps, dialogHeardAt }: RacePlayed): Race | null {
  const written = facts.find(({ dialog }) => dialog !== undefined);
  const press = steps.find(({ kind }) => kind === 'press');
  if (written === undefined || press === undefined) return null;
  const received = facts.find(({ bytes }) => bytes?.includes('\r'));
  return {
    writtenAt: written.from ?? written.m,
    sentAt: press.sentAt,
    receivedAt: press.said === 'done' ? (received?.m ?? null) : null,
    held: press.said === 'held',
    approved: press.said === 'done' && facts.some(({ approved }) => approved === written.dialog),
    heardAt: dialogHeardAt,
  };
}

/** By how much the dialog came before the Enter was handed over, in milliseconds: the upper ends of the rows of a table. */
const leads = [-2, -1, -0.5, -0.25, 0, 0.25, 0.5, 1, 2, Number.POSITIVE_INFINITY] as const;

/**
 * The window that is left: a dialog that the program has written and tmux has not drawn when it runs the conditional
 * Enter. A dialog that was written before the program had the Enter, and approved by it, is a hit; some of these were
 * written only after tmux had looked, when nobody could have held the Enter back.
 */
export function windowOf(races: readonly Race[]): Record<string, number> {
  const hits = races.flatMap((one) => {
    const gapMs = (one.receivedAt ?? Number.NEGATIVE_INFINITY) - one.writtenAt;
    return one.approved && gapMs >= 0 ? [{ gapMs, leadMs: leadOf(one) }] : [];
  });
  const gaps = hits.map(({ gapMs }) => gapMs);
  const early = hits.filter(({ leadMs }) => leadMs >= 0);
  const untilHeard = races.flatMap(({ writtenAt, heardAt }) => (heardAt === null ? [] : heardAt - writtenAt));
  return {
    races: races.length,
    'Enter was held back': races.filter(({ held }) => held).length,
    'hits: approved, written before the program had Enter': hits.length,
    'hits: written to Enter received p50 ms': quantile(gaps, 0.5),
    'hits: written to Enter received max ms': quantile(gaps, 1),
    'hits that were written before Enter was handed to tmux': early.length,
    'of these the longest before, ms': quantile(
      early.map(({ leadMs }) => leadMs),
      1,
    ),
    'approved, written when the program had Enter': races.filter(({ approved }) => approved).length - hits.length,
    'written to heard of from tmux p50 ms': quantile(untilHeard, 0.5),
    'written to heard of from tmux p99 ms': quantile(untilHeard, 0.99),
  };
}

/** What came of the races, by how long before or after Enter was handed to tmux the dialog was written. */
export function windowRows(races: readonly Race[]): Array<[string, number, number, number, string]> {
  return leads.map((to, index) => {
    const from = leads[index - 1] ?? Number.NEGATIVE_INFINITY;
    const mine = races.filter((one) => leadOf(one) >= from && leadOf(one) < to);
    const approved = mine.filter((one) => one.approved).length;
    const share = mine.length === 0 ? '' : `${((100 * approved) / mine.length).toFixed(1)} %`;
    return [nameOf(from, to), mine.length, mine.filter(({ held }) => held).length, approved, share];
  });
}

function nameOf(from: number, to: number): string {
  if (from === Number.NEGATIVE_INFINITY) return `more than ${-to} ms after`;
  if (to === Number.POSITIVE_INFINITY) return `more than ${from} ms before`;
  return to <= 0 ? `${-to} to ${-from} ms after` : `${from} to ${to} ms before`;
}

function leadOf({ writtenAt, sentAt }: Race): number {
  return sentAt - writtenAt;
}

/** 1 is the greatest; 0 of nothing. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(2));
}
