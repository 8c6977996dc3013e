import type { Snapshot } from '../core/pane.ts';
import { Appending } from './appending.ts';
import { MarkerNotifier } from './marker.ts';
import type { Signals } from './screen-reader.ts';
import { SignalReader } from './signals.ts';
import { Updates } from './updates.ts';

/** What a chunk of a pane's bytes is to whoever watches it. */
export interface OutputNotice {
  /** the END of a block went by */
  readonly isMarker: boolean;
  /** for how long nothing had moved before it */
  readonly afterMs: number;
}

/** Bytes at the end of what was heard that tell how it ended. */
const endLength = 64;

/**
 * What goes on in one pane between looks, and the one place where its bytes are parsed: what its agent signals, whether a
 * frame is whole, an END that goes by, and since when nothing has moved.
 */
export class Activity {
  readonly #signals = new SignalReader();
  readonly #updates = new Updates();
  readonly #appending = new Appending();
  readonly #marker = new MarkerNotifier();
  /** the last bytes that were received */
  #end = '';
  #drawn: string | null = null;
  #movedAt: number;
  #hasMoved = false;

  constructor(now: number) {
    this.#movedAt = now;
  }

  /** @param isListenedTo whoever brings these bytes brings all of them; else nothing that they say is believed */
  received(bytes: Uint8Array, now: number, isListenedTo = true): OutputNotice {
    if (isListenedTo) {
      this.#signals.push(bytes, now);
      this.#updates.push(bytes, now);
      this.#appending.push(bytes);
      this.#end = (this.#end + Buffer.from(bytes.subarray(-endLength)).toString('latin1')).slice(-endLength);
    } else this.missed();
    const afterMs = now - this.#movedAt;
    this.#move(now);
    return { isMarker: this.#marker.notices(bytes), afterMs };
  }

  /** The pane may have drawn something that nobody heard: what it said may have been taken back in that. */
  missed(): void {
    this.#signals.missed();
    this.#updates.missed();
    this.#appending.missed();
    this.#end = '';
  }

  /** Somebody has looked. */
  saw(snapshot: Snapshot, now: number): void {
    const drawn = drawnOn(snapshot);
    if (this.#drawn !== null && this.#drawn !== drawn) this.#move(now);
    this.#drawn = drawn;
  }

  #move(now: number): void {
    this.#movedAt = now;
    this.#hasMoved = true;
  }

  /** Something moved since it is known here; else its quiet is only as old as that. */
  get hasMoved(): boolean {
    return this.#hasMoved;
  }

  /** Since when neither bytes came nor a look differed from the one before. */
  quietForMs(now: number): number {
    return Math.max(0, now - this.#movedAt);
  }

  get signals(): Signals {
    return this.#signals.signals;
  }

  /**
   * The last that was heard is the end of a frame, so that none is half drawn: of a synchronized update, or as this program
   * ends each of its own.
   */
  isWhole(frameEnd?: RegExp): boolean {
    return this.#updates.isWhole || frameEnd?.test(this.#end) === true;
  }

  /** As `Appending.moves`. */
  get moves(): number | null {
    return this.#appending.moves;
  }

  /** A synchronized update is under way: half of what is drawn was never meant to show. */
  isHalf(now: number): boolean {
    return this.#updates.isOpen(now);
  }

  /** The clock tells so much more than before, or less. */
  clockSet(byMs: number): void {
    this.#movedAt += byMs;
    this.#signals.clockSet(byMs);
    this.#updates.clockSet(byMs);
  }
}

/** All of a screen that a look can find changed. */
export function drawnOn({ rows, facts, cursorRow, foreground, program }: Snapshot): string {
  const { title, cursorX, cursorVisible, dead, width, height } = facts;
  const attributes = rows.map((row) => `${row.text}\u0001${row.dim.join(';')}\u0001${row.tinted ?? ''}`);
  return [title, cursorX, cursorRow, cursorVisible, dead, width, height, foreground, program, ...attributes].join('\n');
}
