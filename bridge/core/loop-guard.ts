/** What agents may write to each other without a person. 0: no limit. */
export interface LoopLimits {
  /** messages in one chain, each because of the one before it */
  readonly hops: number;
  /** how often two write to each other by turns, there and back */
  readonly rounds: number;
  /** messages in one thread within an hour */
  readonly threadPerHour: number;
  /** messages of one member within an hour */
  readonly memberPerHour: number;
}

export const usualLoopLimits: LoopLimits = { hops: 10, rounds: 6, threadPerHour: 240, memberPerHour: 120 };

/** What there would be with the message that is judged. */
export type LoopCounts = LoopLimits;

export type LoopVerdict =
  | { readonly is: 'free' }
  | { readonly is: 'warned'; readonly words: string }
  | { readonly is: 'held'; readonly why: string };

export const free: LoopVerdict = { is: 'free' };

/** From this part of a limit on a message says how far it has come. */
const warnedFrom = 0.6;

/** In words: how many of what. */
const said: Readonly<Record<keyof LoopLimits, (count: number) => string>> = {
  hops: (count) => `${count} messages without a person`,
  rounds: (count) => `${count} rounds between these two without a person`,
  threadPerHour: (count) => `${count} messages of agents in this thread within an hour`,
  memberPerHour: (count) => `${count} messages of this member within an hour`,
};

const limitsInOrder = ['hops', 'rounds', 'threadPerHour', 'memberPerHour'] as const;

/** A circle is a long chain, however many take part in it; what goes round outside of chains is many messages. */
export function loopVerdict(counts: LoopCounts, limits: LoopLimits): LoopVerdict {
  const over = limitsInOrder.find((name) => limits[name] > 0 && counts[name] > limits[name]);
  if (over !== undefined) return { is: 'held', why: `${said[over](counts[over])}: it may be a loop` };
  const near = limitsInOrder.find((name) => limits[name] > 0 && counts[name] >= Math.ceil(limits[name] * warnedFrom));
  if (near === undefined) return free;
  return { is: 'warned', words: `${said[near](counts[near])}, held from ${limits[near] + 1} on` };
}
