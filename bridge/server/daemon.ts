import { type AllServed, allServed } from '../api/index.ts';
import type { Served } from '../api/method.ts';
import { alerting } from '../app/alerting.ts';
import { Bridge } from '../app/bridge.ts';
import { readerOf } from '../app/reader.ts';
import { Watch } from '../app/watching/watch.ts';
import type { Config } from '../config/config-values.ts';
import type { PublicEvent } from '../core/events.ts';
import { prepareHome } from '../host/home.ts';
import { claimHome } from '../host/instance.ts';
import { Port } from './port.ts';
import { relaying } from './relaying.ts';
import { listeningPath } from './socket-path.ts';
import { serve } from './socket-server.ts';

/** What is served besides, and looked for again and again. */
export interface More {
  readonly methods: Readonly<Record<string, Served>>;
  relay(ended: AbortSignal): Promise<unknown>;
}

/** What that is done by. */
export interface Serving {
  readonly methods: AllServed;
  /** over the connection that is kept to the tmux server there; null where there is none */
  tmuxAt(socketPath: string): Bridge['servers']['main'] | null;
  warn(text: string): void;
}

/** The bridge as a long-running program: one per home, from `start` to `stop`, nothing left behind. */
export class Daemon {
  readonly bridge: Bridge;
  /** opens the bridge to programs outside the shell */
  readonly port: Port;
  readonly #begun: ReadonlyArray<() => unknown>;

  /** @param begun what ends each of its parts, in the order in which they began */
  private constructor(bridge: Bridge, port: Port, begun: ReadonlyArray<() => unknown>) {
    this.bridge = bridge;
    this.port = port;
    this.#begun = begun;
  }

  /**
   * @throws BridgeError when another bridge holds the home, or the home or its configuration cannot be used
   */
  static async start(
    config: Config,
    startedAt: string,
    on: (event: PublicEvent) => void,
    more: (serving: Serving) => More = () => ({ methods: {}, relay: async () => {} }),
  ): Promise<Daemon> {
    prepareHome(config.home);
    const lock = claimHome(config.home, { pid: process.pid, session: config.session, since: startedAt });
    const begun: Array<() => unknown> = [() => lock.release()];
    try {
      const bridge = await Bridge.open(config, { on });
      begun.push(() => bridge.close());
      const opened = { port: null as Port | null };
      const alerts = alerting(bridge, () => opened.port?.linkBase ?? { why: 'the bridge has just begun' });
      begun.push(() => alerts.close());
      const watch = new Watch(bridge);
      begun.push(() => watch.close());
      await watch.start();
      alerts.watched();
      const reader = readerOf(bridge);
      begun.push(() => reader.close());
      const methods = allServed(bridge, reader);
      const tmuxAt = (path: string) => bridge.servers.all.find((one) => one.socketPath === path && one.isUp) ?? null;
      const warn = (text: string) => bridge.say('warning', text);
      const besides = more({ methods, tmuxAt, warn });
      const relays = [
        relaying((ended) => methods.relay({}, ended) as Promise<unknown>),
        relaying((ended) => besides.relay(ended)),
      ];
      const mail = { end: () => Promise.all(relays.map((relay) => relay.end())) };
      begun.push(() => mail.end());
      const port = new Port(bridge, methods);
      opened.port = port;
      begun.push(() => port.close());
      const socket = await serve(
        listeningPath(config.home),
        { ...besides.methods, ...methods, ...port.methods },
        {
          session: config.session,
          home: config.home,
        },
      );
      begun.push(() => socket.close());
      begun.push(lookAtJournal(bridge));
      return new Daemon(bridge, port, begun);
    } catch (fault) {
      await endAll(begun);
      throw fault;
    }
  }

  /** Stops listening first, then looking, then typing, then remembering. */
  stop(): Promise<void> {
    return endAll(this.#begun);
  }
}

/** A large journal is not looked at as a whole before it is used. @returns ends it */
function lookAtJournal(bridge: Bridge): () => Promise<void> {
  const ended = new AbortController();
  const looked = bridge.journal.lookLater(ended.signal).then((damage) => {
    if (damage !== null) bridge.say('warning', damaged(damage));
  });
  return () => {
    ended.abort();
    return looked;
  };
}

function damaged(damage: string): string {
  return `the journal is damaged (${damage}): save what you need of it with \`bridge backup\` or \`bridge history\`, then stop the bridge and start it again, which sets the journal aside and begins a new one`;
}

async function endAll(begun: ReadonlyArray<() => unknown>): Promise<void> {
  for (const end of [...begun].reverse()) await end();
}
