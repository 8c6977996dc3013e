import type { RequestId } from './ids.ts';
import type { PaneIdentity } from './pane.ts';

/** What a person is called for. */
export const alertKinds = ['request', 'dialog', 'mail', 'undelivered', 'test'] as const;
export type AlertKind = (typeof alertKinds)[number];

/** How a person is reached. */
export const alertWays = ['bell', 'desktop', 'command', 'webhook', 'ntfy', 'webpush'] as const;
export type AlertWay = (typeof alertWays)[number];

export const urgencies = ['normal', 'urgent'] as const;
export type Urgency = (typeof urgencies)[number];

/** One thing that a person is to know of. */
export interface Alert {
  readonly id: string;
  /** what it is about: the same again is a call for the same */
  readonly matter: string;
  readonly kind: AlertKind;
  /** as people see it; empty where it is about nobody */
  readonly member: string;
  readonly urgency: Urgency;
  readonly title: string;
  readonly text: string;
  readonly raisedAt: number;
  /** the request that it is about; absent where it is about something else */
  readonly request?: RequestId;
  /** whose end ends the matter, where nothing in the journal is sure to: a request that has ended, a text in doubt, a dialog of a controller */
  readonly agent?: PaneIdentity;
}

/** Where an alert's matter can be decided from another device; or why nowhere. */
export type AlertLink = { readonly url: string } | { readonly why: string };

/**
 * What becomes of an alert by one way:
 *
 *   waiting ─► sending ─► sent
 *      ▲          │ └───► refused   (the other side will not have it)
 *      └──────────┤       (it may work later: waits for the next attempt)
 *      │          └─────► given-up  (no attempt is left, or a restart cannot tell whether it went out)
 *      └─► withdrawn (settled elsewhere before it was sent; while it was being sent, it is not tried again)
 *
 * One that was sent, or may have been when a bridge ended, and whose matter is settled then, is taken back where the way can do that:
 * `recalled` says what came of it.
 */
export type AlertState =
  | { readonly is: 'waiting'; readonly until: number; readonly why: string; readonly attempts: number }
  | { readonly is: 'sending'; readonly attempts: number; readonly isSettled?: true }
  | {
      readonly is: 'sent';
      readonly at: number;
      readonly receipt: string;
      readonly attempts: number;
      readonly isSettled?: true;
      readonly recalled?: string;
    }
  | { readonly is: 'refused'; readonly at: number; readonly reason: string; readonly attempts: number }
  | {
      readonly is: 'given-up';
      readonly at: number;
      readonly reason: string;
      readonly attempts: number;
      /** nobody knows whether it arrived */
      readonly isInDoubt?: true;
      readonly isSettled?: true;
      readonly recalled?: string;
    }
  | { readonly is: 'withdrawn'; readonly at: number; readonly attempts: number };

export type AlertInput =
  | { readonly type: 'begun' }
  | { readonly type: 'sent'; readonly at: number; readonly receipt: string }
  | { readonly type: 'refused'; readonly at: number; readonly reason: string }
  /** `laterMs`: null where it is not tried once more */
  | { readonly type: 'failed'; readonly at: number; readonly reason: string; readonly laterMs: number | null }
  | { readonly type: 'lost-sight'; readonly at: number }
  | { readonly type: 'settled'; readonly at: number }
  /** `said`: what the other side answered, or why it was not reached */
  | { readonly type: 'recalled'; readonly said: string };

/** The next state; the same one where the input means nothing in it. */
export function stepAlert(state: AlertState, input: AlertInput): AlertState {
  const { attempts } = state;
  if (state.is === 'waiting') {
    if (input.type === 'begun') return { is: 'sending', attempts: attempts + 1 };
    return input.type === 'settled' ? { is: 'withdrawn', at: input.at, attempts } : state;
  }
  if (mayHaveArrived(state)) {
    if (input.type === 'settled') return { ...state, isSettled: true };
    return input.type === 'recalled' ? { ...state, recalled: input.said } : state;
  }
  if (state.is !== 'sending') return state;
  const settled = state.isSettled === true ? ({ isSettled: true } as const) : {};
  switch (input.type) {
    case 'sent':
      return { is: 'sent', at: input.at, receipt: input.receipt, attempts, ...settled };
    case 'refused':
      return { is: 'refused', at: input.at, reason: input.reason, attempts };
    case 'failed': {
      const { at, reason, laterMs } = input;
      if (state.isSettled) return { is: 'withdrawn', at, attempts };
      if (laterMs === null) return { is: 'given-up', at, reason, attempts };
      return { is: 'waiting', until: at + laterMs, why: reason, attempts };
    }
    case 'lost-sight':
      return {
        is: 'given-up',
        at: input.at,
        reason: 'the bridge ended while it was sent: it may have arrived',
        attempts,
        isInDoubt: true,
        ...settled,
      };
    case 'settled':
      return { ...state, isSettled: true };
    case 'begun':
    case 'recalled':
      return state;
  }
}

/** Whether it was sent or may have been, its matter is settled, and nobody has tried to take it back. */
export function isToRecall(state: AlertState): boolean {
  return mayHaveArrived(state) && state.isSettled === true && state.recalled === undefined;
}

function mayHaveArrived(state: AlertState): state is Extract<AlertState, { readonly is: 'sent' | 'given-up' }> {
  return state.is === 'sent' || (state.is === 'given-up' && state.isInDoubt === true);
}

export interface SentAlert {
  readonly alert: Alert;
  readonly by: ReadonlyArray<{ readonly way: AlertWay; readonly state: AlertState }>;
}

/** Whether somebody is called by it, may have been or is about to be, and its matter is not known to be settled. */
export function isUnsettled({ by }: SentAlert): boolean {
  return by.some(
    ({ state }) =>
      state.is === 'waiting' || ((state.is === 'sending' || mayHaveArrived(state)) && state.isSettled !== true),
  );
}

/** `22:00-07:30` goes over midnight; from and to the same is never. */
export function isWithin(hours: string, now: number): boolean {
  const [from, to] = minutesOf(hours) ?? [0, 0];
  const at = new Date(now);
  const minute = at.getHours() * 60 + at.getMinutes();
  return from <= to ? from <= minute && minute < to : minute >= from || minute < to;
}

/** Minutes of the day, from and to; null where it is no such text. */
export function minutesOf(hours: string): readonly [number, number] | null {
  const [, ...found] = /^([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]|24):([0-5]\d)$/.exec(hours) ?? [];
  if (found.length === 0) return null;
  const [fromHour, fromMinute, toHour, toMinute] = found.map(Number) as [number, number, number, number];
  return [fromHour * 60 + fromMinute, toHour * 60 + toMinute];
}
