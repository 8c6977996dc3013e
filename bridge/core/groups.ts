import { unknownName } from './failure.ts';
import type { Member } from './member.ts';

/** Members who are written to together. A group is there as long as somebody is in it. */
export interface Group {
  readonly name: string;
  /** in order of their names */
  readonly members: readonly Member[];
}

/** In order of their names. */
export function groupsOf(members: readonly Member[]): Group[] {
  const names = [...new Set(members.flatMap(({ groups }) => groups))].sort();
  return names.map((name) => ({ name, members: members.filter(({ groups }) => groups.includes(name)) }));
}

/** @throws BridgeError with the groups there are */
export function groupNamed(name: string, members: readonly Member[]): Group {
  const groups = groupsOf(members);
  const found = groups.find((group) => group.name === name);
  if (found !== undefined) return found;
  const known = groups.map((group) => group.name);
  throw unknownName('group', name, known, 'bridge groups');
}

/** A group's thread has its name, and those in the folder of that name are the group's as well; null: nobody's. */
export function groupOfThread(thread: string, members: readonly Member[]): Group | null {
  return groupsOf(members).find(({ name }) => thread === name || thread.startsWith(`${name}/`)) ?? null;
}
