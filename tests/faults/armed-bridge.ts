import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PrivateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, type Line, startBridge } from '../live/bridge-process.ts';
import type { Size } from './measures.ts';

const preload = fileURLToPath(new URL('./preload.mjs', import.meta.url));

/** What striking-sqlite.mjs is told. */
export interface Order {
  /** of crash-faults.ts */
  readonly step: number | string;
  readonly when: 'before' | 'after';
  readonly acts: ReadonlyArray<{ readonly kill: number } | { readonly run: readonly string[] }>;
  readonly self: boolean;
}

/** What it did: at which step of the journal. */
export interface Struck {
  readonly step: string;
  readonly nth: number;
  readonly when: 'before' | 'after';
}

/** The bridge of one home, life after life: it can be told to strike at a commit, killed, measured and started again. */
export class ArmedBridge {
  readonly #tmux: PrivateTmux;
  readonly #home: string;
  #process: BridgeProcess | null = null;
  #died: Promise<null> = Promise.resolve(null);
  #heardLines = 0;
  #strikes = 0;
  #record = '';
  readonly #called = new Set<string>();
  readonly #warnings: string[] = [];

  constructor(tmux: PrivateTmux, home: string) {
    this.#tmux = tmux;
    this.#home = home;
    mkdirSync(this.temporaryFolder);
  }

  /** All that it makes for a while is made here. */
  get temporaryFolder(): string {
    return join(this.#tmux.folder, `tmp-${basename(this.#home)}`);
  }

  /** of the one that was started last */
  get pid(): number | undefined {
    return this.#process?.child.pid;
  }

  get isAlive(): boolean {
    const child = this.#process?.child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** What the present life has said. */
  get log(): readonly Line[] {
    return this.#process?.lines ?? [];
  }

  /** ids of the requests for which it called the human, in all its lives */
  get called(): ReadonlySet<string> {
    this.#hear();
    return this.#called;
  }

  /** what it has complained of that must never happen */
  get warnings(): readonly string[] {
    this.#hear();
    return this.#warnings;
  }

  /** Starts it, and waits until it watches or has died of its order. */
  async start(order?: Order): Promise<void> {
    this.#hear();
    const started = await startBridge(this.#tmux, this.#home, ['--session', 'macs'], {
      env: {
        TMPDIR: this.temporaryFolder,
        ...(order === undefined ? {} : { FAULT_ORDER: JSON.stringify(this.#written(order)) }),
      },
      preload,
      waitForReady: false,
    });
    this.#process = started;
    this.#died = new Promise((resolve) => started.child.once('exit', () => resolve(null)));
    this.#heardLines = 0;
    const isReady = () => this.log.some((line) => line.type === 'said' && String(line.text).startsWith('watching'));
    await waitFor('the bridge watches, or is dead', () => isReady() || !this.isAlive, {
      limitMs: 60_000,
      describe: async () => started.stderr(),
    });
    if (!this.isAlive && started.child.signalCode === null) {
      throw new Error(`the bridge did not start (${started.child.exitCode}): ${started.stderr()}`);
    }
  }

  /** From now on, it strikes when it comes to that commit. */
  async arm(order: Order): Promise<void> {
    if ((await this.#tell(this.#written(order))) === null) throw new Error('the bridge died before it was armed');
  }

  /** What it holds after a collection, and has used; null when it dies meanwhile. */
  async measure(): Promise<Size | null> {
    return this.isAlive ? (this.#tell({ measure: true }) as Promise<Size | null>) : null;
  }

  /** What was struck since the last order; null when its commit never came. */
  get struck(): Struck | null {
    return existsSync(this.#record) ? (JSON.parse(readFileSync(this.#record, 'utf8')) as Struck) : null;
  }

  async kill(): Promise<void> {
    if (this.isAlive) await this.#process!.stop('SIGKILL');
  }

  /** Ends it as a person would, and gives its exit code. */
  async stop(): Promise<number | null> {
    return this.isAlive ? this.#process!.stop() : 0;
  }

  /** @returns its answer; null when it dies instead */
  #tell(message: object): Promise<unknown> {
    const { child } = this.#process!;
    const answered = new Promise((resolve) => child.once('message', resolve));
    // one that cannot be told has died, and that is told below
    child.send(message, () => {});
    return Promise.race([answered, this.#died]);
  }

  #written(order: Order): Order & { record: string } {
    this.#strikes += 1;
    this.#record = join(this.#tmux.folder, `strike-${basename(this.#home)}-${this.#strikes}.json`);
    return { ...order, record: this.#record };
  }

  #hear(): void {
    for (const line of this.log.slice(this.#heardLines)) {
      if (line.type === 'human-needed') this.#called.add(String(line.id));
      const isFatal = line.type === 'said' && /set aside|journal has lost/.test(String(line.text));
      if (isFatal) this.#warnings.push(String(line.text));
    }
    this.#heardLines = this.log.length;
  }
}
