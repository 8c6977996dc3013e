import type { Clock } from '../core/clock.ts';
import type { TmuxEvent } from '../core/events.ts';
import { BridgeError } from '../core/failure.ts';
import { serverPidOf } from '../core/ids.ts';
import { type ListedPane, type PaneAddress, type PaneFacts, sameServer } from '../core/pane.ts';
import { hostOfWay } from '../core/way.ts';
import type { Alone } from './clients.ts';
import type { TmuxCommands } from './commands.ts';
import { listPanes } from './pane.ts';
import { serverAt, TmuxServer, type TmuxServerId } from './server.ts';
import { type WayTo, wayHere } from './way.ts';

/**
 * Every tmux server that a bridge serves. A way is a socket's path; which server answers there may change, and two ways
 * may lead to one server. A pane is only ever looked up by its address: of another server nothing is said.
 */
export class TmuxServers {
  readonly #clock: Clock;
  readonly #onEvent: (event: TmuxEvent) => void;
  readonly #aloneAt: (socketPath: string) => Alone;
  readonly #clientsPlaceFor: (socketPath: string) => string;
  readonly #wayTo: WayTo;
  readonly #servers: TmuxServer[] = [];
  /** one way at a time: two that lead to one server are one connection */
  #adding: Promise<unknown> = Promise.resolve();
  readonly #panes = new Map<TmuxServer, readonly ListedPane[]>();
  #listed: readonly ListedPane[] = [];
  #isClosed = false;

  /** @param parts.clientsPlaceFor where the pids of that server's clients are kept for a successor */
  constructor(parts: {
    clock: Clock;
    onEvent: (event: TmuxEvent) => void;
    aloneAt: (socketPath: string) => Alone;
    clientsPlaceFor: (socketPath: string) => string;
    wayTo?: WayTo;
  }) {
    this.#wayTo = parts.wayTo ?? wayHere;
    this.#clock = parts.clock;
    this.#onEvent = parts.onEvent;
    this.#aloneAt = parts.aloneAt;
    this.#clientsPlaceFor = parts.clientsPlaceFor;
  }

  /** Every way that is kept, whether a server answers there now or not. */
  get all(): readonly TmuxServer[] {
    return this.#servers;
  }

  /** The server that the bridge, or the command, was started for: the first that was added. */
  get main(): TmuxServer {
    return this.#servers[0]!;
  }

  /** Keeps a connection to whatever server is, or will be, at that socket; one for each server. */
  add(socketPath: string): Promise<TmuxServer> {
    const added = this.#adding.then(() => this.#add(socketPath));
    this.#adding = added.catch(() => {});
    return added;
  }

  async #add(socketPath: string): Promise<TmuxServer> {
    const known = this.#servers.find((one) => one.socketPath === socketPath);
    if (known) return known;
    // to reach another machine takes a while, for which nobody waits
    if (hostOfWay(socketPath) !== null) {
      const distant = this.#connect(socketPath);
      void distant.start();
      return distant;
    }
    const there =
      this.#servers.length === 0 ? null : await serverAt(this.#wayTo(socketPath).commands).catch(() => null);
    const same = there && this.at({ ...there, socketPath });
    if (same) return same;
    const server = this.#connect(socketPath);
    await server.start();
    return server;
  }

  #connect(socketPath: string): TmuxServer {
    const way = this.#wayTo(socketPath);
    const server: TmuxServer = new TmuxServer({
      way,
      clock: this.#clock,
      alone: this.#aloneAt(socketPath),
      // a client on another machine ends with its connection
      ...(way.host === undefined && { clientsPlace: this.#clientsPlaceFor(socketPath) }),
      onEvent: (event) => {
        if (event.type === 'panes') this.#list(server, event.panes);
        if (event.type === 'server-gone') this.#list(server, []);
        if (!this.#isClosed) this.#onEvent(event);
      },
    });
    this.#servers.push(server);
    return server;
  }

  /**
   * The connection to exactly this server; null where there is none. What a server of another machine says of itself makes it
   * none of this one, nor of a third.
   */
  at(id: TmuxServerId & { readonly socketPath?: string }): TmuxServer | null {
    const fitting = this.#servers.filter(({ server }) => server !== null && sameServer(server, id));
    if (id.socketPath === undefined) return fitting.find(({ host }) => host === undefined) ?? fitting[0] ?? null;
    const host = hostOfWay(id.socketPath) ?? undefined;
    return fitting.find((server) => server.host === host) ?? null;
  }

  /**
   * The same, connected to where it has not been yet.
   * @param socketPath the way to it
   * @throws BridgeError where another server answers there, or none
   */
  async reach(address: PaneAddress, socketPath: string): Promise<TmuxServer> {
    const known = this.at({ ...address, socketPath });
    if (known) return known;
    const there = await serverAt(this.#wayTo(socketPath).commands);
    if (!sameServer(there, address)) {
      throw new BridgeError({
        what: 'tmux server',
        target: socketPath,
        reason: `process ${serverPidOf(there.server)} on ${there.host} answers there now, and ${address.paneId} was a pane of process ${serverPidOf(address.server)} on ${address.host}`,
        nextStep: 'name the pane again: `bridge list` shows those there are',
      });
    }
    const way = await this.add(socketPath);
    // it may still know the server that was there before
    if (this.at({ ...address, socketPath }) === null) await way.lookAgain();
    const reached = this.at({ ...address, socketPath });
    if (reached) return reached;
    throw new BridgeError({ what: 'tmux server', target: socketPath, reason: 'it has gone just now' });
  }

  /** The same where it lives at that socket; null where it does not. */
  async find(id: TmuxServerId, socketPath: string): Promise<TmuxServer | null> {
    const there = await serverAt(this.#wayTo(socketPath).commands).catch(() => null);
    if (there === null || !sameServer(there, id)) return null;
    const way = await this.add(socketPath);
    if (this.at({ ...id, socketPath }) === null) await way.lookAgain();
    return this.at({ ...id, socketPath });
  }

  /**
   * Commands to the server of a pane. While its machine is not reached nobody can tell which server is there: whoever asks is
   * told so.
   */
  of(pane: PaneAddress & { readonly socketPath?: string }): TmuxCommands | null {
    const host = hostOfWay(pane.socketPath ?? '');
    return this.at(pane) ?? this.#servers.find((one) => one.host === host && host !== null && !one.isUp) ?? null;
  }

  /** Commands to whatever server is at a socket, connected or not; null where that is on a machine that is not reached just now. */
  lone(socketPath: string): TmuxCommands | null {
    const host = hostOfWay(socketPath);
    const kept = host === null ? [] : this.#servers.filter((one) => one.host === host);
    if (kept.length > 0 && !kept.some(({ isUp }) => isUp)) return null;
    return this.#wayTo(socketPath).commands;
  }

  /** Every pane of every server that answers, each place of it once. */
  async panes(): Promise<PaneFacts[]> {
    // of a machine that is not reached there is nothing to tell
    const asked = this.#servers.filter((server) => server.host === undefined || server.isUp);
    const answers = await Promise.allSettled(asked.map((server) => listPanes(server)));
    const lists = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const refused = answers.find((answer) => answer.status === 'rejected');
    // one server that is down must not hide the panes of another
    if (lists.length === 0 && refused) throw refused.reason;
    return lists.flat();
  }

  /** The panes as each server listed them last, once each; the same array where none has changed. */
  get listed(): readonly ListedPane[] {
    return this.#listed;
  }

  #list(server: TmuxServer, panes: readonly ListedPane[]): void {
    if (this.#panes.get(server) === panes) return;
    this.#panes.set(server, panes);
    // of two that say they are one, what this machine has comes first
    const lists = [...this.#panes].sort(([a], [b]) => Number(a.host !== undefined) - Number(b.host !== undefined));
    this.#listed = lists.flatMap(([, listed]) => listed);
  }

  /** Sets of which panes output is notified, on all servers. */
  watch(addresses: Iterable<PaneAddress>): void {
    const wanted = [...addresses];
    for (const server of this.#servers) {
      const id = server.server;
      server.watch(wanted.filter((address) => id !== null && sameServer(address, id)).map(({ paneId }) => paneId));
    }
  }

  /** Notifies of one pane's output too, until what it returns is called. */
  notifyFor(address: PaneAddress): () => void {
    return this.at(address)?.notifyFor(address.paneId) ?? (() => {});
  }

  isWatching(address: PaneAddress): boolean {
    return this.at(address)?.isWatching(address.paneId) ?? false;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}
