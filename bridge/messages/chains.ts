import type { Documents } from '../core/documents.ts';
import type { Message, MessageId } from '../core/message.ts';

/** What a member received last of the longest chain that it is in: what it sends from now on is one further. */
interface Chain {
  readonly message: MessageId;
  readonly hops: number;
}

/** Who writes because of what: the chains of messages between agents that no person has broken. */
export class Chains {
  readonly #memory: Documents;
  readonly #freed: (member: string) => void;

  /** @param freed a person has reached the member: by a message, or at the keys of its pane */
  constructor(memory: Documents, freed: (member: string) => void) {
    this.#memory = memory;
    this.#freed = freed;
  }

  of(member: string): Chain | null {
    return this.#memory.memory<Chain>(keyOf(member));
  }

  /** The member knows the text of this message now. A person's ends every chain. */
  received(member: string, { id, hops, from }: Message): void {
    if (from.standing === 'human') this.#freed(member);
    const before = from.standing === 'human' ? null : this.of(member);
    if (before === null || hops >= before.hops) this.#memory.saveMemory(keyOf(member), { message: id, hops });
  }

  /** A person lets it go on, or typed to it: it is counted anew. */
  end(member: string): void {
    this.#freed(member);
    this.#memory.saveMemory(keyOf(member), null);
  }
}

function keyOf(member: string): string {
  return `chain|${member}`;
}
