/** Branded strings, so that a pane id cannot be handed in where a request id belongs. Ids keep their sigils. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** tmux's own pane id, `%3`. Unique within one tmux server only. */
export type PaneId = Branded<'PaneId'>;
/** One tmux server for as long as it lives: its process id and when it started, seconds since the epoch: `6857@1764381845`. */
export type ServerId = Branded<'ServerId'>;
export type RequestId = Branded<'RequestId'>;
export type EnvelopeId = Branded<'EnvelopeId'>;
export type DeliveryId = Branded<'DeliveryId'>;
export type TurnId = Branded<'TurnId'>;

export function asPaneId(text: string): PaneId | null {
  return /^%\d+$/.test(text) ? (text as PaneId) : null;
}

/** @param startedAt `#{start_time}`, seconds since the epoch; 0 where it is not known, as in journals of older bridges */
export function serverId(pid: number, startedAt: number): ServerId {
  return `${pid}@${startedAt}` as ServerId;
}

export function asServerId(text: string): ServerId | null {
  return /^\d+@\d+$/.test(text) ? (text as ServerId) : null;
}

export function serverPidOf(server: ServerId): number {
  return Number(server.slice(0, server.indexOf('@')));
}

/**
 * An id whose text order is its time order: `20261121T012706.123Z-7f3k9q`, safe as a file name.
 * @param nowMs instant in milliseconds since the epoch
 * @param entropy six or more characters of [a-z0-9] from the caller's source of randomness
 */
export function mintId<Id extends string>(nowMs: number, entropy: string): Id {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]/g, '');
  return `${stamp}-${entropy.slice(0, 6)}` as Id;
}

/** True for text that `mintId` could have made: the only shape that is ever looked up as one of our files. */
export function isMintedId(text: string): boolean {
  return /^\d{8}T\d{6}\.\d{3}Z-[a-z0-9]{6}$/.test(text);
}
