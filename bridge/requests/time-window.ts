/** `08:00-18:00`, `mon-fri 22:00-06:00`: local time. A window that ends before it begins reaches into the next day. */
export interface TimeWindow {
  /** the days it begins on, Sunday is 0 */
  readonly days: ReadonlySet<number>;
  readonly fromMinute: number;
  readonly toMinute: number;
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const dayMinutes = 24 * 60;

/** @returns the window, or what is wrong with it in words that follow the key */
export function readTimeWindow(written: string): TimeWindow | { readonly fault: string } {
  const parts = /^(?:([a-z,-]+)\s+)?(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})$/i.exec(written.trim());
  if (!parts) return { fault: 'is not written as "08:00-18:00" or "mon-fri 08:00-18:00"' };
  const days = parts[1] === undefined ? new Set(dayNames.keys()) : readDays(parts[1].toLowerCase());
  if (days === null) return { fault: `has a day other than ${dayNames.join(', ')}` };
  const [fromMinute, toMinute] = [minuteOf(parts[2]!), minuteOf(parts[3]!)];
  if (fromMinute === null || toMinute === null) return { fault: 'has a time of day that does not exist' };
  if (fromMinute === toMinute) return { fault: 'begins when it ends' };
  return { days, fromMinute, toMinute };
}

/** @param at milliseconds since the epoch; the machine's time zone decides what time of day that is */
export function isWithin({ days, fromMinute, toMinute }: TimeWindow, at: number): boolean {
  const local = new Date(at);
  const [day, minute] = [local.getDay(), local.getHours() * 60 + local.getMinutes()];
  if (fromMinute < toMinute) return days.has(day) && minute >= fromMinute && minute < toMinute;
  return (days.has(day) && minute >= fromMinute) || (days.has((day + 6) % 7) && minute < toMinute);
}

function readDays(written: string): Set<number> | null {
  const days = new Set<number>();
  for (const part of written.split(',')) {
    const [first = '', last = first, ...more] = part.split('-');
    const [from, to] = [dayNames.indexOf(first), dayNames.indexOf(last)];
    if (from < 0 || to < 0 || more.length > 0) return null;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === to) break;
    }
  }
  return days;
}

function minuteOf(written: string): number | null {
  const [hours, minutes] = written.split(':').map(Number) as [number, number];
  const minute = hours * 60 + minutes;
  return minutes > 59 || minute > dayMinutes ? null : minute;
}
