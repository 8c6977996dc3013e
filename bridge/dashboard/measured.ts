import type { JournalEvent } from '../core/journal-event.ts';

/** Instants and what was measured then, in seconds; oldest first. */
export type Series = ReadonlyArray<readonly [at: number, value: number]>;

interface Measured {
  readonly asked: Series;
  readonly answered: Series;
  readonly arrived: Series;
  /** deliveries that ended in any other way than by arriving, but for those that were taken back */
  readonly lost: number;
  readonly held: Series;
}

const lostKinds = /^delivery-(?:uncertain|failed|expired|typed-not-submitted)$/;

/** @param events the newest first */
export function measured(events: readonly JournalEvent[]): Measured {
  const inOrder = [...events].reverse();
  const began = new Map<string, number>();
  const heldSince = new Map<string, number>();
  const answered: Array<[number, number]> = [];
  const held: Array<[number, number]> = [];
  const span = inOrder.length === 0 ? 0 : inOrder.at(-1)!.at - inOrder[0]!.at;
  const bucket = Math.max(1_000, Math.ceil(span / 40));
  const [asked, arrived] = [new Map<number, number>(), new Map<number, number>()];
  let lost = 0;
  const count = (counts: Map<number, number>, at: number) => {
    const slot = Math.floor(at / bucket) * bucket;
    counts.set(slot, (counts.get(slot) ?? 0) + 1);
  };
  for (const { kind, subject, at } of inOrder) {
    if (kind === 'request-opened') {
      began.set(subject, at);
      count(asked, at);
    } else if (kind === 'request-answered' && began.has(subject)) {
      answered.push([at, (at - began.get(subject)!) / 1000]);
      began.delete(subject);
    }
    if (kind === 'delivery-acknowledged') count(arrived, at);
    if (lostKinds.test(kind)) lost += 1;
    if (kind === 'delivery-held') {
      if (!heldSince.has(subject)) heldSince.set(subject, at);
    } else if (kind.startsWith('delivery-') && heldSince.has(subject)) {
      held.push([at, (at - heldSince.get(subject)!) / 1000]);
      heldSince.delete(subject);
    }
  }
  const inTime = (counts: Map<number, number>) => [...counts].sort(([a], [b]) => a - b);
  return { asked: inTime(asked), answered, arrived: inTime(arrived), lost, held };
}
