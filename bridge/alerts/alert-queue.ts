import {
  type Alert,
  type AlertInput,
  type AlertState,
  type AlertWay,
  isToRecall,
  isUnsettled,
  type SentAlert,
  stepAlert,
} from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import type { Documents } from '../core/documents.ts';
import { messageOf } from '../core/failure.ts';
import { type AlertRule, quietUntil, waysFor } from './rules.ts';

/** Sends by one way. @returns its receipt @throws Refusal where the other side will not have it; anything else may work later */
export type Sender = (alert: Alert) => Promise<string>;

/** No further attempt would end otherwise. */
export class Refusal extends Error {}

/** Between attempts; after the last one it is given up. */
const pausesMs = [5_000, 30_000, 120_000, 600_000];
/** Ways of this machine: what fails there once fails again. */
const onceOnly: readonly AlertWay[] = ['bell', 'desktop', 'command'];
const mostKept = 200;
const memoryKey = 'alerts';

export interface AlertSettings {
  readonly rules: readonly AlertRule[];
  /** hours in which nothing but what is urgent calls; null: none */
  readonly quiet: string | null;
  /** ways that nobody asked for: where one fails, that is kept and not said */
  readonly unasked: readonly AlertWay[];
}

/** Alerts on their way to a person: each by its ways, each way with its own state and receipt, kept over a restart. */
export class AlertQueue {
  readonly #memory: Documents;
  readonly #clock: Clock;
  readonly #settings: AlertSettings;
  readonly #senders: Readonly<Partial<Record<AlertWay, Sender>>>;
  readonly #recallers: Readonly<Partial<Record<AlertWay, Sender>>>;
  readonly #say: (text: string) => void;
  #cancel: () => void = () => {};
  #isOver = false;

  constructor(parts: {
    memory: Documents;
    clock: Clock;
    settings: AlertSettings;
    senders: Readonly<Partial<Record<AlertWay, Sender>>>;
    /** take back what was sent, or say that it is settled, for the ways that can */
    recallers?: Readonly<Partial<Record<AlertWay, Sender>>>;
    say: (text: string) => void;
  }) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#settings = parts.settings;
    this.#senders = parts.senders;
    this.#recallers = parts.recallers ?? {};
    this.#say = parts.say;
  }

  /** Takes up what an earlier process left. What it was sending may have arrived: that is not sent again. */
  resume(): void {
    for (const { alert, by } of this.list())
      for (const { way, state } of by)
        if (state.is === 'sending') this.#step(alert.id, way, { type: 'lost-sight', at: this.#clock.now() });
    this.#recall();
    this.#next();
  }

  /** The last ones, oldest first. */
  list(): readonly SentAlert[] {
    return keptAlerts(this.#memory);
  }

  /** By the ways in which nobody is about to be called for the same already: in quiet hours, or where a server is away, one call waits. */
  raise(alert: Alert): void {
    const now = this.#clock.now();
    const setUp = Object.keys(this.#senders) as AlertWay[];
    const until = quietUntil(alert, this.#settings.quiet, now);
    const state: AlertState = {
      is: 'waiting',
      until: until ?? now,
      why: until === null ? 'it is about to be sent' : 'quiet hours',
      attempts: 0,
    };
    const ways = waysFor(alert, this.#settings.rules, setUp, now);
    const by = ways.filter((way) => !this.#isPending(alert, way)).map((way) => ({ way, state }));
    if (by.length === 0 && ways.length > 0) return;
    this.#save([...this.list(), { alert, by }].slice(-mostKept));
    this.#next();
  }

  #isPending({ matter, urgency }: Alert, way: AlertWay): boolean {
    return this.list().some(
      ({ alert, by }) =>
        alert.matter === matter &&
        (alert.urgency === urgency || alert.urgency === 'urgent') &&
        by.some(
          ({ way: other, state }) =>
            other === way && (state.is === 'waiting' || (state.is === 'sending' && state.isSettled !== true)),
        ),
    );
  }

  /** What somebody is called for, or about to be, and is not known to be settled. */
  get unsettled(): readonly Alert[] {
    return this.list()
      .filter(isUnsettled)
      .map(({ alert }) => alert);
  }

  /** Their matters are settled: whoever was not told of them yet need not be, and whoever was is told of that. */
  settle(isSettled: (alert: Alert) => boolean): void {
    const settled = this.list().filter((sent) => isUnsettled(sent) && isSettled(sent.alert));
    for (const { alert, by } of settled)
      for (const { way } of by) this.#step(alert.id, way, { type: 'settled', at: this.#clock.now() });
    if (settled.length > 0) this.#recall();
  }

  /** Once each: what fails here is said nowhere but in its state. */
  #recall(): void {
    for (const { alert, by } of this.list())
      for (const { way, state } of by) {
        const recall = this.#recallers[way];
        if (recall === undefined || this.#isOver || !isToRecall(state)) continue;
        this.#step(alert.id, way, { type: 'recalled', said: 'nobody knows' });
        void recall(alert)
          .catch((fault) => `not taken back: ${messageOf(fault)}`)
          .then((said) => void this.#step(alert.id, way, { type: 'recalled', said }));
      }
  }

  close(): void {
    this.#isOver = true;
    this.#cancel();
  }

  /** Sends what is due, and waits for what is not. */
  #next(): void {
    this.#cancel();
    if (this.#isOver) return;
    const now = this.#clock.now();
    const waiting = this.list().flatMap(({ alert, by }) =>
      by.flatMap(({ way, state }) => (state.is === 'waiting' ? [{ alert, way, until: state.until }] : [])),
    );
    for (const { alert, way } of waiting.filter(({ until }) => until <= now)) void this.#send(alert, way);
    const later = waiting.map(({ until }) => until).filter((until) => until > now);
    if (later.length > 0) this.#cancel = this.#clock.after(Math.min(...later) - now, () => this.#next());
  }

  async #send(alert: Alert, way: AlertWay): Promise<void> {
    const begun = this.#step(alert.id, way, { type: 'begun' });
    if (begun?.is !== 'sending') return;
    const input = await this.#attempt(alert, way, begun.attempts);
    const ended = this.#step(alert.id, way, input);
    const isFailed = ended?.is === 'refused' || ended?.is === 'given-up';
    if (isFailed && !this.#settings.unasked.includes(way)) this.#say(`notify: ${way}: ${ended.reason}`);
    this.#recall();
    if (!this.#isOver) this.#next();
  }

  async #attempt(alert: Alert, way: AlertWay, attempts: number): Promise<AlertInput> {
    try {
      const receipt = await this.#senders[way]!(alert);
      return { type: 'sent', at: this.#clock.now(), receipt };
    } catch (fault) {
      const at = this.#clock.now();
      const reason = messageOf(fault);
      if (fault instanceof Refusal || onceOnly.includes(way)) return { type: 'refused', at, reason };
      return { type: 'failed', at, reason, laterMs: pausesMs[attempts - 1] ?? null };
    }
  }

  /** @returns its state from then on; null where it is not kept any more */
  #step(id: string, way: AlertWay, input: AlertInput): AlertState | null {
    let found: AlertState | null = null;
    const all = this.list().map((sent) => {
      if (sent.alert.id !== id) return sent;
      const by = sent.by.map((one) => {
        if (one.way !== way) return one;
        found = stepAlert(one.state, input);
        return { way, state: found };
      });
      return { ...sent, by };
    });
    this.#save(all);
    return found;
  }

  #save(all: readonly SentAlert[]): void {
    this.#memory.saveMemory(memoryKey, all);
  }
}

/** The last alerts, oldest first. */
export function keptAlerts(memory: Pick<Documents, 'memory'>): readonly SentAlert[] {
  return memory.memory<readonly SentAlert[]>(memoryKey) ?? [];
}
