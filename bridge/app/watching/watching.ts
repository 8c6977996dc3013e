import type { Delivery } from '../../core/envelope.ts';
import type { TmuxEvent } from '../../core/events.ts';

/** What a bridge asks of whoever watches its panes: the daemon's `Watch`. */
export interface Watching {
  /** every pane of a server was listed anew */
  panesListed(): void;
  serverGone(event: Extract<TmuxEvent, { type: 'server-gone' }>): void;
  serverBack(event: Extract<TmuxEvent, { type: 'server-back' }>): void;
  /** the input is known to have arrived, or the dialog of the choice had gone; once for each delivery */
  arrived(delivery: Delivery): void;
  /** the full names of the workers that are watched */
  readonly workerNames: readonly string[];
  /** watches a server besides, or one session of it; @returns false where that was watched before, or nobody watches */
  add(socketPath: string, session: string | null): Promise<boolean>;
}

/** A command without a daemon. */
export const nobodyWatches: Watching = {
  panesListed() {},
  serverGone() {},
  serverBack() {},
  arrived() {},
  workerNames: [],
  add: async () => false,
};
