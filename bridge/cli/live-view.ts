import type { Overview } from '../api/overview.ts';
import type { PublicEvent } from '../core/events.ts';
import type { Context } from './context.ts';
import { LiveLog } from './live-log.ts';
import { levelOf, recordOf } from './live-record.ts';
import { canStayBelow, paint, stayBelow } from './output.ts';
import { repeats } from './repeats.ts';
import { statusLine } from './status-line.ts';

/** How often the line at the bottom is written anew; what it counts is asked for each time. */
const statusEveryMs = 1_000;

/**
 * What a bridge does, as it happens, in this terminal: for people, each line with its time, and the date where it changes; on a
 * terminal with one line at the bottom that says how all of it stands. Or as lines of JSON.
 */
export class LiveView {
  readonly #context: Pick<Context, 'config' | 'out'>;
  readonly #log: LiveLog;
  readonly #isRepeated = repeats();
  #day = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(context: Pick<Context, 'config' | 'out'>) {
    this.#context = context;
    this.#log = new LiveLog(context.config, (line) => this.#say(line), after);
  }

  take(event: PublicEvent): void {
    const { config, out } = this.#context;
    if (!config.json) this.#log.take(event);
    else if (!this.#isRepeated(event)) out.result('', { level: levelOf(event), time: Date.now(), ...recordOf(event) });
  }

  /** @param overview asked again and again; null keeps what is shown */
  keepStatus(overview: () => Promise<Overview | null>): void {
    const { config } = this.#context;
    if (config.json || config.quiet || !canStayBelow()) return;
    const show = async () => {
      const now = await overview().catch(() => null);
      if (now !== null && this.#timer !== null) stayBelow(statusLine(now, Date.now()));
    };
    this.#timer = setInterval(() => void show(), statusEveryMs);
    this.#timer.unref();
    void show();
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    stayBelow(null);
  }

  #say(line: string): void {
    const { out } = this.#context;
    const now = new Date();
    const day = now.toDateString();
    if (day !== this.#day) {
      const date = now.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
      out.say(paint('dim', `── ${date} ──`));
    }
    this.#day = day;
    // a text of several lines does not look like several events
    out.say(`${paint('dim', now.toTimeString().slice(0, 8))} ${line.replaceAll('\n', `\n${' '.repeat(9)}`)}`);
  }
}

function after(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
