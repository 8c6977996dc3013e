import type { Config } from './config.ts';
import type { BridgeEvent } from './events.ts';
import { prepareHome } from './host/home.ts';
import { claimHome } from './host/instance.ts';
import { serve, socketPath } from './host/socket.ts';
import { Rooms } from './rooms.ts';
import { verbs } from './verbs.ts';
import { Watch } from './watch.ts';

/** The bridge as a long-running program: one per home, from `start` to `stop`, nothing left behind. */
export class Daemon {
  readonly rooms: Rooms;
  readonly #lock: { release(): void };
  readonly #watch: Watch;
  readonly #socket: { close(): Promise<void> };

  private constructor(rooms: Rooms, lock: { release(): void }, watch: Watch, socket: { close(): Promise<void> }) {
    this.rooms = rooms;
    this.#lock = lock;
    this.#watch = watch;
    this.#socket = socket;
  }

  /** @throws BridgeError when another bridge holds the home, or the home or its configuration cannot be used */
  static async start(config: Config, startedAt: string, on: (event: BridgeEvent) => void): Promise<Daemon> {
    prepareHome(config.home);
    const lock = claimHome(config.home, { pid: process.pid, session: config.session, since: startedAt });
    let rooms: Rooms | null = null;
    try {
      rooms = await Rooms.open(config, { on });
      const watch = new Watch(rooms);
      const socket = await serve(socketPath(config.home), verbs(rooms));
      await watch.start();
      return new Daemon(rooms, lock, watch, socket);
    } catch (fault) {
      await rooms?.close();
      lock.release();
      throw fault;
    }
  }

  /** Stops looking first, then typing, then remembering. */
  async stop(): Promise<void> {
    await this.#socket.close();
    this.#watch.close();
    await this.rooms.close();
    this.#lock.release();
  }
}
