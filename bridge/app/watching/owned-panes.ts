import { identityKey, type PaneIdentity } from '../../core/pane.ts';
import type { TakenPane } from '../../delivery/pane-io.ts';
import { inWords, type Owner, type Typed } from '../../host/owners-table.ts';
import type { Ownership } from '../../host/ownership.ts';
import type { Wanted } from './workers.ts';

/**
 * The panes that one watch may watch, of those that it wants: a pane has one owner, whatever number of bridges there
 * are. A pane of another bridge is said once, and asked for again until that bridge has ended or let it go.
 */
export class OwnedPanes {
  readonly #ownership: Ownership | null;
  readonly #say: (text: string) => void;
  readonly #takenOver: () => void;
  readonly #typedElsewhere: (key: string, typed: { readonly at: number; readonly why: string }) => void;
  #claimed: ReadonlyMap<string, string> = new Map();
  /** by pane key: whose it is, where it is not ours */
  readonly #others = new Map<string, Owner>();
  /** by pane key: what another bridge typed there last, as far as it was told */
  readonly #reported = new Map<string, number>();
  #isUnsure = false;

  /**
   * @param parts.ownership null: a dry run types nothing, so it takes no worker away from anybody, and watches them all
   * @param parts.takenOver another bridge has ended, and may have died with something half done
   * @param parts.typedElsewhere before anything of ours is typed there: another bridge typed into this pane then, and that
   *   may have been the answer to what had been asked by us
   */
  constructor(parts: {
    ownership: Ownership | null;
    say: (text: string) => void;
    takenOver: () => void;
    typedElsewhere: (key: string, typed: { readonly at: number; readonly why: string }) => void;
  }) {
    this.#ownership = parts.ownership;
    this.#say = parts.say;
    this.#takenOver = parts.takenOver;
    this.#typedElsewhere = parts.typedElsewhere;
  }

  /**
   * @param wanted by `addressKey`
   * @throws BridgeError where nobody can tell who owns a pane
   */
  among(wanted: ReadonlyMap<string, Wanted>): Map<string, Wanted> {
    if (this.#ownership === null) return new Map(wanted);
    const keys = new Map([...wanted].map(([address, { facts }]) => [address, identityKey(facts)]));
    const before = this.#claimed;
    this.#isUnsure = true;
    const claims = this.#ownership.keep([...keys.values()]);
    this.#claimed = new Map([...wanted].map(([address, { name }]) => [keys.get(address)!, name]));
    const left = [...before.keys()].filter((key) => !this.#claimed.has(key));
    this.#ownership.letGo(left);
    for (const key of left) {
      this.#others.delete(key);
      this.#reported.delete(key);
    }
    this.#isUnsure = false;
    const ours = new Map<string, Wanted>();
    for (const [address, one] of wanted) {
      const key = keys.get(address)!;
      const claim = claims.get(key)!;
      if (claim.is === 'theirs') {
        this.#isTheirs(key, one, claim.owner);
        continue;
      }
      this.#isOurs(key, one);
      const { typed } = claim;
      if (typed !== undefined) this.#report(key, typed);
      ours.set(address, typed?.isSettled === false ? { ...one, distrust: whyInDoubt(typed) } : one);
    }
    return ours;
  }

  /** True where asking again may end otherwise than the last time. */
  mayHaveChanged(): boolean {
    if (this.#ownership === null) return false;
    if (this.#isUnsure) return true;
    const ours = [...this.#claimed.keys()].filter((key) => !this.#others.has(key));
    if (!this.#ownership.isSureOf(ours)) return true;
    if (this.#others.size === 0) return false;
    const now = this.#ownership.ownersOf([...this.#others.keys()]);
    return [...this.#others].some(([key, owner]) => !isSame(now.get(key), owner));
  }

  #isTheirs(key: string, { name, facts }: Wanted, owner: Owner): void {
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
    if (from === undefined) return;
    const theirs = `an answer that it had been given and not typed is there: bridge requests --home ${from.home}`;
    this.#say(`${name} ${facts.paneId} is taken over from ${inWords(from)}; ${theirs}`);
    this.#takenOver();
  }
}

/** Takes a pane for one answer, as the courier asks for it. */
export function taking(ownership: Ownership): {
  take(pane: PaneIdentity, askedAt: number): TakenPane | { readonly theirs: string };
} {
  return {
    take(pane, askedAt) {
      const taken = ownership.borrow(identityKey(pane), askedAt);
      if ('owner' in taken) return { theirs: `${inWords(taken.owner)} watches this pane and answers there` };
      return 'typed' in taken ? { theirs: whyInDoubt(taken.typed) } : taken;
    },
  };
}

function whyInDoubt({ by, isSettled }: Typed): string {
  const what = isSettled ? 'has typed there since' : 'ended while it was typing there';
  return `${inWords(by)} ${what}: this may have been answered already`;
}

function isSame(a: Owner | undefined, b: Owner | undefined): boolean {
  return a?.pid === b?.pid && a?.home === b?.home && a?.since === b?.since;
}
