import type { Clock } from '../core/clock.ts';
import { BridgeError, usageError } from '../core/failure.ts';
import { groupNamed } from '../core/groups.ts';
import {
  groupName,
  isNumbered,
  type Member,
  type MemberFacts,
  type MemberStatus,
  memberFacts,
  memberName,
  newMember,
  numbered,
  withheld,
} from '../core/member.ts';
import { fullName, labelOf } from '../core/names.ts';
import type { PaneIdentity } from '../core/pane.ts';
import { bearing, calledIn, type Directory, type MemberMemory, memberAt, paneIn } from './directory.ts';

/** A pane that is to be a member's. */
export interface Place {
  readonly identity: PaneIdentity;
  /** name of the project in which its agent works */
  readonly project: string | null;
  /** whether a member's pane is certain to be there no more: its name is free for who comes in its place */
  readonly isGone: (member: Member) => boolean;
  /** names that only a person gives: this pane keeps one that it has, and comes to no other; left out: it may have any */
  readonly isWithheld?: (name: string) => boolean;
}

/** What is said of a member besides its name. What is left out stays as it is. */
export interface MemberOrder extends Partial<MemberFacts> {
  /** it comes to these, and stays in its own */
  readonly groups?: readonly string[];
  readonly isEnabled?: boolean;
  readonly revive?: readonly string[] | null;
  /** of one that is new */
  readonly registeredBy?: NonNullable<Member['registeredBy']>;
}

export interface Joined {
  readonly member: Member;
  /** `back`: its name waited, and it has another pane now */
  readonly is: 'new' | 'back' | 'known';
  /** the name that it had before; null where it has kept it */
  readonly before: string | null;
  /** nobody in the group has been told yet that it came */
  readonly isToGreet: boolean;
}

/** How members come, change and go. Each is one transaction: ten that join at once are ten. */
export class Membership {
  readonly #memory: MemberMemory;
  readonly #clock: Clock;
  readonly #directory: Directory;
  /** by name, as bridge.yaml has it */
  readonly #configured = new Map<string, readonly string[]>();

  constructor(parts: { memory: MemberMemory; clock: Clock; directory: Directory }) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#directory = parts.directory;
  }

  /**
   * A name before there is a pane of that name, or that of the pane at `place`; and what is said of it.
   * @param where what becomes of a name that another has who has a pane: the next with a number, or nothing
   * @throws BridgeError where the name is no name, or is refused
   */
  add(
    given: string,
    order: MemberOrder,
    place: Place | null = null,
    where: 'number' | 'refuse' = 'refuse',
  ): { readonly member: Member; readonly is: 'new' | 'changed' | 'known' } {
    const name = memberName(given);
    return this.#memory.transact(() => {
      const base = place === null ? this.#knownAs(name) : this.#holder(place, name, where);
      const kept = this.#memory.member(base.name);
      const bound = place === null ? {} : { pane: paneIn(place.identity), isJoined: true };
      const { registeredBy } = order;
      const how = kept === null && registeredBy !== undefined ? { registeredBy } : {};
      const member = { ...base, ...bound, ...this.#said(order, base), ...how };
      if (JSON.stringify(member) === JSON.stringify(kept)) return { member, is: 'known' };
      this.#save(member, kept);
      return { member, is: kept === null ? 'new' : 'changed' };
    });
  }

  /** What bridge.yaml says of members counts anew at each start; the commands that start them anew are never kept. */
  declare(members: ReadonlyArray<MemberOrder & { readonly name: string }>): void {
    for (const { name, revive = null, ...order } of members) {
      const { member } = this.add(name, order);
      if (revive !== null) this.#configured.set(member.name, revive);
    }
  }

  /** argv of what starts its agent anew; null: nothing does. What bridge.yaml says comes first. */
  reviveOf({ name, revive }: Member): readonly string[] | null {
    return this.#configured.get(name) ?? revive;
  }

  /**
   * The agent in this pane is a member of the group from now on, under this name or, where another has it, the next one with
   * a number behind it. The same pane again is the same member; so is the next pane of a member that is gone.
   * @param as without its project: that is its pane's
   */
  join(as: string, order: MemberOrder, place: Place): Joined {
    const label = memberName(as);
    if (label.includes('/'))
      throw usageError('--as', as, "has a project, and that is its pane's", 'give the name alone');
    return this.#memory.transact(() => {
      const before = memberAt(this.#directory.members(), place.identity);
      const base = this.#holder(place, label, 'number');
      const kept = this.#memory.member(base.name);
      const [group] = order.groups?.map(groupName) ?? [];
      const isToGreet = group !== undefined && !base.greeted.includes(group);
      const member = {
        ...base,
        ...this.#said(order, base),
        greeted: isToGreet ? [...base.greeted, group] : base.greeted,
        pane: paneIn(place.identity),
        isJoined: true,
        lastSeenAt: this.#clock.now(),
      };
      this.#save(member, kept);
      return {
        member,
        is: kept === null ? 'new' : before === null ? 'back' : 'known',
        before: before === null || before.called === member.called ? null : before.called,
        isToGreet,
      };
    });
  }

  /** This pane is the member's from now on. */
  bind(name: string, identity: PaneIdentity): void {
    this.#memory.transact(() => {
      const member = this.#must(name);
      this.#save({ ...member, pane: paneIn(identity), isJoined: true, lastSeenAt: this.#clock.now() }, member);
    });
  }

  /** What it says of its own work. */
  sayStatus(name: string, status: MemberStatus): Member {
    return this.#memory.transact(() => {
      const member = this.#must(name);
      return member.status === status ? member : this.#save({ ...member, status }, member);
    });
  }

  /** It is in the group no more; with null in none, and its pane is watched for its label alone. @returns what it has left */
  leave(name: string, group: string | null): string[] {
    return this.#memory.transact(() => {
      const member = this.#must(name);
      const left = group === null ? member.groups : member.groups.filter((one) => one === groupName(group));
      if (group !== null && left.length === 0) throw notIn(group, member);
      const groups = member.groups.filter((one) => !left.includes(one));
      this.#save({ ...member, groups, isJoined: member.isJoined && group !== null }, member);
      return [...left];
    });
  }

  /** @returns those that were not in it before */
  addToGroup(given: string, names: readonly string[]): Member[] {
    const group = groupName(given);
    return this.#memory.transact(() =>
      names
        .map((name) => this.#directory.named(name))
        .filter(({ groups }) => !groups.includes(group))
        .map((member) => this.#save({ ...member, groups: [...member.groups, group] }, member)),
    );
  }

  /** @throws BridgeError where one of them is not in it; then all stay */
  removeFromGroup(given: string, names: readonly string[]): Member[] {
    const group = groupName(given);
    return this.#memory.transact(() => {
      groupNamed(group, this.#directory.members());
      const members = names.map((name) => this.#directory.named(name));
      const other = members.find(({ groups }) => !groups.includes(group));
      if (other !== undefined) throw notIn(group, other);
      return members.map((member) =>
        this.#save({ ...member, groups: member.groups.filter((one) => one !== group) }, member),
      );
    });
  }

  /** One that is disabled gets nothing; what waits for it stays. @returns false where it was so already */
  enable(given: string, isEnabled: boolean): { readonly member: Member; readonly isChanged: boolean } {
    return this.#memory.transact(() => {
      const member = this.#directory.named(given);
      const isChanged = member.isEnabled !== isEnabled;
      return { member: isChanged ? this.#save({ ...member, isEnabled }, member) : member, isChanged };
    });
  }

  /** It is called so from now on; the name that it had goes on to be its own, and its pane keeps its label. */
  rename(given: string, to: string): Member {
    const asked = memberName(to);
    return this.#memory.transact(() => {
      const member = this.#directory.named(given);
      const project = member.called.slice(0, -labelOf(member.called).length);
      const called = asked.includes('/') ? asked : `${project}${asked}`;
      const other = this.#directory
        .members()
        .find((one) => one.name !== member.name && [one.called, one.name].includes(called));
      if (other !== undefined) throw taken(called, other);
      return this.#save({ ...member, called }, member);
    });
  }

  /** Its name is forgotten. What becomes of its mail is decided before. */
  remove({ name }: Member): void {
    this.#memory.removeMember(name, this.#clock.now());
  }

  /** Of a label alone it is whoever has that label: another one would be in no pane ever. */
  #knownAs(asked: string): Member {
    const members = this.#directory.members();
    const exact = members.find(({ called, name }) => called === asked || name === asked);
    const alike = asked.includes('/') ? [] : members.filter(({ called }) => labelOf(called) === asked);
    if (exact === undefined && alike.length > 1) return this.#directory.named(asked);
    return exact ?? alike[0] ?? newMember(asked, this.#clock.now());
  }

  /** The member that has this pane from now on, as it is called then; it is not kept yet. */
  #holder({ identity, project, isGone, isWithheld }: Place, given: string, where: 'number' | 'refuse'): Member {
    const members = this.#directory.members();
    const mine = memberAt(members, identity);
    const asked = given.includes('/') ? given : fullName(project, given);
    const isIts = (own: string) => own === asked || (where === 'number' && isNumbered(own, asked));
    if (mine !== null && isIts(mine.called)) return mine;
    const others = members.filter((member) => member !== mine);
    for (let number = 1; ; number++) {
      const called = numbered(asked, number);
      if (isWithheld?.(called)) {
        if (where === 'refuse') throw withheld(called);
        continue;
      }
      const holder = bearing(others, called);
      if (holder === null) return mine === null ? newMember(called, this.#clock.now()) : { ...mine, called };
      if (mine === null && (holder.pane === null || isGone(holder))) return calledIn(holder, called);
      if (where === 'refuse') throw taken(called, holder);
    }
  }

  #said({ groups = [], isEnabled, revive, registeredBy: _, ...facts }: MemberOrder, before: Member): Partial<Member> {
    const all = [...new Set([...before.groups, ...groups.map(groupName)])];
    return {
      ...memberFacts(facts),
      groups: all,
      isEnabled: isEnabled ?? before.isEnabled,
      revive: revive === undefined ? before.revive : revive,
    };
  }

  #must(name: string): Member {
    const member = this.#memory.member(name);
    if (member === null) throw new Error(`${name} is no member`);
    return member;
  }

  #save(member: Member, before: Member | null): Member {
    const kind = before === null ? 'member-added' : 'member-changed';
    this.#memory.saveMember(member, { at: this.#clock.now(), kind });
    return member;
  }
}

function taken(name: string, holder: Member): BridgeError {
  const where = holder.pane === null ? '' : `, in pane ${holder.pane.paneId}`;
  const who = holder.called === name ? 'another member has this name' : `it is a former name of ${holder.called}`;
  return new BridgeError({ what: 'member', target: name, reason: `${who}${where}`, nextStep: 'bridge members' });
}

function notIn(group: string, { called }: Member): BridgeError {
  return usageError('group', group, `${called} is not in it`, 'bridge groups');
}
