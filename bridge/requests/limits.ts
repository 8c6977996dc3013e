import { createHash } from 'node:crypto';
import { normaliseWords } from '../core/detection.ts';
import type { Request } from '../core/request.ts';

/** How much may be answered without a human; 0 is no limit. */
export interface Limits {
  /** per worker */
  readonly answersPerHour: number;
  /** per worker, in a row, to requests that show no new work */
  readonly consecutive: number;
  /** of all workers, within 24 hours */
  readonly perDay: number;
}

/** What was answered automatically: by rules and controllers. A human's answers are never counted. */
export interface Counters {
  /** instants within the last hour, by worker; no more than the limit needs */
  readonly hour: Readonly<Record<string, readonly number[]>>;
  /** instants within the last 24 hours, likewise */
  readonly day: readonly number[];
  readonly rows: Readonly<Record<string, Row>>;
}

/** Automatic answers in a row; `asked` holds what the last ones were about. */
interface Row {
  readonly count: number;
  readonly asked: readonly string[];
}

export const noCounters: Counters = { hour: {}, day: [], rows: {} };

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A loop may go through a few questions in turn; so many different ones are no loop. */
const mostAsked = 20;

export interface Reached {
  readonly limit: keyof Limits;
  readonly reason: string;
}

/** The limit that the worker's next automatic answer would break; null where it would break none. */
export function reached(limits: Limits, counters: Counters, request: Request, now: number): Reached | null {
  const { worker } = request;
  const { answersPerHour, consecutive, perDay } = limits;
  const within = (instants: readonly number[] = [], ms: number) => instants.filter((at) => now - at < ms).length;
  if (answersPerHour > 0 && within(counters.hour[worker], hourMs) >= answersPerHour) {
    const reason = `${answersPerHour} automatic answers within an hour (limits.answers-per-hour)`;
    return { limit: 'answersPerHour', reason };
  }
  if (perDay > 0 && within(counters.day, dayMs) >= perDay) {
    const reason = `${perDay} automatic answers to all workers within 24 hours (limits.per-day)`;
    return { limit: 'perDay', reason };
  }
  const row = counters.rows[worker];
  if (consecutive > 0 && row && row.count >= consecutive && row.asked.includes(workOf(request))) {
    const reason = `${consecutive} automatic answers in a row without new work: it asks the same again (limits.consecutive)`;
    return { limit: 'consecutive', reason };
  }
  return null;
}

export function withAutomatic(limits: Limits, counters: Counters, request: Request, now: number): Counters {
  const { worker } = request;
  const kept = (instants: readonly number[] = [], ms: number, most: number) =>
    most === 0 ? [] : [...instants.filter((at) => now - at < ms), now].slice(-most);
  const work = workOf(request);
  const row = counters.rows[worker] ?? { count: 0, asked: [] };
  const isNew = !row.asked.includes(work);
  return {
    hour: { ...counters.hour, [worker]: kept(counters.hour[worker], hourMs, limits.answersPerHour) },
    day: kept(counters.day, dayMs, limits.perDay),
    rows: {
      ...counters.rows,
      [worker]: isNew ? { count: 1, asked: [...row.asked, work].slice(-mostAsked) } : { ...row, count: row.count + 1 },
    },
  };
}

/** What was counted, by a clock that tells so much more, or less. */
export function movedCounters(counters: Counters, byMs: number): Counters {
  const moved = (instants: readonly number[]) => instants.map((at) => at + byMs);
  const hour = Object.fromEntries(Object.entries(counters.hour).map(([worker, instants]) => [worker, moved(instants)]));
  return { ...counters, hour, day: moved(counters.day) };
}

/** A human has answered: whatever follows begins anew. */
export function withHuman(counters: Counters, worker: string): Counters {
  const { [worker]: _, ...rows } = counters.rows;
  return { ...counters, rows };
}

/** After a human let a worker go on that had reached this limit: what was counted for it begins anew. */
export function withoutPast(counters: Counters, worker: string, limit: keyof Limits): Counters {
  switch (limit) {
    case 'answersPerHour':
      return { ...counters, hour: { ...counters.hour, [worker]: [] } };
    case 'consecutive':
      return withHuman(counters, worker);
    case 'perDay':
      return { ...counters, day: [] };
  }
}

/**
 * What tells new work from a loop. A question or request is the same work when its words are the same, whatever figures
 * stand in them. A dialog is when it asks for the same and the screen above it is the same too: the same test may well be
 * run again after every change.
 */
function workOf({ kind, text, dialog, context }: Request): string {
  const words = dialog === undefined ? [kind, text] : [dialog.fingerprint, context];
  return createHash('sha256')
    .update(normaliseWords(words.join('\n')).replace(/\d+/g, ''))
    .digest('hex')
    .slice(0, 16);
}
