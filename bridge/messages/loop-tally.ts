import type { Documents } from '../core/documents.ts';
import type { LoopCounts, LoopLimits } from '../core/loop-guard.ts';
import type { Message } from '../core/message.ts';

const hourMs = 3_600_000;

/** What is counted in the journal. */
export interface CountedMail {
  /** when the last `most` messages of a thread were sent, the newest first */
  timesInThread(thread: string, most: number): number[];
  timesOf(sender: string, most: number): number[];
}

/** Two that write to each other: how often the direction has changed, who wrote last, and when. */
interface Pair {
  readonly last: string;
  readonly turns: number;
  readonly at: number;
}

type Draft = Pick<Message, 'thread' | 'from' | 'to' | 'hops' | 'sentAt'>;

/** How much agents have written to each other since a person had part in it: for circles that no chain shows. */
export class LoopTally {
  readonly #memory: Documents;
  readonly #mail: CountedMail;

  constructor(parts: { memory: Documents; mail: CountedMail }) {
    this.#memory = parts.memory;
    this.#mail = parts.mail;
  }

  /** What there would be with this message. */
  with({ thread, from, to, hops, sentAt }: Draft, limits: LoopLimits): LoopCounts {
    const since = (key: string) => Math.max(sentAt - hourMs, this.#freeSince(key));
    const within = (times: readonly number[], from: number) => times.filter((at) => at > from).length + 1;
    const rounds = to.map((other) => Math.ceil(this.#turns(from.name, other) / 2));
    return {
      hops,
      rounds: Math.max(0, ...rounds),
      threadPerHour: within(this.#mail.timesInThread(thread, limits.threadPerHour), since(threadKey(thread))),
      memberPerHour: within(this.#mail.timesOf(from.name, limits.memberPerHour), since(memberKey(from.name))),
    };
  }

  sent({ from, to, sentAt }: Draft): void {
    for (const other of to) {
      const turns = this.#turns(from.name, other);
      this.#memory.saveMemory(pairKey(from.name, other), { last: from.name, turns, at: sentAt } satisfies Pair);
    }
  }

  /** A person wrote to this member, typed into its pane, or lets it go on: it is counted anew from this instant on. */
  personReached(member: string, at: number): void {
    this.#memory.saveMemory(memberKey(member), at);
  }

  personIn(thread: string, at: number): void {
    this.#memory.saveMemory(threadKey(thread), at);
  }

  /** How often these two have written by turns, this time too. */
  #turns(from: string, other: string): number {
    const pair = this.#memory.memory<Pair>(pairKey(from, other));
    const freed = Math.max(this.#freeSince(memberKey(from)), this.#freeSince(memberKey(other)));
    if (pair === null || pair.at <= freed) return 1;
    return pair.last === from ? pair.turns : pair.turns + 1;
  }

  #freeSince(key: string): number {
    return this.#memory.memory<number>(key) ?? 0;
  }
}

function memberKey(name: string): string {
  return `person|member|${name}`;
}

function threadKey(thread: string): string {
  return `person|thread|${thread}`;
}

function pairKey(one: string, other: string): string {
  return `pair|${[one, other].sort().join('|')}`;
}
