import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PrivateTmux } from '../tests/fixtures/private-tmux.ts';

export interface Delivered {
  readonly is: string;
  readonly agent: string;
  readonly settleMs: number;
  readonly steps: ReadonlyArray<{ readonly kind: string; readonly at: number }>;
}

/** The bridge of one checkout, in a process of its own, as `bridge run` is. */
export class Deliverer {
  readonly name: string;
  readonly child: ChildProcess;
  readonly #waiting = new Map<number, (reply: Delivered & { fault?: string }) => void>();
  #number = 0;

  private constructor(tmux: PrivateTmux, name: string, checkout: string) {
    this.name = name;
    const file = fileURLToPath(new URL('./deliverer.mjs', import.meta.url));
    this.child = spawn(process.execPath, [file, tmux.folder, tmux.socketPath, checkout], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.child.on('message', (reply: Delivered & { order?: number; fault?: string }) => {
      if (reply.order !== undefined) this.#waiting.get(reply.order)?.(reply);
    });
  }

  static async start(tmux: PrivateTmux, { name, checkout }: Contender): Promise<Deliverer> {
    const deliverer = new Deliverer(tmux, name, checkout);
    await once(deliverer.child, 'message');
    return deliverer;
  }

  async deliver(paneId: string, text: string): Promise<Delivered> {
    const number = ++this.#number;
    const reply = new Promise<Delivered & { fault?: string }>((resolve) => this.#waiting.set(number, resolve));
    this.child.send({ number, paneId, text });
    const delivered = await reply;
    if (delivered.fault !== undefined) throw new Error(delivered.fault);
    return delivered;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }
}

/** A built checkout of the bridge, under the name that the table shows. */
export interface Contender {
  readonly name: string;
  readonly checkout: string;
}

/** This checkout, and the one that `--against` names. */
export function contenders(against: string | undefined): readonly Contender[] {
  const here = { name: 'bridge', checkout: fileURLToPath(new URL('..', import.meta.url)) };
  return against === undefined ? [here] : [here, { name: 'bridge, the other checkout', checkout: against }];
}
