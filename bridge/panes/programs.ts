import type { ListedPane } from '../core/pane.ts';
import { hostOfWay } from '../core/way.ts';
import type { ProcessSource } from '../host/process-source.ts';
import { type FoundProgram, ProcessTree } from '../host/process-tree.ts';
import type { AgentNames } from '../host/program-names.ts';

/** The processes of another machine: they are asked for, and known as they were then. */
export interface DistantProcesses extends ProcessSource {
  /** rejects where the machine is not reached */
  refresh(atMostMs: number): Promise<void>;
}

/** Who reads the keys of a pane, by the processes of the machine that the pane is on. */
export class Programs {
  readonly #names: AgentNames;
  readonly #here: ProcessTree;
  readonly #at: (host: string) => DistantProcesses;
  readonly #trees = new Map<string, ProcessTree>();

  /** @param at the processes of a host that is called so */
  constructor(names: AgentNames, at: (host: string) => DistantProcesses = nowhere) {
    this.#names = names;
    this.#here = new ProcessTree(names);
    this.#at = at;
  }

  /** What is known of that machine's processes is at most so old afterwards. Of this one it always is. */
  async refresh(host: string | undefined, atMostMs: number): Promise<void> {
    if (host !== undefined) await this.#at(host).refresh(atMostMs);
  }

  findProgram(pane: Pick<ListedPane, 'panePid' | 'command' | 'socketPath'>): FoundProgram {
    const host = hostOfWay(pane.socketPath);
    return (host === null ? this.#here : this.#treeOf(host)).findProgram(pane);
  }

  #treeOf(host: string): ProcessTree {
    const known = this.#trees.get(host) ?? new ProcessTree(this.#names, this.#at(host));
    this.#trees.set(host, known);
    return known;
  }
}

function nowhere(host: string): never {
  throw new Error(`${host} is no host that is known here`);
}
