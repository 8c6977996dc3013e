/** The last key of each person whose terminal shows a pane as its active one, as tmux told them in one step. */
export interface LastKeys {
  /** by the process of the terminal's client, in tmux's own seconds */
  readonly byClient: ReadonlyMap<string, number>;
  /** what tmux's clock told then, in seconds; where a second has just begun, the one before that of a key just pressed */
  readonly now: number;
}

/**
 * When a person last pressed a key in one pane. The seconds that tmux gives are compared with themselves alone: the system's
 * clock may have been set since. A key counts from the look that saw it first. Only what the first look of all finds is as
 * old as tmux's own clock makes it.
 */
export class KeyAges {
  #known: ReadonlyMap<string, { readonly stamp: number; readonly at: number }> | null = null;

  /**
   * @param lookedAt the instant of this look, in milliseconds of the caller's clock
   * @returns of the same clock; null when nobody is attached there
   */
  saw({ byClient, now }: LastKeys, lookedAt: number): number | null {
    const before = this.#known;
    const ageMs = (stamp: number) => (before === null ? Math.max(0, now - stamp) * 1000 : 0);
    const known = [...byClient].map(([client, stamp]) => {
      const same = before?.get(client);
      return [client, same?.stamp === stamp ? same : { stamp, at: lookedAt - ageMs(stamp) }] as const;
    });
    this.#known = new Map(known);
    return known.length === 0 ? null : Math.max(...known.map(([, { at }]) => at));
  }

  /** The caller's clock tells so much more than before, or less. */
  clockSet(byMs: number): void {
    if (this.#known === null) return;
    this.#known = new Map([...this.#known].map(([client, key]) => [client, { ...key, at: key.at + byMs }]));
  }
}
