import * as z from 'zod';
import type { Reader } from '../app/reader.ts';
import type { PublicEvent } from '../core/events.ts';
import { BridgeError } from '../core/failure.ts';
import { cursor } from './arguments.ts';
import { newestIn } from './journal-stream.ts';
import { type Stream, type StreamItem, stream } from './method.ts';
import { document } from './views.ts';

/** Of so many events that a reader has not taken, the next one ends its stream. */
const mostWaiting = 1_000;

/**
 * The live log: everything that happens from now on. What is not journaled cannot be sent again: a reader that comes back gets the number
 * of journal events that it missed.
 */
export const follow = stream({
  name: 'follow',
  args: z.object({ after: cursor.optional() }),
  event: document<PublicEvent>(),
  async *stream(reader: Pick<Reader, 'home' | 'journal' | 'listen'>, { after }, closed): Stream<PublicEvent> {
    if (reader.listen === null) throw noBridge(reader.home);
    const waiting: Array<StreamItem<PublicEvent>> = [];
    let wake = () => {};
    const stop = reader.listen((event) => {
      if (waiting.length <= mostWaiting) waiting.push({ cursor: newestIn(reader), event });
      wake();
    });
    const end = () => wake();
    closed.addEventListener('abort', end);
    try {
      const missed = after === undefined ? 0 : (reader.journal()?.events({ since: after }).length ?? 0);
      if (missed > 0) yield { cursor: newestIn(reader), event: leftOut(missed) };
      while (!closed.aborted) {
        const next = waiting.shift();
        if (waiting.length >= mostWaiting) return 'slow';
        if (next !== undefined) yield next;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
      return 'done';
    } finally {
      closed.removeEventListener('abort', end);
      stop();
    }
  },
});

function leftOut(count: number): PublicEvent {
  const text = `this log was read too slowly, and ${count} events of the journal are left out here; \`bridge log\` has them`;
  return { type: 'said', level: 'warning', text };
}

function noBridge(home: string): BridgeError {
  const reason = 'no bridge runs there';
  return new BridgeError({ what: 'follow', target: home, reason, nextStep: '`bridge log -f` reads the journal' });
}
