import type { DetectionKind } from './detection.ts';
import type { RequestId } from './ids.ts';
import type { ControllerFailure } from './request.ts';

/** What a controller is told. The texts are the worker's: untrusted. */
export interface Question {
  readonly requestId: RequestId;
  readonly kind: DetectionKind;
  readonly worker: string;
  readonly agent: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** recent screen text, the last `--worker-context-lines` lines */
  readonly context: string;
  /** what other agents wrote to the worker, as far as it stands in its words or on its screen: theirs, and untrusted */
  readonly fromAgents: ReadonlyArray<{ readonly from: string; readonly text: string }>;
  /** the worker's repository, where a controller program may look for itself, read-only */
  readonly workingFolder: string;
}

/** What a controller said: its whole raw text, or why there is none. Sections are split by `core/block-protocol.ts`. */
export type Reply =
  | { readonly is: 'answer'; readonly text: string }
  | { readonly is: 'failure'; readonly failure: ControllerFailure };
