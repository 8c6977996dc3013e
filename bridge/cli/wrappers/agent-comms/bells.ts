import { setTimeout as delay } from 'node:timers/promises';
import { deliver, type Outcome } from './deliver.ts';
import { lockIn } from './files.ts';
import type { Letter } from './letter.ts';
import type { Place, Recipient } from './place.ts';

/** COVERED: another bell is about to ring for it, too. */
export type Rung = Outcome | { readonly is: 'COVERED'; readonly why: '' };

export interface Bell {
  readonly agent: Recipient;
  /** as it is when it rings */
  readonly letter: () => Letter;
  /** of the thread */
  readonly path: string;
  /** how it ended, of one that nobody waits for */
  readonly later: (outcome: Outcome) => void;
}

/** Who tidies up after killed holders has a lock for less than a millisecond, and rings nobody; whoever rings has it for longer. */
const noRingerMs = 100;

/** Where others wrote while a bell rang, a bridge waits that long before it rings for them: what is written meanwhile is in one bell. */
const restMs = 500;

/** The bells of this process that are about to ring, and those that ring, or rest before the next. */
const waiting = new Set<string>();
const ringing = new Map<string, Promise<unknown>>();

/**
 * Rings for what was just added to a thread. Whoever is about to ring the same agent for the same thread rings for that, too: an
 * agent that many write to at once is rung for all of it, and not so often. A bridge rings itself what has to wait for the bell before.
 */
export async function ring(bell: Bell, place: Place): Promise<Rung> {
  // a session of another server is another agent
  const key = `${bell.path}|${bell.agent.session}|${place.socketPath}`;
  if (waiting.has(key)) return covered;
  const before = ringing.get(key);
  if (before === undefined) return rung(bell, key, place);
  waiting.add(key);
  void before
    .then(() => rung(bell, key, place))
    .catch((fault: unknown): Outcome => ({ is: 'INJECT_FAIL', why: String(fault) }))
    .then((outcome) => outcome.is !== 'COVERED' && bell.later(outcome));
  return covered;
}

const covered = { is: 'COVERED', why: '' } as const;

async function rung({ agent, letter }: Omit<Bell, 'later'>, key: string, place: Place): Promise<Rung> {
  const { threads } = place.paths;
  waiting.add(key);
  try {
    const next = await lockIn(threads, `${key}|next`, { limitMs: noRingerMs });
    if (next === null) return covered;
    const now = await lockIn(threads, `${key}|now`);
    next.release();
    // what is added from here on is not in the bell that rings now
    waiting.delete(key);
    if (now === null) return { is: 'INJECT_FAIL', why: `others are ringing ${agent.name}` };
    // others count on it: it rings also where its caller is gone
    const run = { ...place.run, closed: new AbortController().signal };
    const outcome = deliver(agent, letter(), { ...place, run }).finally(() => now.release());
    if (!run.isOwnProcess) rest(key, outcome);
    return await outcome;
  } finally {
    waiting.delete(key);
  }
}

function rest(key: string, outcome: Promise<unknown>): void {
  const pause = () => (waiting.has(key) ? delay(restMs, undefined, { ref: false }) : undefined);
  const rested = outcome.then(pause, pause);
  ringing.set(key, rested);
  void rested.then(() => {
    if (ringing.get(key) === rested) ringing.delete(key);
  });
}
