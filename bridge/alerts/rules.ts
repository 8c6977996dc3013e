import { type Alert, type AlertKind, type AlertWay, isWithin, minutesOf, type Urgency } from '../core/alert.ts';
import { labelOf } from '../core/names.ts';

/** Which alerts go which ways. What is left out fits all. */
export interface AlertRule {
  readonly kinds?: readonly AlertKind[] | undefined;
  /** names, with or without their project; `*` for any characters */
  readonly members?: readonly string[] | undefined;
  readonly urgency?: readonly Urgency[] | undefined;
  /** `08:00-18:30`, by the machine's own clock */
  readonly hours?: string | undefined;
  /** none: nobody is called */
  readonly ways: readonly AlertWay[];
}

/** By the first rule that fits; where none does, by every way that is set up. */
export function waysFor(
  alert: Alert,
  rules: readonly AlertRule[],
  setUp: readonly AlertWay[],
  now: number,
): readonly AlertWay[] {
  const rule = rules.find((one) => fits(one, alert, now));
  return rule === undefined ? setUp : rule.ways.filter((way) => setUp.includes(way));
}

function fits({ kinds, members, urgency, hours }: AlertRule, alert: Alert, now: number): boolean {
  return (
    (kinds === undefined || kinds.includes(alert.kind)) &&
    (urgency === undefined || urgency.includes(alert.urgency)) &&
    (members === undefined || members.some((pattern) => isNamed(pattern, alert.member))) &&
    (hours === undefined || isWithin(hours, now))
  );
}

function isNamed(pattern: string, name: string): boolean {
  const shape = new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`, 'u');
  return shape.test(name) || (!pattern.includes('/') && shape.test(labelOf(name)));
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/**
 * Until when an alert waits; null where it need not.
 * @param quiet hours in which nothing but what is urgent calls; null: none
 */
export function quietUntil({ urgency, kind }: Alert, quiet: string | null, now: number): number | null {
  if (quiet === null || urgency === 'urgent' || kind === 'test' || !isWithin(quiet, now)) return null;
  const [, to] = minutesOf(quiet)!;
  const end = new Date(now);
  end.setHours(Math.floor(to / 60), to % 60, 0, 0);
  if (end.getTime() <= now) end.setDate(end.getDate() + 1);
  return end.getTime();
}
