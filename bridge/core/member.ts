import { BridgeError, unknownName, usageError } from './failure.ts';
import { hasLookAlikes } from './look-alikes.ts';
import { fullName, labelOf, nameMeant } from './names.ts';
import type { PaneAddress } from './pane.ts';
import { visibleLine } from './visible.ts';

/** The pane of a member, whichever agent runs there. */
export interface MemberPane extends PaneAddress {
  /** the way to its server, and no part of the identity */
  readonly socketPath: string;
  readonly panePid: number;
}

/** What a member, a person or bridge.yaml says of it. Empty: nothing is said. */
export interface MemberFacts {
  readonly description: string;
  readonly role: string;
  /** the model that its agent runs on */
  readonly model: string;
  readonly colour: string;
}

/** What an agent says of its own work; what its screen shows is another matter. */
export const memberStatuses = ['idle', 'working'] as const;
export type MemberStatus = (typeof memberStatuses)[number];

/** A named party that writes and gets messages. Its name outlives panes: mail for it waits. */
export interface Member extends MemberFacts {
  /** full name by which it was first known: `shop/lead`, `lead`. It never changes, and its mail is kept under it */
  readonly name: string;
  /** full name by which it is called now */
  readonly called: string;
  /** what it said last of itself; absent: it has said nothing */
  readonly status?: MemberStatus;
  /** in the order in which it came to them */
  readonly groups: readonly string[];
  /** the groups that have been told that it came */
  readonly greeted: readonly string[];
  readonly isEnabled: boolean;
  /** argv of what starts its agent anew; null: nothing does */
  readonly revive: readonly string[] | null;
  /** where it is, or was last; null before it has had a pane */
  readonly pane: MemberPane | null;
  /** it joined, or was added with its pane: that is watched whatever its label is */
  readonly isJoined: boolean;
  /** a program gave it its name at agent-chat's endpoints, and writes and reads as it by claim; absent: it came otherwise */
  readonly registeredBy?: 'agent-chat';
  readonly addedAt: number;
  readonly lastSeenAt: number | null;
}

export function newMember(name: string, addedAt: number): Member {
  return {
    name,
    called: name,
    description: '',
    role: '',
    model: '',
    colour: '',
    groups: [],
    greeted: [],
    isEnabled: true,
    revive: null,
    pane: null,
    isJoined: false,
    addedAt,
    lastSeenAt: null,
  };
}

/** A member without a pane, in whose name programs at agent-chat's endpoints write and read: nothing is typed for it anywhere. */
export function isProgram({ registeredBy, pane }: Pick<Member, 'registeredBy' | 'pane'>): boolean {
  return registeredBy !== undefined && pane === null;
}

/** A member as it was kept: of what an older bridge did not know, nothing is said. */
export function keptMember(kept: Partial<Member> & Pick<Member, 'name' | 'addedAt'>): Member {
  return { ...newMember(kept.name, kept.addedAt), ...kept };
}

/** So long is a name at most, without its project. */
const longestName = 64;
/** The name of the person, who is a member without a pane: mail to him is a page in `inbox/`. */
export const humanName = 'human';
export const humanMember: Member = newMember(humanName, 0);

/** Who writes what is nobody's message, or a person's. */
const reserved = [humanName, 'bridge'];

/** Whether a label names nobody but a person, or bridge itself. */
export function isReserved(name: string): boolean {
  return reserved.includes(labelOf(name).toLowerCase());
}

const letters = 'letters, digits, . _ - and single blanks, 1 to 64, begun with a letter or a digit';

/** @returns the full name of a member as it is kept @throws BridgeError where it is none */
export function memberName(given: string): string {
  const name = given.normalize('NFC');
  const slash = name.indexOf('/');
  const project = slash < 0 ? null : name.slice(0, slash);
  const label = name.slice(slash + 1);
  if (!isName(label) || (project !== null && !isProject(project)))
    throw usageError('member', given, `invalid: ${letters}; shop/lead with its project`);
  if (isReserved(label)) throw usageError('member', given, 'invalid: this name is taken: by you, or by bridge itself');
  return fullName(project, label);
}

/** @returns the name of a group as it is kept @throws BridgeError where it is none */
export function groupName(given: string): string {
  const name = given.replace(/^@/, '').normalize('NFC');
  if (isName(name)) return name;
  throw usageError('group', given, `invalid: ${letters}`);
}

function isName(name: string): boolean {
  const isGood = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._-]| (?! |$))*$/u.test(name);
  return isGood && [...name].length <= longestName && !hasLookAlikes(name);
}

/** A project is called as its folder is: with any visible characters. */
function isProject(name: string): boolean {
  return name !== '' && name.length <= 2 * longestName && visibleLine(name) === name && !/^\.{1,2}$/.test(name);
}

/** The name with a number: what the next one gets that asks for a name which another has. */
export function numbered(name: string, number: number): string {
  if (number === 1) return name;
  const suffix = `-${number}`;
  const label = labelOf(name);
  return `${name.slice(0, name.length - label.length)}${label.slice(0, longestName - suffix.length)}${suffix}`;
}

/** Whether a name is `asked`, or what somebody got who asked for that. */
export function isNumbered(name: string, asked: string): boolean {
  const [, number] = /-(\d+)$/.exec(name) ?? [];
  return name === asked || (number !== undefined && name === numbered(asked, Number(number)));
}

/** What bridge.yaml grants to a name is no agent's to take. */
export function withheld(name: string): BridgeError {
  return new BridgeError({
    what: 'member',
    target: name,
    reason: 'bridge.yaml grants something to this name, and only you may say who has it',
    nextStep: `a person runs: bridge add ${name} PANE`,
  });
}

/** More of a description is none. */
const longest: Readonly<Record<keyof MemberFacts, number>> = { description: 1024, role: 64, model: 64, colour: 32 };

/** What is said of a member stands on one line wherever it is shown. @throws BridgeError naming what does not */
export function memberFacts(given: Partial<MemberFacts>): Partial<MemberFacts> {
  for (const [what, text] of Object.entries(given) as Array<[keyof MemberFacts, string]>) {
    if (text.length > longest[what])
      throw usageError(what, `${text.slice(0, 20)}…`, `has more than ${longest[what]} characters`);
    if (visibleLine(text) !== text) throw usageError(what, text, 'is not one line of visible text');
    if (what === 'colour' && !/^(?:|[a-z]+|colou?r\d{1,3}|#[0-9a-f]{6})$/i.test(text))
      throw usageError(what, text, 'invalid: a name as red, or #rrggbb');
  }
  return given;
}

/**
 * The one member that is meant: a full name, or its label where only one has it. A name that it had before is still its own.
 * @throws BridgeError with those there are
 */
export function memberNamed(given: string, members: readonly Member[]): Member {
  for (const nameIn of [({ called }: Member) => called, ({ name }: Member) => name]) {
    const meant = nameMeant(given, members.map(nameIn), 'member');
    const found = members.find((member) => nameIn(member) === meant);
    if (found !== undefined) return found;
  }
  const names = members.map(({ called }) => labelOf(called));
  throw unknownName('member', given, names, 'bridge members');
}

/** A member as people see it. @param name under which it is kept */
export function memberShown(name: string, members: readonly Member[]): string {
  const { byName, byLabel } = indexOf(members);
  const called = byName.get(name)?.called ?? name;
  const label = labelOf(called);
  const alike = byLabel.get(label) ?? new Set();
  return alike.size - Number(alike.has(called)) > 0 ? called : label;
}

/** @param name under which it is kept */
export function memberOf(name: string, members: readonly Member[]): Member | null {
  return indexOf(members).byName.get(name) ?? null;
}

interface MemberIndex {
  readonly byName: ReadonlyMap<string, Member>;
  /** full names, by the label that they end in */
  readonly byLabel: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Of each list once: hundreds of members are asked for by name several times for each message. */
const indexes = new WeakMap<readonly Member[], MemberIndex>();

function indexOf(members: readonly Member[]): MemberIndex {
  const known = indexes.get(members);
  if (known !== undefined) return known;
  const byLabel = new Map<string, Set<string>>();
  for (const { called } of members) {
    const label = labelOf(called);
    byLabel.set(label, (byLabel.get(label) ?? new Set()).add(called));
  }
  // of two that are kept under one name, the first counts
  const byName = new Map([...members].reverse().map((member) => [member.name, member]));
  const index = { byName, byLabel };
  indexes.set(members, index);
  return index;
}
