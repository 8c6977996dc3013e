import type { MemberOrder } from '../messages/membership.ts';
import { type Entry, takeOver } from '../messages/taking-over.ts';
import type { Bridge } from './bridge.ts';

/** Members, and what they wrote, as another tool has kept them. */
export interface Imported {
  readonly members: ReadonlyArray<MemberOrder & { readonly name: string }>;
  readonly entries: readonly Entry[];
}

export interface TakenOver {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** of each entry that is a message now and was none before, its thread; of one without, nothing */
  readonly taken: readonly string[];
}

/** Keeps all of it, or nothing; the same again is known. @param isDryRun it is tried, and taken back */
export function importMail(
  { journal, membership, directory, mint }: Pick<Bridge, 'journal' | 'membership' | 'directory' | 'mint'>,
  { members, entries }: Imported,
  isDryRun: boolean,
): TakenOver {
  const all = (): TakenOver => {
    const changes = members.map(({ name, ...order }) => membership.add(name, order));
    const named = (is: 'new' | 'changed') =>
      changes.filter((one) => one.is === is).map(({ member }) => directory.shown(member.name));
    const taken = entries.filter((entry) => takeOver({ mail: journal.mail, mint }, entry));
    const threads = taken.map(({ thread, group }) => thread ?? group ?? '');
    return { added: named('new'), changed: named('changed'), taken: threads };
  };
  if (!isDryRun) return journal.transact(all);
  try {
    return journal.transact(() => {
      throw new Tried(all());
    });
  } catch (fault) {
    if (fault instanceof Tried) return fault.found;
    throw fault;
  }
}

/** Ends a transaction of which nothing is to stay. */
class Tried extends Error {
  readonly found: TakenOver;

  constructor(found: TakenOver) {
    super();
    this.found = found;
  }
}
