import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import type { ToldEvent } from '../core/events.ts';
import { cursor } from './arguments.ts';
import { type Stream, type StreamItem, stream } from './method.ts';
import { document } from './views.ts';

/** Of so many events that a reader has not taken, the next one ends its stream. */
const mostWaiting = 1_000;

/** The live log: everything that happens, from now on. What is not journaled cannot be told again: how much was missed is said. */
export const follow = stream({
  name: 'follow',
  args: z.object({ after: cursor.optional() }),
  event: document<ToldEvent>(),
  async *stream(bridge: Pick<Bridge, 'listen' | 'journal'>, { after }, closed): Stream<ToldEvent> {
    const newest = () => bridge.journal.events({ limit: 1 }).at(-1)?.seq ?? 0;
    const waiting: Array<StreamItem<ToldEvent>> = [];
    let wake = () => {};
    const stop = bridge.listen((event) => {
      if (waiting.length <= mostWaiting) waiting.push({ cursor: newest(), event });
      wake();
    });
    const end = () => wake();
    closed.addEventListener('abort', end);
    try {
      const missed = after === undefined ? 0 : bridge.journal.events({ since: after }).length;
      if (missed > 0) yield { cursor: newest(), event: leftOut(missed) };
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

function leftOut(count: number): ToldEvent {
  const text = `this log was read too slowly, and ${count} events of the journal are left out here; \`bridge log\` has them`;
  return { type: 'said', level: 'warning', text };
}
