import { factsOf } from './answer-file.ts';

/** A file that was put away is looked at for so long: whoever has it open still writes into it there. */
const lookedAtMs = 60_000;

/** The answers that were put into `archive/` just now, and whether somebody goes on writing into them. */
export class PutAway {
  readonly #files = new Map<string, { readonly size: number; readonly atMs: number }>();

  note(file: string, size: number, nowMs: number): void {
    this.#files.set(file, { size, atMs: nowMs });
  }

  /** @returns those that have grown since, each once */
  async grown(nowMs: number): Promise<string[]> {
    const found: string[] = [];
    for (const [file, { size, atMs }] of this.#files) {
      const facts = await factsOf(file);
      const grew = facts !== null && facts.size > size;
      if (grew) found.push(file);
      if (grew || facts === null || nowMs - atMs > lookedAtMs) this.#files.delete(file);
    }
    return found;
  }
}
