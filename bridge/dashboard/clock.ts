/** The browser's clock, which this page alone reads; ms since 1970. */
export const now = (): number => Date.now();

const time = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** The time of day; on another day than today with that day. */
export function clockTime(at: number): string {
  const isToday = new Date(at).toDateString() === new Date(now()).toDateString();
  return isToday ? time.format(at) : `${day.format(at)}, ${time.format(at)}`;
}

/** Marks of an axis. */
export function axisTime(at: number): string {
  return time.format(at);
}

/** How long ago, or for how long: `3 s`, `12 min`, `5 h`, `2 d`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
