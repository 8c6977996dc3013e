import type { Delivery } from '../../core/envelope.ts';
import type { TmuxEvent } from '../../core/events.ts';
import type { PaneIdentity } from '../../core/pane.ts';
import type { AgentState } from '../../core/reading.ts';

/** A worker that is watched, and what its agent does since when (ms since 1970); null before its first reading. */
export interface SeenWorker {
  readonly name: string;
  readonly identity: PaneIdentity;
  readonly agent: string;
  /** absolute path of its project */
  readonly project: string | null;
  readonly state: AgentState | null;
  readonly since: number;
}

/** What a bridge asks of whoever watches its panes: the daemon's `Watch`. */
export interface Watching {
  /** every pane of a server was listed anew */
  panesListed(): void;
  serverGone(event: Extract<TmuxEvent, { type: 'server-gone' }>): void;
  serverBack(event: Extract<TmuxEvent, { type: 'server-back' }>): void;
  /** the input is known to have arrived, or the dialog of the choice had gone; once for each delivery */
  arrived(delivery: Delivery): void;
  /** the workers that are watched */
  readonly workers: readonly SeenWorker[];
  /** their full names, without a look at what they do */
  readonly workerNames: readonly string[];
  /** the same, with the members that are watched for their mail alone */
  readonly members: readonly SeenWorker[];
  /** who is a member has changed, and with that what is to be watched */
  membersChanged(): Promise<void>;
  /** watches a server besides, or one session of it; @returns false where that was watched before, or nobody watches */
  add(socketPath: string, session: string | null): Promise<boolean>;
}

/** A command without a daemon. */
export const nobodyWatches: Watching = {
  panesListed() {},
  serverGone() {},
  serverBack() {},
  arrived() {},
  workers: [],
  workerNames: [],
  members: [],
  membersChanged: async () => {},
  add: async () => false,
};
