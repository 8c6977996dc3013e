import type { Manner } from '../core/manner.ts';
import type { ScreenReader } from '../screen/screen-reader.ts';

/** Everything that is known of one agent program: data and pure functions. */
export interface AgentProgram {
  /** as `--agent` and bridge.yaml name it */
  readonly name: string;
  /** names of its processes, by which it is found in a pane; empty for one that is only ever named */
  readonly programs: readonly string[];
  readonly screen: ScreenReader;
  /** how its composer takes text */
  readonly composer: Manner;
}
