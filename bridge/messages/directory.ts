import type { Clock } from '../core/clock.ts';
import {
  isNumbered,
  isReserved,
  type Member,
  type MemberPane,
  memberNamed,
  memberShown,
  newMember,
  numbered,
} from '../core/member.ts';
import { labelOf } from '../core/names.ts';
import { addressKey, type PaneAddress, type PaneIdentity, type PaneKey, samePane } from '../core/pane.ts';

/** What the directory needs of the journal. */
export interface MemberMemory {
  member(name: string): Member | null;
  members(): readonly Member[];
  saveMember(
    member: Member,
    event: { readonly at: number; readonly kind: 'member-added' | 'member-seen' | 'member-changed' },
  ): void;
  removeMember(name: string, at: number): void;
  transact<T>(work: () => T): T;
}

/** A watched pane. */
export interface LivingPane {
  readonly identity: PaneIdentity;
  readonly agent: string;
}

/** Where a member is now. */
export interface LivingMember extends LivingPane {
  /** under which it is kept */
  readonly name: string;
}

/** Who has a name. Whoever was seen once stays, whatever becomes of its pane: mail for it waits. */
export class Directory {
  readonly #memory: MemberMemory;
  readonly #clock: Clock;
  readonly #living: () => readonly LivingPane[];

  constructor(parts: { memory: MemberMemory; clock: Clock; living: () => readonly LivingPane[] }) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#living = parts.living;
  }

  members(): readonly Member[] {
    return this.#memory.members();
  }

  /** By the name under which it is kept. */
  member(name: string): Member | null {
    return this.#memory.member(name);
  }

  /** Whose pane it is; null where it is nobody's. */
  at(pane: PaneKey): Member | null {
    return memberAt(this.members(), pane);
  }

  /** Its watched pane; null while it has none. */
  paneOf(name: string): LivingMember | null {
    const pane = this.#memory.member(name)?.pane ?? null;
    if (pane === null) return null;
    const living = this.#living().find(({ identity }) => samePane(identity, pane));
    return living === undefined ? null : { ...living, name };
  }

  /**
   * A pane is watched from now on, or was found again, under this name: whose it is. A pane that has been a member's is
   * still; a new one has the member of its name, with the mail that waited, unless that is living elsewhere.
   */
  seen(worker: string, identity: PaneIdentity): Member {
    return this.#memory.transact(() => {
      const at = this.#clock.now();
      const members = this.members();
      const bound = memberAt(members, identity);
      const pane = paneIn(identity);
      if (bound !== null && (bound.isJoined || isNamedAfter(bound, worker, members)))
        return this.#save({ ...bound, pane, lastSeenAt: at }, 'member-seen');
      // its label was changed: the name waits for who bears it next
      if (bound !== null) this.#save({ ...bound, pane: null }, 'member-changed');
      for (let number = isReserved(worker) ? 2 : 1; ; number++) {
        const name = numbered(worker, number);
        const known = bearing(members, name);
        if (known !== null && this.paneOf(known.name) !== null) continue;
        const next = { ...calledIn(known ?? newMember(name, at), name), pane, lastSeenAt: at };
        return this.#save(next, known === null ? 'member-added' : 'member-seen');
      }
    });
  }

  /** A pane is not watched any more. */
  lost(pane: PaneAddress): void {
    this.#memory.transact(() => {
      const key = addressKey(pane);
      const member = this.members().find((one) => one.pane !== null && addressKey(one.pane) === key);
      if (member !== undefined) this.#save({ ...member, lastSeenAt: this.#clock.now() }, 'member-seen');
    });
  }

  /** @throws BridgeError with those there are */
  named(given: string): Member {
    return memberNamed(given, this.members());
  }

  /** As people see it. @param name under which it is kept */
  shown(name: string): string {
    return memberShown(name, this.members());
  }

  #save(member: Member, kind: Parameters<MemberMemory['saveMember']>[1]['kind']): Member {
    this.#memory.saveMember(member, { at: this.#clock.now(), kind });
    return member;
  }
}

export function paneIn({ host, server, socketPath, paneId, panePid }: PaneIdentity): MemberPane {
  return { host, server, socketPath, paneId, panePid };
}

export function memberAt(members: readonly Member[], pane: PaneKey): Member | null {
  return members.find((member) => member.pane !== null && samePane(member.pane, pane)) ?? null;
}

/** The same member, which belongs to the project of that full name from now on where it belonged to none. */
export function calledIn(member: Member, name: string): Member {
  return member.called === labelOf(name) ? { ...member, called: name } : member;
}

/** Who is meant by a full name; one that was added without a project may come up in any. */
export function bearing(members: readonly Member[], name: string): Member | null {
  const isIt = (member: Member) => member.called === name || member.name === name;
  const label = labelOf(name);
  return members.find(isIt) ?? members.find(({ called }) => called === label) ?? null;
}

/** A member whose pane has this name: its own, one that it had, or one that another has, for which it has a number. */
function isNamedAfter({ name, called }: Member, worker: string, members: readonly Member[]): boolean {
  const own = [name, called];
  if (own.includes(worker) || own.includes(labelOf(worker))) return true;
  const isTaken = isReserved(worker) || (bearing(members, worker)?.pane ?? null) !== null;
  return isTaken && own.some((one) => isNumbered(one, worker));
}
