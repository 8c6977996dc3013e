import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '../core/clock.ts';
import { type PaneAddress, placeIn } from '../core/pane.ts';
import type { Owner } from '../host/owners-table.ts';
import type { Ownership } from '../host/ownership.ts';
import { type Claim, claimIn, ownerOption, writerOption } from '../tmux/claim.ts';
import { PaneClaims, type Taken } from '../tmux/pane-claims.ts';
import type { TmuxServer } from '../tmux/server.ts';
import type { TmuxServers } from '../tmux/servers.ts';
import { hasTyped, isNote, isNoteOf, notesBeside } from '../tmux/typed-notes.ts';

/** What this bridge claims on tmux servers, for bridges that cannot see its files. */
export interface BridgeClaims {
  readonly owners: PaneClaims;
  readonly writers: PaneClaims;
}

export function bridgeClaims(parts: { home: string; ownership: Ownership; clock: Clock }): BridgeClaims {
  const { home, ownership, clock } = parts;
  const us = { bridge: randomBytes(8).toString('hex'), pid: process.pid, host: hostname(), home };
  const me = () => ({ ...us, folder: ownership.folder });
  return {
    owners: new PaneClaims(ownerOption, me, clock),
    writers: new PaneClaims(writerOption, me, clock, notesBeside),
  };
}

/** Whose a claim is; its process id is that of its own host or container. */
export function ownerIn({ pid, home, since, host }: Claim): Owner {
  return { pid, home, since, ...(host === hostname() ? {} : { host }) };
}

/**
 * The server of a pane, with a client of ours attached where one can be: it is what vouches for a claim.
 * @returns also what ends our need of that client; null where the pane's server is not there
 */
export async function withClient(
  servers: Pick<TmuxServers, 'at' | 'notifyFor'>,
  pane: PaneAddress,
): Promise<{ readonly server: TmuxServer; readonly done: () => void } | null> {
  const server = servers.at(pane);
  if (server === null) return null;
  if (server.claimant(pane.paneId) !== null) return { server, done: () => {} };
  const done = servers.notifyFor(placeIn(pane));
  await server.lookAgain();
  return { server, done };
}

/**
 * Whose claim as the writer was taken over that may have typed what nobody saw the end of; null where nobody's was, or the
 * pane's own note says that it had typed nothing yet, and now it cannot any more.
 * @param text our claim
 */
export function leftTyping(taken: Extract<Taken, { is: 'ours' }>, text: string | null): Claim | null {
  const { from, beside = '' } = taken;
  const ours = text === null ? null : claimIn(text);
  if (from === null) return null;
  const isTold = isNote(beside) && ours !== null && !isNoteOf(ours, beside);
  return isTold && !hasTyped(from, beside) ? null : from;
}
