import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type Bound, goodbyeLimitMs } from './socket-reader.ts';

/**
 * A stream of server-sent events as a response sends it, with a bound on what its reader leaves unread: one that leaves more is told why, and
 * ended. What comes into the stream waits for nobody.
 * @param of the response that it is sent in
 */
export function boundedStream(
  events: ReadableStream<Uint8Array>,
  { of, bound, goodbye }: { readonly of: ServerResponse; readonly bound: Bound; readonly goodbye: () => string },
): Readable {
  const out = new Readable({ read() {} });
  const reader = events.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  of.once('close', stop);
  const pump = async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      out.push(next.value);
      if (out.readableLength + of.writableLength <= bound.queueBytes) continue;
      stop();
      out.push(goodbye());
      const { socket } = of;
      of.once('finish', () => socket?.destroySoon());
      // what it has not read is not kept for it
      setTimeout(() => of.destroy(), goodbyeLimitMs).unref();
      break;
    }
    out.push(null);
  };
  pump().catch((fault: Error) => out.destroy(fault));
  return out;
}
