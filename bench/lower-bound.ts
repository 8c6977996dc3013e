import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../bridge/host/clock.ts';
import { TmuxServer } from '../bridge/tmux/server.ts';
import { wayHere } from '../bridge/tmux/way.ts';
import type { PrivateTmux } from '../tests/fixtures/private-tmux.ts';

const lostAfterMs = 10_000;

/** A control client that types with no look at the screen: what the agent itself needs, and nothing else. */
export class LowerBound {
  readonly #server: TmuxServer;
  #rings: Array<() => void> = [];

  constructor(tmux: PrivateTmux) {
    this.#server = new TmuxServer({
      way: wayHere(tmux.socketPath),
      clock: systemClock,
      onEvent: (event) => {
        if (event.type === 'output') for (const ring of this.#rings.splice(0)) ring();
      },
    });
  }

  async start(paneId: string): Promise<void> {
    await this.#server.start();
    this.#server.watch([paneId]);
  }

  /** Paste, its first echo, the agent program's settle time, Enter, the first echo of that. */
  async submit(paneId: string, text: string, settleMs: number): Promise<{ enterAt: number; echoAt: number }> {
    const shown = this.#nextOutput();
    await this.#server.load('bench-least', text);
    await this.#server.run('paste-buffer', '-p', '-r', '-d', '-b', 'bench-least', '-t', paneId);
    await shown;
    await pause(settleMs);
    const taken = this.#nextOutput();
    const enterAt = Date.now();
    await this.#server.run('send-keys', '-t', paneId, 'Enter');
    await taken;
    return { enterAt, echoAt: Date.now() };
  }

  #nextOutput(): Promise<unknown> {
    return Promise.race([new Promise<void>((resolve) => this.#rings.push(resolve)), pause(lostAfterMs)]);
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
