import { steadyClock } from '../host/clock.ts';

const everyMs = 1_000;

/**
 * Takes up what lies in the outbox of senders that reach no bridge, at once and then every second.
 * @param relay one look, which says itself what it could not take
 */
export function relaying(relay: () => Promise<unknown>): { end(): Promise<void> } {
  let isOver = false;
  let cancel: () => void = () => {};
  const look = async (): Promise<void> => {
    await relay().catch(() => {});
    if (!isOver) cancel = steadyClock.after(everyMs, again);
  };
  const again = () => {
    looking = look();
  };
  let looking = look();
  return {
    async end() {
      isOver = true;
      cancel();
      await looking;
    },
  };
}
