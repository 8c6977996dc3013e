import { BridgeError } from '../../core/failure.ts';
import { addressKey, identityKey, type ListedPane, type PaneIdentity } from '../../core/pane.ts';
import type { Taking } from '../../delivery/pane-io.ts';
import { inWords, type Owner, type Typed } from '../../host/owners-table.ts';
import type { Ownership, Claim as TableClaim } from '../../host/ownership.ts';
import { ownerIn } from '../pane-claims.ts';
import type { OwnerClaims } from './owner-claims.ts';
import type { Wanted } from './workers.ts';

/**
 * The panes that one watch may watch, of those that it wants: a pane has one owner, whatever number of bridges there
 * are. A pane of another bridge is said once, and asked for again until that bridge has ended or let it go.
 */
export class OwnedPanes {
  readonly #ownership: Ownership | null;
  readonly #claims: OwnerClaims | null;
  readonly #now: () => number;
  readonly #say: (text: string) => void;
  readonly #takenOver: () => void;
  readonly #typedElsewhere: (key: string, typed: { readonly at: number; readonly why: string }) => void;
  #claimed: ReadonlyMap<string, string> = new Map();
  /** by pane key: whose it is, where it is not ours */
  readonly #others = new Map<string, Owner>();
  /** those of them that bridges have which do not share our table */
  readonly #claimedByOthers = new Set<string>();
  /** by pane key: what another bridge typed there last, as far as it was told */
  readonly #reported = new Map<string, number>();
  #isUnsure = false;

  /**
   * @param parts.ownership null: a dry run types nothing, so it takes no worker away from anybody, and watches them all
   * @param parts.claims what tmux knows of it; null as `ownership` is
   * @param parts.takenOver another bridge has ended, and may have died with something half done
   * @param parts.typedElsewhere before anything of ours is typed there: another bridge typed into this pane then, and that
   *   may have been the answer to what had been asked by us
   */
  constructor(parts: {
    ownership: Ownership | null;
    claims: OwnerClaims | null;
    now: () => number;
    say: (text: string) => void;
    takenOver: () => void;
    typedElsewhere: (key: string, typed: { readonly at: number; readonly why: string }) => void;
  }) {
    this.#ownership = parts.ownership;
    this.#claims = parts.claims;
    this.#now = parts.now;
    this.#say = parts.say;
    this.#takenOver = parts.takenOver;
    this.#typedElsewhere = parts.typedElsewhere;
  }

  /**
   * The table is asked first, and then tmux: whoever has a pane has it in both.
   * @param wanted by `addressKey`
   * @param attend has these panes notified of, and so clients attached, one of which vouches for what we claim
   * @throws BridgeError where nobody can tell who owns a pane
   */
  async among(
    wanted: ReadonlyMap<string, Wanted>,
    attend: (panes: readonly ListedPane[]) => void,
  ): Promise<Map<string, Wanted>> {
    if (this.#ownership === null) {
      attend([...wanted.values()].map(({ facts }) => facts));
      return new Map(wanted);
    }
    const claims = this.#inTable(this.#ownership, wanted);
    const inTable = [...wanted.values()].filter(({ facts }) => claims.get(identityKey(facts))!.is === 'ours');
    const panes = inTable.map(({ facts }) => facts);
    this.#isUnsure = true;
    const onServers = await this.#claims?.keep(panes, attend);
    if (onServers === undefined) attend(panes);
    const ours = new Map<string, Wanted>();
    const lost: string[] = [];
    for (const [address, one] of wanted) {
      const key = identityKey(one.facts);
      const claim = claims.get(key)!;
      const taken = onServers?.get(address);
      if (claim.is === 'theirs') {
        this.#isTheirs(key, one, claim.owner, 'in the table');
      } else if (taken?.is === 'theirs') {
        this.#isTheirs(key, one, ownerIn(taken.claim), 'on the server');
        lost.push(key);
      } else {
        const from = taken?.is === 'ours' ? taken.from : null;
        const typed = claim.typed ?? (from === null ? undefined : await this.#typedBy(ownerIn(from), one.facts));
        this.#isOurs(key, one);
        if (typed !== undefined) this.#report(key, typed);
        ours.set(address, typed?.isSettled === false ? { ...one, distrust: whyInDoubt(typed) } : one);
      }
    }
    // who shares our table is told by tmux as well
    this.#ownership.letGo(lost);
    this.#isUnsure = false;
    return ours;
  }

  #inTable(ownership: Ownership, wanted: ReadonlyMap<string, Wanted>): Map<string, TableClaim> {
    const before = this.#claimed;
    this.#isUnsure = true;
    this.#claimed = new Map([...wanted.values()].map(({ name, facts }) => [identityKey(facts), name]));
    const claims = ownership.keep([...this.#claimed.keys()]);
    const left = [...before.keys()].filter((key) => !this.#claimed.has(key));
    ownership.letGo(left);
    for (const key of left) {
      this.#others.delete(key);
      this.#claimedByOthers.delete(key);
      this.#reported.delete(key);
    }
    this.#isUnsure = false;
    return claims;
  }

  /** True where asking again may end otherwise than the last time. */
  async mayHaveChanged(listed: readonly ListedPane[]): Promise<boolean> {
    if (this.#ownership === null) return false;
    if (this.#isUnsure) return true;
    const ours = [...this.#claimed.keys()].filter((key) => !this.#others.has(key));
    if (!this.#ownership.isSureOf(ours)) return true;
    const inTable = [...this.#others].filter(([key]) => !this.#claimedByOthers.has(key));
    if (inTable.length > 0) {
      const now = this.#ownership.ownersOf(inTable.map(([key]) => key));
      if (inTable.some(([key, owner]) => !isSame(now.get(key), owner))) return true;
    }
    return (await this.#claims?.mayHaveChanged(listed)) ?? false;
  }

  /** What a bridge of another table may have typed there: that table is not seen, so it counts as having answered until now. */
  async #typedBy(by: Owner, pane: ListedPane): Promise<Typed> {
    const left = (await this.#claims?.wasTyping(pane)) ?? null;
    return { by, at: this.#now(), isSettled: left === null };
  }

  #isTheirs(key: string, { name, facts }: Wanted, owner: Owner, where: 'in the table' | 'on the server'): void {
    if (where === 'on the server') this.#claimedByOthers.add(key);
    else this.#claimedByOthers.delete(key);
    const known = this.#others.get(key);
    this.#others.set(key, owner);
    if (isSame(known, owner)) return;
    this.#say(`${name} ${facts.paneId} is watched by ${inWords(owner)}; taken over when that ends`);
  }

  #report(key: string, typed: Typed): void {
    if (this.#reported.get(key) === typed.at) return;
    this.#typedElsewhere(key, { at: typed.at, why: whyInDoubt(typed) });
    this.#reported.set(key, typed.at);
  }

  #isOurs(key: string, { name, facts }: Wanted): void {
    const from = this.#others.get(key);
    this.#others.delete(key);
    this.#claimedByOthers.delete(key);
    if (from === undefined) return;
    const there = from.host === undefined ? 'there' : `there, on ${from.host}`;
    const theirs = `an answer that it had been given and not typed is ${there}: bridge requests --home ${from.home}`;
    this.#say(`${name} ${facts.paneId} is taken over from ${inWords(from)}; ${theirs}`);
    this.#takenOver();
  }
}

/** Takes a pane for one answer, as the courier asks for it: in the table, and then on its server. */
export function taking(
  ownership: Ownership,
  claims: OwnerClaims,
): { take(pane: PaneIdentity, askedAt: number): Promise<Taking> } {
  return {
    async take(pane, askedAt) {
      const taken = ownership.borrow(identityKey(pane), askedAt);
      if ('owner' in taken) return { theirs: watches(taken.owner) };
      if ('typed' in taken) return { theirs: whyInDoubt(taken.typed) };
      let claim: Awaited<ReturnType<OwnerClaims['borrow']>> | null = null;
      try {
        claim = await claims.borrow(pane);
      } finally {
        if (claim === null || 'is' in claim) taken.release();
      }
      if ('is' in claim) return { theirs: watches(ownerIn(claim.claim)) };
      const { stands, release, left } = claim;
      if (left !== null) ownership.typedBy(identityKey(pane), ownerIn(left));
      if (left !== null && Number.isFinite(askedAt)) {
        const by = ownerIn(left);
        await release().finally(() => taken.release());
        return { theirs: whyInDoubt({ by, at: askedAt, isSettled: false }) };
      }
      return {
        typing: () => {
          if (!stands()) throw lost(pane);
          taken.typing();
        },
        settled: () => taken.settled(),
        release: () => release().finally(() => taken.release()),
      };
    },
  };
}

function watches(owner: Owner): string {
  return `${inWords(owner)} watches this pane and answers there`;
}

function lost(pane: PaneIdentity): BridgeError {
  return new BridgeError({ what: 'ownership', target: addressKey(pane), reason: 'another bridge has claimed it now' });
}

function whyInDoubt({ by, isSettled }: Typed): string {
  const what = isSettled ? 'has typed there since' : 'ended while it was typing there';
  return `${inWords(by)} ${what}: this may have been answered already`;
}

function isSame(a: Owner | undefined, b: Owner | undefined): boolean {
  return a?.pid === b?.pid && a?.home === b?.home && a?.since === b?.since && a?.host === b?.host;
}
