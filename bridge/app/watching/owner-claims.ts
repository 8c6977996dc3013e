import { addressKey, type ListedPane, type PaneAddress, placeIn } from '../../core/pane.ts';
import type { Claim } from '../../tmux/claim.ts';
import { TmuxError } from '../../tmux/commands.ts';
import type { PaneClaims, Taken } from '../../tmux/pane-claims.ts';
import type { TmuxServer } from '../../tmux/server.ts';
import type { TmuxServers } from '../../tmux/servers.ts';
import { type BridgeClaims, leftTyping, withClient } from '../pane-claims.ts';

/** A pane that is claimed for one answer. */
export interface BorrowedClaim {
  /** whose bridge died here, before we came, and may have typed what nobody saw the end of */
  readonly left: Claim | null;
  /** false where another bridge is known to have it now */
  stands(): boolean;
  release(): Promise<void>;
}

interface Kept {
  readonly pane: PaneAddress;
  readonly taken: Taken;
  /** what the option said as this was decided, and whether a client of ours could have vouched for a claim */
  readonly listed: string;
  readonly hadClient: boolean;
}

/**
 * The panes that are ours on their tmux servers, beside the table of owners: of all bridges that reach a server one has a
 * pane, whatever host, container or runtime folder each of them has.
 */
export class OwnerClaims {
  readonly #owners: PaneClaims;
  readonly #writers: PaneClaims;
  readonly #servers: Pick<TmuxServers, 'at' | 'notifyFor'>;
  /** by `addressKey`: every pane that is to be watched */
  readonly #kept = new Map<string, Kept>();
  readonly #borrowed = new Map<string, number>();

  constructor(claims: BridgeClaims, servers: Pick<TmuxServers, 'at' | 'notifyFor'>) {
    this.#owners = claims.owners;
    this.#writers = claims.writers;
    this.#servers = servers;
  }

  /**
   * Claims exactly these panes, of those that no other bridge has.
   * @param attend has clients attached for these panes: one must vouch for what is claimed
   * @returns by `addressKey`
   */
  async keep(
    panes: readonly ListedPane[],
    attend: (panes: readonly ListedPane[]) => void,
  ): Promise<ReadonlyMap<string, Taken>> {
    const result = new Map<string, Taken>();
    // a client comes for no pane that is seen to be another's
    for (const [server, some] of this.#byServer(panes)) {
      // the list may be older than our claim
      const { claimants } = server;
      const asked = some.filter(({ paneId }) => !this.#owners.isSure(server, paneId, claimants));
      const theirs = await reached(() => this.#owners.theirs(server, new Map(asked.map(textOf))));
      for (const pane of asked) if (theirs?.has(pane.paneId)) result.set(addressKey(pane), theirs.get(pane.paneId)!);
    }
    const open = panes.filter((pane) => !result.has(addressKey(pane)));
    attend(open);
    for (const [server, some] of this.#byServer(open)) {
      const { claimants } = server;
      const unsure = some.filter((pane) => !this.#isKept(server, pane, claimants));
      if (unsure.length > 0 && server.claimant(unsure[0]!.paneId) === null) await server.lookAgain();
      const taken = await reached(() =>
        this.#owners.take(
          server,
          unsure.map(({ paneId }) => paneId),
        ),
      );
      const isAsked = new Set(unsure);
      for (const pane of some) {
        const before = this.#kept.get(addressKey(pane))?.taken;
        const otherwise = isAsked.has(pane) ? ({ is: 'unmarked' } as const) : before!;
        result.set(addressKey(pane), taken?.get(pane.paneId) ?? otherwise);
      }
    }
    const left = [...this.#kept].filter(([address]) => !result.has(address));
    for (const pane of panes) {
      const address = addressKey(pane);
      const taken = result.get(address) ?? { is: 'unmarked' as const };
      const hadClient = this.#servers.at(pane)?.claimant(pane.paneId) !== null;
      this.#kept.set(address, { pane: placeIn(pane), taken, listed: pane.ownerClaim, hadClient });
    }
    for (const [address] of left) this.#kept.delete(address);
    await Promise.all(left.map(([address, { pane }]) => this.#free(address, pane)));
    return result;
  }

  /** True where claiming again may end otherwise than the last time. */
  async mayHaveChanged(listed: readonly ListedPane[]): Promise<boolean> {
    const others: ListedPane[] = [];
    const claimants = new Map<TmuxServer, ReadonlySet<string>>();
    for (const pane of listed) {
      const kept = this.#kept.get(addressKey(pane));
      const server = kept === undefined ? null : this.#servers.at(pane);
      if (kept === undefined || server === null) continue;
      const clients = claimants.get(server) ?? server.claimants;
      claimants.set(server, clients);
      const { taken } = kept;
      const mayClaim = server.claimant(pane.paneId) !== null;
      if (taken.is === 'theirs') {
        if (pane.ownerClaim !== kept.listed) return true;
        others.push(pane);
      } else if (taken.is === 'unmarked') {
        const isOpen = pane.ownerClaim === '' || !kept.hadClient;
        if (pane.ownerClaim !== kept.listed || (mayClaim && isOpen)) return true;
      } else if (pane.ownerClaim !== this.#owners.text(server, pane.paneId)) {
        return true;
      } else if (mayClaim && !this.#owners.isSure(server, pane.paneId, clients)) return true;
    }
    for (const [server, some] of this.#byServer(others)) {
      const theirs = await reached(() => this.#owners.theirs(server, new Map(some.map(textOf))));
      if (theirs !== null && some.some(({ paneId }) => !theirs.has(paneId))) return true;
    }
    return false;
  }

  /**
   * What a bridge left that ended while it was typing into this pane: its claim as the writer, which is taken away.
   * @returns null where there is none, or we are typing there ourselves, or the server says that it had typed nothing yet
   */
  async wasTyping(pane: PaneAddress): Promise<Claim | null> {
    const server = this.#servers.at(pane);
    if (server === null || this.#writers.text(server, pane.paneId) !== null) return null;
    const taken = await reached(() => this.#writers.takeOne(server, pane.paneId));
    if (taken?.is !== 'ours') return null;
    const left = leftTyping(taken, this.#writers.text(server, pane.paneId));
    await this.#writers.free(server, [pane.paneId]);
    return left;
  }

  /** The pane is ours for one answer, until `release`; or whose it is. No command is needed for one that is ours already. */
  async borrow(pane: PaneAddress): Promise<BorrowedClaim | Extract<Taken, { is: 'theirs' }>> {
    const address = addressKey(pane);
    const known = this.#servers.at(pane);
    const isSure =
      known !== null && this.#kept.get(address)?.taken.is === 'ours' && this.#owners.isSure(known, pane.paneId);
    const reach = isSure ? null : await withClient(this.#servers, pane);
    if (reach !== null) {
      const taken = await reached(() => this.#owners.takeOne(reach.server, pane.paneId));
      if (taken?.is === 'theirs') {
        reach.done();
        return taken;
      }
    }
    this.#borrowed.set(address, (this.#borrowed.get(address) ?? 0) + 1);
    const left = reach === null ? null : await this.wasTyping(pane);
    return {
      left,
      stands: () => this.#kept.get(address)?.taken.is !== 'theirs',
      release: async () => {
        const others = this.#borrowed.get(address)! - 1;
        if (others > 0) this.#borrowed.set(address, others);
        else this.#borrowed.delete(address);
        await this.#free(address, pane);
        reach?.done();
      },
    };
  }

  /** Everything that is ours is free. */
  async close(): Promise<void> {
    this.#kept.clear();
    await this.#owners.close();
  }

  async #free(address: string, pane: PaneAddress): Promise<void> {
    const server = this.#servers.at(pane);
    if (server === null || this.#kept.has(address) || this.#borrowed.has(address)) return;
    await this.#owners.free(server, [pane.paneId]);
  }

  #isKept(server: TmuxServer, pane: ListedPane, claimants: ReadonlySet<string>): boolean {
    const kept = this.#kept.get(addressKey(pane));
    const isListed = pane.ownerClaim === this.#owners.text(server, pane.paneId);
    return kept?.taken.is === 'ours' && isListed && this.#owners.isSure(server, pane.paneId, claimants);
  }

  #byServer(panes: readonly ListedPane[]): Map<TmuxServer, ListedPane[]> {
    const groups = new Map<TmuxServer, ListedPane[]>();
    for (const pane of panes) {
      const server = this.#servers.at(pane);
      if (server === null) continue;
      const group = groups.get(server) ?? [];
      group.push(pane);
      groups.set(server, group);
    }
    return groups;
  }
}

function textOf({ paneId, ownerClaim }: ListedPane) {
  return [paneId, ownerClaim] as const;
}

/** null where the server does not answer just now: it is asked again. */
async function reached<Answer>(question: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await question();
  } catch (fault) {
    if (fault instanceof TmuxError) return null;
    throw fault;
  }
}
