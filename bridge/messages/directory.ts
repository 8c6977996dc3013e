import type { Clock } from '../core/clock.ts';
import { unknownName, usageError } from '../core/failure.ts';
import type { Member } from '../core/message.ts';
import { labelOf, nameMeant, shownName } from '../core/names.ts';
import type { PaneIdentity } from '../core/pane.ts';

/** What the directory needs of the journal. */
export interface MemberMemory {
  member(name: string): Member | null;
  members(): Member[];
  saveMember(
    member: Member,
    event: { readonly at: number; readonly kind: 'member-added' | 'member-seen' | 'member-changed' },
  ): void;
}

/** Where a member is now. */
export interface LivingMember {
  readonly name: string;
  readonly identity: PaneIdentity;
  readonly agent: string;
}

/** Who has a name. Whoever was seen once stays, whatever becomes of its pane: mail for it waits. */
export class Directory {
  readonly #memory: MemberMemory;
  readonly #clock: Clock;
  readonly #living: () => readonly LivingMember[];

  constructor(parts: { memory: MemberMemory; clock: Clock; living: () => readonly LivingMember[] }) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#living = parts.living;
  }

  members(): Member[] {
    return this.#memory.members();
  }

  /** Its pane; null while it has none. */
  paneOf(name: string): LivingMember | null {
    return this.#living().find((one) => one.name === name) ?? null;
  }

  /** A worker's pane is watched from now on, or was found again. */
  seen(name: string): void {
    const now = this.#clock.now();
    const known = this.#memory.member(name);
    if (known === null)
      this.#memory.saveMember(
        { name, description: '', isEnabled: true, addedAt: now, lastSeenAt: now },
        { at: now, kind: 'member-added' },
      );
    else this.#memory.saveMember({ ...known, lastSeenAt: now }, { at: now, kind: 'member-seen' });
  }

  /** A name before there is a pane of that name. @returns false where it is known already */
  add(name: string, description: string): boolean {
    if (!/^[\p{L}\p{N}](?:[\p{L}\p{N}._/-]| (?! )){0,63}$/u.test(name) || /[ /]$|\/\/|human$/.test(name))
      throw usageError(
        'member',
        name,
        'invalid: letters, digits, . _ - and single blanks, 64 at most, shop/lead with its project',
      );
    if (this.#memory.member(name) !== null) return false;
    const now = this.#clock.now();
    this.#memory.saveMember(
      { name, description, isEnabled: true, addedAt: now, lastSeenAt: null },
      { at: now, kind: 'member-added' },
    );
    return true;
  }

  /** The one member that is meant: a full name, or its label where only one has it. @throws BridgeError with those there are */
  named(given: string): Member {
    const members = this.members();
    const names = members.map(({ name }) => name);
    const meant = nameMeant(given, names);
    const found = members.find(({ name }) => name === meant);
    if (found === undefined) throw unknownName('member', given, names.map(labelOf), 'bridge members');
    return found;
  }

  /** As people see it. */
  shown(name: string): string {
    return shownName(
      name,
      this.members().map((member) => member.name),
    );
  }
}
