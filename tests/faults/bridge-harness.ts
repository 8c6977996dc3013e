import { basename } from 'node:path';
import type { RequestView } from '../../bridge/api/views.ts';
import { call } from '../../bridge/server/socket.ts';
import { socketPath } from '../../bridge/server/socket-path.ts';
import { type PrivateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { makeHome, run } from '../live/bridge-process.ts';
import { ArmedBridge, type Order } from './armed-bridge.ts';
import { Human } from './human.ts';

/** A state directory, its bridge, life after life, and the human who answers there. */
export class BridgeHarness {
  readonly home: string;
  readonly bridge: ArmedBridge;
  readonly human: Human;
  readonly #tmux: PrivateTmux;
  readonly #alsoWatched: readonly PrivateTmux[];
  #hasLived = false;
  #wasKilled = false;

  /** @param servers the bridge is started in the session `macs` of the first; the others are added to what it watches */
  constructor([tmux, ...others]: readonly PrivateTmux[], name: string, yaml: string) {
    this.#tmux = tmux!;
    this.#alsoWatched = others;
    this.home = makeHome(tmux!, yaml, name);
    this.bridge = new ArmedBridge(tmux!, this.home);
    this.human = new Human(this.home, () => this.bridge.called);
  }

  get name(): string {
    return basename(this.home);
  }

  get isAlive(): boolean {
    return this.bridge.isAlive;
  }

  /** Starts the bridge, and waits until it watches everything or has died of its order. */
  async start(order?: Order): Promise<void> {
    this.#hasLived = true;
    this.#wasKilled = false;
    await this.bridge.start(order);
    for (const { socketPath: path } of this.#alsoWatched) {
      // as `bridge --session macs` in a shell of that server asks for it
      const asking = call(socketPath(this.home), 'watch', { socketPath: path, session: 'macs' });
      // it dies of its order meanwhile, which is known a moment later; anything else is no answer to be had
      await asking.catch((fault) => waitFor(`${this.name}: dies, for ${fault}`, () => !this.isAlive));
    }
  }

  /** null while no bridge answers. */
  async requests(which: 'open' | 'all'): Promise<RequestView[] | null> {
    try {
      const reply = await call(socketPath(this.home), 'requests', { all: which === 'all' });
      return reply === null ? null : (reply.ok as RequestView[]);
    } catch {
      return null; // it died while it answered: whoever asks looks whether it lives
    }
  }

  /** From the journal, where no bridge lives. */
  async requestsLeft(): Promise<RequestView[]> {
    if (!this.#hasLived) return [];
    const { stdout } = await run(this.#tmux, ['--home', this.home, 'requests', '--all', '--json']);
    return JSON.parse(stdout) as RequestView[];
  }

  async kill(): Promise<void> {
    this.#wasKilled = this.isAlive;
    await this.bridge.kill();
  }

  /** Ends the bridge as a person would; one that was killed lives once more for it. @returns what was wrong, in words */
  async stop(): Promise<string[]> {
    if (this.#wasKilled) await this.start();
    const code = await this.bridge.stop();
    return code === 0 ? [] : [`left over: the bridge of ${this.name} ended with ${code}`];
  }

  /** The product's own audit of the home, once nobody holds it. */
  async verify(): Promise<string[]> {
    if (!this.#hasLived) return [];
    const { code, stdout, stderr } = await run(this.#tmux, ['--home', this.home, 'verify']);
    return code === 0 ? [] : [`verify ${this.name}: exit code ${code}: ${stdout}${stderr}`];
  }
}
