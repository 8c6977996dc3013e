import type { Clock } from '../core/clock.ts';
import type { ComposerFacts } from '../core/composer.ts';
import type { Delivery } from '../core/envelope.ts';
import type { NewJournalEvent } from '../core/journal-event.ts';
import type { OpenInput } from '../core/native-input.ts';
import type { FreshSnapshot, PaneAddress, PaneIdentity, Snapshot } from '../core/pane.ts';
import type { PaneCondition } from '../core/pane-condition.ts';
import type { Reading } from '../core/reading.ts';
import type { Writer, Written } from '../core/typed-note.ts';

/** What the courier can do to a pane. `held` says positively that tmux did nothing; a rejection says nothing about it. */
export interface PaneIO {
  /** a fresh capture with its identity, and who is at the keys; null when the pane is gone */
  capture(pane: PaneAddress): Promise<FreshSnapshot | null>;
  paste(
    pane: PaneAddress,
    text: string,
    condition: PaneCondition,
    how: { bracketed: boolean; written?: Written },
  ): Promise<'done' | 'held'>;
  /** one named key, or several in one step */
  press(
    pane: PaneAddress,
    keys: string | readonly string[],
    condition: PaneCondition,
    written?: Written,
  ): Promise<'done' | 'held'>;
  leaveMode(pane: PaneAddress): Promise<void>;
  /** how often the pane has drawn */
  outputCount(pane: PaneAddress): number;
  /** true once it has rung more often than `after`, false at the limit */
  nextOutput(pane: PaneAddress, limitMs: number, after: number): Promise<boolean>;
}

export interface ScreenReaders {
  composerFacts(agent: string, pane: PaneIdentity): ComposerFacts;
  read(snapshot: Snapshot, agent: string): Reading;
  /** this look, just taken, shows no half of a frame, as far as the program tells */
  isWholeFrame(snapshot: Snapshot, agent: string): boolean;
  /** what a program that nobody knows shows may be a dialog, in words; null where nothing says so */
  suspectedDialog(snapshot: Snapshot): string | null;
}

export interface Locks {
  /** null while somebody else is typing into that pane */
  tryAcquire(identity: PaneIdentity): Promise<PaneLock | null>;
}

export interface PaneLock {
  /** left out where its tmux server knows nothing of it */
  readonly writer?: Writer;
  /** @param how.isSettled nobody will ask what became of what was typed */
  release(how: { isSettled: boolean }): void | Promise<void>;
}

/** Which bridge answers in a pane. */
export interface Owners {
  /**
   * The pane is ours to answer in until `release`; or why not, in words: whose it is, or whose bridge typed there since
   * `askedAt`, so that it may have been answered.
   */
  take(pane: PaneIdentity, askedAt: number): Taking | Promise<Taking>;
}

export type Taking = TakenPane | { readonly theirs: string };

export interface TakenPane {
  /** something is about to be typed; throws where the pane is not ours any more, and then nothing is */
  typing(): void;
  /** what became of it has been seen on the screen */
  settled(): void;
  release(): void | Promise<void>;
}

export interface DeliveryMemory {
  /** within `commit`; throws where the copy in hand is older than what is stored, and then nothing is typed */
  saveDelivery(delivery: Delivery, event: NewJournalEvent): void;
  /** resolves once all that `work` saved is on the disk; rejects where nothing of it is */
  commit<T>(work: () => T): Promise<T>;
}

/** The native inputs of running programs. */
export interface NativeInputFinder {
  /** the native input of the program that this look shows; refused where there is none, or it cannot be certain */
  find(snapshot: Snapshot, composerFacts: ComposerFacts): Promise<OpenInput | { readonly refused: string }>;
}

/** What the agent in a pane says of itself through its own hooks, where it says anything. */
export interface HookEvents {
  /** it said that it took exactly this text as an input, at that instant or later */
  took(identity: PaneIdentity, text: string, since: number): boolean;
  /** it has just said that it asks for approval: the dialog may not be drawn yet */
  asks(identity: PaneIdentity): boolean;
}

export interface CourierParts {
  readonly io: PaneIO;
  readonly readers: ScreenReaders;
  readonly locks: Locks;
  /** without any, every pane is ours */
  readonly owners?: Owners;
  readonly memory: DeliveryMemory;
  readonly clock: Clock;
  /** without any, everything is typed */
  readonly nativeInputs?: NativeInputFinder;
  /** the courier works without it */
  readonly hookEvents?: HookEvents;
}
