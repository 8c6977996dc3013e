/** How long a chain of messages between agents may grow without a person. */
export interface LoopLimits {
  /** from so many on each message says in its envelope how long the chain is */
  readonly warnHops: number;
  /** what would be longer is held until a person lets it go on */
  readonly mostHops: number;
}

export const usualLoopLimits: LoopLimits = { warnHops: 6, mostHops: 10 };

export type LoopVerdict =
  | { readonly is: 'free' }
  | { readonly is: 'warned'; readonly words: string }
  | { readonly is: 'held'; readonly why: string };

export const free: LoopVerdict = { is: 'free' };

/** A circle is a long chain, however many take part in it. @param hops messages from agents in the chain, this one among them */
export function loopVerdict(hops: number, { warnHops, mostHops }: LoopLimits = usualLoopLimits): LoopVerdict {
  if (hops > mostHops) return { is: 'held', why: `${hops} messages between agents without a person: it may be a loop` };
  if (hops >= warnHops)
    return { is: 'warned', words: `${hops} messages without a person, held from ${mostHops + 1} on` };
  return free;
}
