import { type AllServed, allServed } from '../api/index.ts';
import type { Served } from '../api/method.ts';
import { Bridge } from '../app/bridge.ts';
import { type Reader, readerOf } from '../app/reader.ts';
import { Watch } from '../app/watching/watch.ts';
import type { Config } from '../config/config-values.ts';
import type { PublicEvent } from '../core/events.ts';
import { prepareHome } from '../host/home.ts';
import { claimHome } from '../host/instance.ts';
import { Port } from './port.ts';
import { relaying } from './relaying.ts';
import { listeningPath } from './socket-path.ts';
import { serve } from './socket-server.ts';

/** What the daemon serves by. */
export interface Serving {
  readonly methods: AllServed;
  /** over the connection that is kept to the tmux server there; null where there is none */
  tmuxAt(socketPath: string): Bridge['servers']['main'] | null;
}

/** The bridge as a long-running program: one per home, from `start` to `stop`, nothing left behind. */
export class Daemon {
  readonly bridge: Bridge;
  /** opens the bridge to programs outside the shell */
  readonly port: Port;
  readonly #lock: { release(): void };
  readonly #watch: Watch;
  readonly #reader: Reader;
  readonly #mail: { end(): Promise<void> };
  readonly #socket: { close(): Promise<void> };

  private constructor(
    bridge: Bridge,
    port: Port,
    lock: { release(): void },
    watch: Watch,
    reader: Reader,
    mail: { end(): Promise<void> },
    socket: { close(): Promise<void> },
  ) {
    this.bridge = bridge;
    this.port = port;
    this.#lock = lock;
    this.#watch = watch;
    this.#reader = reader;
    this.#mail = mail;
    this.#socket = socket;
  }

  /**
   * @param more what the socket serves besides
   * @throws BridgeError when another bridge holds the home, or the home or its configuration cannot be used
   */
  static async start(
    config: Config,
    startedAt: string,
    on: (event: PublicEvent) => void,
    more: (serving: Serving) => Readonly<Record<string, Served>> = () => ({}),
  ): Promise<Daemon> {
    prepareHome(config.home);
    const lock = claimHome(config.home, { pid: process.pid, session: config.session, since: startedAt });
    const begun: Array<() => unknown> = [() => lock.release()];
    try {
      const bridge = await Bridge.open(config, { on });
      begun.push(() => bridge.close());
      const watch = new Watch(bridge);
      begun.push(() => watch.close());
      await watch.start();
      const reader = readerOf(bridge);
      begun.push(() => reader.close());
      const methods = allServed(bridge, reader);
      const tmuxAt = (path: string) => bridge.servers.all.find((one) => one.socketPath === path && one.isUp) ?? null;
      const mail = relaying(() => methods.relay({}, new AbortController().signal) as Promise<unknown>);
      begun.push(() => mail.end());
      const port = new Port(bridge, methods);
      begun.push(() => port.close());
      const socket = await serve(
        listeningPath(config.home),
        { ...more({ methods, tmuxAt }), ...methods, ...port.methods },
        {
          session: config.session,
          home: config.home,
        },
      );
      return new Daemon(bridge, port, lock, watch, reader, mail, socket);
    } catch (fault) {
      for (const end of begun.reverse()) await end();
      throw fault;
    }
  }

  /** Stops looking first, then typing, then remembering. */
  async stop(): Promise<void> {
    await this.port.close();
    await this.#socket.close();
    await this.#mail.end();
    this.#reader.close();
    await this.#watch.close();
    await this.bridge.close();
    this.#lock.release();
  }
}
