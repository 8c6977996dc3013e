import type { Asking } from '../asking.ts';

/** The party that an MCP client speaks for, and the bridge as that party asks it. */
export interface Seat {
  readonly asking: Asking;
  /** null: a person. @throws BridgeError where it has no name yet and cannot get one */
  member(): Promise<string | null>;
  /** It is called so from now on, where that may be, and comes to these groups. */
  register(order: { readonly name: string; readonly groups: readonly string[] }): Promise<Registration>;
  /** the party of one call, where a client serves several and says in `_meta` which; absent: there is one */
  forCall?(meta: Readonly<Record<string, unknown>>): Seat;
  /** it sees its own pane, mail and requests only */
  readonly seesOwnOnly: boolean;
}

export interface Registration {
  readonly name: string;
  readonly groups: readonly string[];
  /** null where nothing shows in which pane it is */
  readonly pane: string | null;
  /** the name that it asked for is another's: it has one with a number */
  readonly isTaken: boolean;
  readonly unread: number;
}
