import type { Snapshot } from '../../bridge/core/pane.ts';
import type { Reading } from '../../bridge/core/reading.ts';
import type { RecordingEntry } from '../../bridge/recordings/recording.ts';
import type { Expectation } from '../../bridge/recordings/recording-labels.ts';

export interface Sample {
  readonly entry: RecordingEntry;
  readonly snapshot: Snapshot;
  readonly reading: Reading;
  readonly expected: Expectation;
}

export interface Mutant {
  readonly name: string;
  readonly snapshot: Snapshot;
  /** the label stays right; only that it is not ready where the recording was not; the program has ended */
  readonly promises: 'label' | 'safety' | 'exited';
  readonly mayBeReady: boolean;
  /** what was added looks like a request and is none */
  readonly noNewRequest: boolean;
}

export function mutationsOf(sample: Sample, corpus: readonly Sample[]): Mutant[];
