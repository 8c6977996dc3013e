import type { Clock } from '../core/clock.ts';
import { NotNow } from '../core/failure.ts';

/** A person starts agents one by one; a page that runs wild does not. */
const mostPerMinute = 6;
const minuteMs = 60_000;

/** Agents are started one at a time, so that no name is given twice, and only so many a minute, whoever asks. */
export class StartTurns {
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();
  /** of the last minute */
  #startedAt: readonly number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  /** One more is started now. @throws NotNow where that is one too many */
  count(name: string): void {
    const now = this.#clock.now();
    const recent = this.#startedAt.filter((at) => now - at < minuteMs);
    if (recent.length >= mostPerMinute) {
      const seconds = Math.ceil((minuteMs - (now - recent[0]!)) / 1000);
      throw new NotNow({
        what: 'start',
        target: name,
        reason: `${mostPerMinute} agents were started within a minute, and no more are`,
        nextStep: `again in ${seconds} s`,
      });
    }
    this.#startedAt = [...recent, now];
  }
}
