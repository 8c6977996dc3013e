import type { Clock } from '../core/clock.ts';
import type { ScreenEvent } from '../core/events.ts';
import type { InputMark } from '../core/input-mark.ts';
import type { Snapshot } from '../core/pane.ts';
import type { Reading } from '../core/reading.ts';
import { type Activity, drawnOn, type OutputNotice } from './activity.ts';
import { isAtEnd } from './appending.ts';
import {
  clockSet,
  type DetectorMemory,
  type DetectorState,
  memoryOf,
  noteDelivery,
  restore,
  steps,
} from './detector.ts';
import type { Motion, ScreenReader } from './screen-reader.ts';
import { firstTurnEndState, stepTurnEnd, type TurnEndOptions, type TurnEndState } from './turn-end-detector.ts';

/** What to journal of a watcher: JSON, small. */
export interface WatcherMemory extends DetectorMemory {
  readonly reasons?: TurnEndState;
}

export interface WatcherDeps {
  /** a fresh snapshot; null when the pane is gone */
  capture(): Promise<Snapshot | null>;
  readonly clock: Clock;
  readonly reader: ScreenReader;
  readonly memory: WatcherMemory | null;
  readonly reasons: TurnEndOptions;
  on(event: ScreenEvent): void;
  /** what goes on in the pane, as its owner knows it: whoever looks tells it there */
  activity(): Activity;
  /** the same as it bears on a look, with what the agent says of itself through its hooks */
  motion(snapshot: Snapshot): Motion;
}

/** A look that is under way. */
interface Capture {
  /** as in `Appending`, from before it was asked for */
  readonly moves: number | null;
  readonly seen: Promise<Snapshot | null>;
}

/** After output without a marker: at once enough when the pane was quiet before, else rarely enough for a busy one. */
const firstCaptureMs = 40;
const nextLookMs = 250;
/** What was seen for the first time (a block, a turn) is looked at again this soon: a torn frame is not believed. */
const confirmMs = 25;
/** The same where it is no half of a frame: the program ended one (by DEC mode 2026, or as it ends each), or only went on writing. */
const confirmWholeMs = 0;
/** Markers redrawn many times a second do not make more captures than this. */
const markerPauseMs = 15;
const checkAfterMs = 1000;

/**
 *          output                 capture differs
 *  still ───────► look due ─► looking ─────────► look due (again, until two captures are equal)
 *    ▲                           │ capture equal
 *    └───────────────────────────┘
 *
 * At most one capture is in flight; nothing is captured while nothing moves. Readings that depend on quiet are taken
 * again from the last snapshot when the reader's quiet steps pass.
 */
export class PaneWatcher {
  readonly #deps: WatcherDeps;
  #state: DetectorState;
  #reasons: TurnEndState;
  #last: { snapshot: Snapshot; drawn: string; moves: number | null } | null = null;
  #emitted = '';
  /** what the detector has looked at twice without news */
  #settledOn = '';
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isLooking = false;
  /** an END went by since the last look */
  #isMarkerDue = false;
  /** a second look that is under way while the first is read */
  #ahead: Capture | null = null;
  #dueAgainInMs: number | null = null;
  #isClosed = false;
  #due: { at: number; cancel: () => void } | null = null;
  #cancelReread: () => void = () => {};

  constructor(deps: WatcherDeps) {
    this.#deps = deps;
    this.#state = restore(deps.memory, deps.clock.now());
    this.#reasons = deps.memory?.reasons ?? firstTurnEndState;
  }

  /** The doorbell: the pane drew. */
  noticeOutput({ isMarker, afterMs }: OutputNotice): void {
    if (this.#isClosed) return;
    this.#cancelReread();
    this.#isMarkerDue ||= isMarker;
    if (isMarker) this.#lookIn(Math.max(0, this.#lookedAt + markerPauseMs - this.#deps.clock.now()));
    else this.#lookIn(afterMs >= nextLookMs ? firstCaptureMs : nextLookMs);
  }

  /** The safety net, to be called now and then: looks if the last look is old. */
  check(): void {
    if (!this.#isClosed && this.#deps.clock.now() - this.#lookedAt >= checkAfterMs) this.#lookIn(0);
  }

  /** Something is known of the pane that it need not have drawn. */
  lookNow(): void {
    this.#lookIn(0);
  }

  clockSet(byMs: number): void {
    this.#lookedAt += byMs;
    if (this.#due !== null) this.#due.at += byMs;
    this.#state = clockSet(this.#state, byMs);
    const { work } = this.#reasons;
    if (work !== null) this.#reasons = { ...this.#reasons, work: { ...work, since: work.since + byMs } };
    if (this.#last !== null) {
      const { snapshot } = this.#last;
      this.#last = { ...this.#last, snapshot: { ...snapshot, takenAtMs: snapshot.takenAtMs + byMs } };
    }
    // what the detector settled on names an instant
    this.#settledOn = '';
  }

  /** The courier reports that the agent took this text. Call it once the receipt is there. */
  noteInput(text: string, when: { typedAt: number; echoed: boolean }): void {
    this.#settledOn = '';
    this.#state = noteDelivery(this.#state, text, { ...when, at: this.#deps.clock.now() });
    this.#lookIn(confirmMs);
  }

  /** The inputs of the pane as far as they are known and believed, oldest first: the last one opened the current turn. */
  get inputs(): readonly InputMark[] {
    return this.#state.turns.inputs;
  }

  /** What to journal: never more than the events handed out so far. */
  memory(): WatcherMemory {
    return { ...memoryOf(this.#state), reasons: { ...this.#reasons, work: null } };
  }

  close(): void {
    this.#isClosed = true;
    this.#due?.cancel();
    this.#due = null;
    this.#cancelReread();
  }

  #lookIn(delayMs: number): void {
    if (this.#isClosed) return;
    if (this.#isLooking) {
      this.#dueAgainInMs = Math.min(delayMs, this.#dueAgainInMs ?? delayMs);
      return;
    }
    const at = this.#deps.clock.now() + delayMs;
    if (this.#due !== null && this.#due.at <= at) return;
    this.#due?.cancel();
    if (delayMs <= 0) {
      this.#due = null;
      void this.#look();
      return;
    }
    this.#due = {
      at,
      cancel: this.#deps.clock.after(delayMs, () => {
        this.#due = null;
        void this.#look();
      }),
    };
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    this.#lookedAt = this.#deps.clock.now();
    const isForMarker = this.#isMarkerDue;
    this.#isMarkerDue = false;
    const capture = this.#ahead ?? this.#capture();
    this.#ahead = null;
    let seen: Snapshot | null = null;
    try {
      seen = await capture.seen;
      if (seen === null) this.#emit({ type: 'unseen', reason: 'the pane is gone' });
    } catch (fault) {
      this.#emit({ type: 'unseen', reason: fault instanceof Error ? fault.message : String(fault) });
    }
    this.#isLooking = false;
    if (this.#isClosed) return;
    const dueAgainInMs = this.#dueAgainInMs;
    this.#dueAgainInMs = null;
    // what the pane drew before this look was heard before it came
    const isHalf = this.#deps.activity().isHalf(this.#deps.clock.now());
    if (isHalf) this.#lookIn(confirmMs);
    else if (seen !== null) {
      if (isForMarker && this.#isWhole) this.#lookAhead();
      if (this.#saw(seen, capture.moves)) this.#lookIn(nextLookMs);
      if (this.#ahead !== null) this.#lookIn(0);
    }
    if (dueAgainInMs !== null) this.#lookIn(dueAgainInMs);
    this.#rereadLater();
  }

  #capture(): Capture {
    return { moves: this.#deps.activity().moves, seen: this.#deps.capture() };
  }

  /** A block has most likely been drawn: tmux takes the look that confirms it while this one is read and committed. */
  #lookAhead(): void {
    this.#ahead = this.#capture();
    this.#ahead.seen.catch(() => {}); // told by the look that it becomes
  }

  #saw(snapshot: Snapshot, moves: number | null): boolean {
    const drawn = drawnOn(snapshot);
    const hasChanged = this.#last?.drawn !== drawn;
    const againMs = hasChanged && this.#isWhole ? confirmWholeMs : confirmMs;
    this.#last = { snapshot, drawn, moves };
    this.#read(againMs);
    return hasChanged;
  }

  /** What has just been drawn is no half of a frame: the program has said so, or it only went on behind what stood there at the last look. */
  get #isWhole(): boolean {
    const activity = this.#deps.activity();
    if (activity.isWhole(this.#deps.reader.frameEnd)) return true;
    const { moves } = activity;
    return moves !== null && moves === this.#last?.moves && isAtEnd(this.#last.snapshot);
  }

  /** @param againMs when to look again at what nobody has seen before */
  #read(againMs = confirmMs): void {
    if (this.#last === null) return;
    const { snapshot } = this.#last;
    const motion = this.#deps.motion(snapshot);
    const reading = this.#deps.reader.read(snapshot, motion);
    const { agentPid, agentStartedAt } = snapshot.identity;
    const emitted = JSON.stringify({ ...reading, why: reading.why.map(({ rule }) => rule), agentPid, agentStartedAt });
    if (emitted !== this.#emitted) {
      this.#emitted = emitted;
      this.#emit({ type: 'reading', reading, snapshot });
    }
    this.#detect(reading, snapshot, motion.signals, againMs);
    this.#reason(reading, snapshot, motion.signals.hookState);
  }

  #detect(reading: Reading, snapshot: Snapshot, signals: Motion['signals'], againMs: number): void {
    // a spinner that turns, a clock that ticks: nothing that a detector looks at
    const looked = JSON.stringify([reading.state, reading.turn, signals.workedAt]);
    if (looked === this.#settledOn) return;
    let hasNews = false;
    // counted from one look to the next, whatever it takes to keep what the first one showed
    const lookAgain = () => this.#lookIn(againMs - (this.#deps.clock.now() - snapshot.takenAtMs));
    for (const next of steps(this.#state, {
      reading,
      snapshot,
      workedAt: signals.workedAt,
    })) {
      this.#state = next.state;
      hasNews ||= next.event !== null;
      if (next.event) this.#emit(next.event);
      if (next.event?.type.endsWith('-seen')) lookAgain();
    }
    const { candidate, noted } = this.#state.turns;
    const isUndecided = candidate !== null || this.#state.glimpsed.length > 0;
    if (isUndecided) lookAgain();
    this.#settledOn = hasNews || isUndecided || noted !== null ? '' : looked;
  }

  #reason(reading: Reading, snapshot: Snapshot, hookState: Motion['signals']['hookState']): void {
    const { turns, raised, words, wordsOfTurn, glimpsed } = this.#state;
    const isCertain = turns.candidate === null && turns.noted === null && glimpsed.length === 0;
    const before = this.#reasons;
    const { state, detection } = stepTurnEnd(
      before,
      {
        reading,
        turn: isCertain ? turns.number : null,
        words: wordsOfTurn === turns.number ? words : reading.turn.words,
        hookState,
        hasBlock: raised.some((entry) => entry.turn === turns.number),
        screen: snapshot.rows.slice(snapshot.firstVisible).map((row) => row.text),
        at: snapshot.takenAtMs,
      },
      this.#deps.reasons,
    );
    this.#reasons = state;
    if (detection === null) return;
    this.#emit({ type: 'detected', detection, turn: { number: turns.number, began: false, anchor: turns.anchor } });
  }

  /** The same snapshot may read differently once it has been quiet for longer. */
  #rereadLater(): void {
    this.#cancelReread();
    if (this.#due !== null || this.#isLooking || this.#last === null) return;
    const quietForMs = this.#deps.activity().quietForMs(this.#deps.clock.now());
    const nextStep = this.#deps.reader.quietStepsMs.find((stepMs) => stepMs > quietForMs);
    if (nextStep === undefined) return;
    this.#cancelReread = this.#deps.clock.after(nextStep - quietForMs, () => {
      this.#read();
      this.#rereadLater();
    });
  }

  #emit(event: ScreenEvent): void {
    if (!this.#isClosed) this.#deps.on(event);
  }
}
