import { steadyClock } from '../host/clock.ts';

const everyMs = 1_000;

/**
 * Takes up what lies in the outbox of senders that reach no bridge, at once and then every second.
 * @param relay one look, which says itself what it could not take; the signal aborts when it is not waited for any more
 */
export function relaying(relay: (ended: AbortSignal) => Promise<unknown>): { end(): Promise<void> } {
  const over = new AbortController();
  let cancel: () => void = () => {};
  const look = async (): Promise<void> => {
    await relay(over.signal).catch(() => {});
    if (!over.signal.aborted) cancel = steadyClock.after(everyMs, again);
  };
  const again = () => {
    looking = look();
  };
  let looking = look();
  return {
    async end() {
      over.abort();
      cancel();
      await looking;
    },
  };
}
