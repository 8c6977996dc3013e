import { setTimeout as delay } from 'node:timers/promises';
import type { Lock, Locks } from '../../host/locks.ts';

export interface Waiting {
  /** of the locks; left out: that of this user, for all of bridge */
  readonly folder?: string;
  readonly limitMs: number;
  /** aborts when nobody waits any more */
  readonly closed?: AbortSignal;
}

const lookEveryMs = 25;

/** One for each folder: what killed holders left is looked for once. */
const locksOf = new Map<string | undefined, Locks>();

/** The end of each queue of this process: of those that wait here, one at a time looks at the lock. */
const queues = new Map<string, Promise<void>>();

/** Held by one call at a time, of all processes; null where it was not to be had in that time, or nobody waits for it any more. */
export async function waitFor(key: string, { folder, limitMs, closed }: Waiting): Promise<Lock | null> {
  const endAt = Date.now() + limitMs;
  const isOver = () => Date.now() > endAt || closed?.aborted === true;
  const { isFirst, leave } = await queued(`${folder}|${key}`, limitMs, closed);
  let lock: Lock | null = null;
  try {
    lock = isFirst ? await acquired(key, folder, isOver) : null;
  } finally {
    if (lock === null) leave();
  }
  return lock && leaving(lock, leave);
}

function leaving(lock: Lock, leave: () => void): Lock {
  const release = () => {
    lock.release();
    leave();
  };
  return { ...lock, release };
}

async function acquired(key: string, folder: string | undefined, isOver: () => boolean): Promise<Lock | null> {
  const { Locks } = await import('../../host/locks.ts');
  const locks = locksOf.get(folder) ?? new Locks(folder);
  locksOf.set(folder, locks);
  for (;;) {
    const lock = locks.tryAcquire(key);
    if (lock !== null || isOver()) return lock;
    await delay(lookEveryMs);
  }
}

/** Waits for those of this process that came before. */
async function queued(key: string, limitMs: number, closed: AbortSignal | undefined) {
  const before = queues.get(key);
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const end: Promise<void> = (before ?? Promise.resolve()).then(() => left);
  queues.set(key, end);
  void end.then(() => {
    if (queues.get(key) === end) queues.delete(key);
  });
  if (before === undefined) return { isFirst: true, leave };
  const late = new AbortController();
  const tooLate = delay(limitMs, false, { signal: closed ? AbortSignal.any([late.signal, closed]) : late.signal });
  const isFirst = await Promise.race([before.then(() => true), tooLate.catch(() => false)]);
  late.abort();
  return { isFirst, leave };
}
