import type { Clock } from '../core/clock.ts';
import type { TmuxEvent } from '../core/events.ts';
import { asPaneId, asServerId, serverPidOf } from '../core/ids.ts';
import { type PaneAddress, sameServer } from '../core/pane.ts';
import { planAttachments } from './attachments.ts';
import type { ClientNotice } from './client.ts';
import { type Alone, ControlClients } from './clients.ts';
import { type CommandResult, type TmuxCommands, TmuxError } from './commands.ts';
import { reapClients } from './orphans.ts';
import { type Listing, PaneList } from './pane-list.ts';
import { fillByPieces } from './typing.ts';
import type { LoneCommands, TmuxWay } from './way.ts';

/** One tmux server as it tells of itself. Another one behind the same socket is another. */
export type TmuxServerId = Omit<PaneAddress, 'paneId'>;

/** One of the kinds, before it is known which way leads to the server. */
type Unrouted<Event> = Event extends unknown ? Omit<Event, 'socketPath'> : never;

export interface TmuxServerParts {
  readonly way: TmuxWay;
  readonly clock: Clock;
  readonly onEvent: (event: TmuxEvent) => void;
  /** keeps the pids of the clients for a successor, who ends those that a SIGKILL left behind */
  readonly clientsPlace?: string;
  /** left out: no other bridge comes to this server */
  readonly alone?: Alone;
}

/** idle ─start─► unknown ─► up ◄─► down       any ─close─► closed */
type State =
  | { readonly is: 'idle' | 'unknown' | 'closed' }
  | { readonly is: 'up'; readonly server: TmuxServerId }
  /** `server`: which one answered last; it may only have been slow */
  | { readonly is: 'down'; readonly pauseMs: number; readonly server: TmuxServerId | null };

/**
 * One tmux server, as the daemon needs it. Each session that tells of a watched pane has one control client; commands go
 * over any of them, and over a process each while there is none. A poll is the safety net and the only judge of up and
 * down: a second after the one before, or later where a poll takes long, for hundreds of panes or on a busy machine.
 */
export class TmuxServer implements TmuxCommands {
  readonly socketPath: string;
  readonly host?: string;
  readonly #onEvent: TmuxServerParts['onEvent'];
  readonly #clock: Clock;
  readonly #clientsPlace: string | null;
  readonly #commands: LoneCommands;
  readonly #clients: ControlClients;
  readonly #list = new PaneList();
  /** the panes whose output is notified, and to whom */
  #watched: ReadonlySet<string> = new Set();
  readonly #watchedFor = new Map<object, ReadonlySet<string>>();
  /** panes whose output was notified to a caller until lately, and until when their sessions keep a client */
  readonly #lingering = new Map<string, number>();
  /** which session notifies of which watched pane */
  #notifier: ReadonlyMap<string, string> = new Map();
  #state: State = { is: 'idle' };
  #polling: Promise<void> | null = null;
  #next: 'none' | 'later' | 'soon' = 'none';
  #cancelNext: () => void = () => {};

  constructor(parts: TmuxServerParts) {
    this.socketPath = parts.way.socketPath;
    if (parts.way.host !== undefined) this.host = parts.way.host;
    this.#onEvent = parts.onEvent;
    this.#clock = parts.clock;
    this.#clientsPlace = parts.clientsPlace ?? null;
    this.#commands = parts.way.commands;
    this.#clients = new ControlClients({
      way: parts.way,
      after: (delayMs, callback) => this.#clock.after(delayMs, callback),
      clientsPlace: this.#clientsPlace,
      onNotice: (sessionId, notice) => this.#noticed(sessionId, notice),
      onEnd: (sessionId) => {
        this.#missedIn(sessionId);
        this.#emit({ type: 'clients-changed' });
      },
      onChange: () => this.#pollSoon(),
      alone: parts.alone ?? ((work) => work()),
      received: () => this.#commands.runAll([['display-message', '-p', '']]),
    });
  }

  /** Which server answers there, or did last; null where none has yet. */
  get server(): TmuxServerId | null {
    return 'server' in this.#state ? this.#state.server : null;
  }

  /** It answered the last time that it was asked. */
  get isUp(): boolean {
    return this.#state.is === 'up';
  }

  /** Ends what a predecessor left, and looks for the first time. A server that is not there is an event, not a fault. */
  async start(): Promise<void> {
    if (this.#state.is !== 'idle') return;
    this.#state = { is: 'unknown' };
    if (this.#clientsPlace !== null) await reapClients(this.#clientsPlace);
    await this.#poll();
  }

  /** Looks now: what answers there may have changed since the last poll. */
  async lookAgain(): Promise<void> {
    await this.#polling;
    if (this.#state.is !== 'idle' && this.#state.is !== 'closed') await this.#poll();
  }

  /** Sets of which panes output is notified. An id that no pane has (yet) is kept. */
  watch(paneIds: Iterable<string>): void {
    this.#watchedFor.set(this, new Set(paneIds));
    this.#watchAnew();
  }

  /**
   * Notifies of this pane's output too, whatever `watch` says, until what it returns is called. Its session's client lingers then:
   * whoever sends again finds it attached.
   */
  notifyFor(paneId: string): () => void {
    const caller = {};
    this.#watchedFor.set(caller, new Set([paneId]));
    this.#watchAnew();
    return () => {
      this.#watchedFor.delete(caller);
      this.#lingering.set(paneId, this.#clock.now() + LINGER_MS);
      this.#watchAnew();
    };
  }

  /** Whether anybody has asked for what this pane draws; of others it may come or not. */
  isWatching(paneId: string): boolean {
    return [...this.#watchedFor.values()].some((paneIds) => paneIds.has(paneId));
  }

  /** The control client of ours that vouches for what we claim of this pane; null while none is attached. */
  claimant(paneId: string): string | null {
    return this.#clients.nameOf(this.#notifier.get(paneId));
  }

  get claimants(): ReadonlySet<string> {
    return this.#clients.names;
  }

  run(...argv: string[]): Promise<string[]> {
    const answer = this.#wayOf(argv).run(...argv);
    // of a machine that does not answer nobody can tell whether it is the server or the link
    return this.host === undefined ? answer : answer.catch(asAway);
  }

  runAll(commands: readonly (readonly string[])[]): Promise<readonly CommandResult[]> {
    return this.#wayOf(commands[0] ?? []).runAll(commands);
  }

  load(buffer: string, text: string): Promise<void> {
    const client = this.#clients.living(undefined);
    return client === null ? this.#commands.load(buffer, text) : fillByPieces(client, buffer, text);
  }

  /** A command about a pane goes over the client that tells of it: where that ends, the pane's session has ended too. */
  #wayOf(argv: readonly string[]): TmuxCommands {
    const pane = argv[argv.indexOf('-t') + 1];
    return this.#clients.living(pane === undefined ? undefined : this.#notifier.get(pane)) ?? this.#commands;
  }

  /** Leaves no client behind; no event comes once it has been called. */
  async close(): Promise<void> {
    this.#state = { is: 'closed' };
    this.#cancelNext();
    await this.#clients.dropAll();
    await this.#polling;
    await this.#clients.dropAll();
  }

  #watchAnew(): void {
    const before = this.#watched;
    this.#watched = new Set([...this.#watchedFor.values()].flatMap((panes) => [...panes]));
    const left = [...before].filter((pane) => !this.#watched.has(pane));
    for (const pane of left) this.#missed(pane);
    if (left.length > 0 || before.size !== this.#watched.size) this.#pollSoon();
  }

  #noticed(sessionId: string, notice: ClientNotice): void {
    if (notice.type === 'output') {
      const address = this.#addressOf(notice.paneId);
      if (address !== null && this.#notifier.get(address.paneId) === sessionId && this.#watched.has(address.paneId)) {
        this.#emit({ type: 'output', address, bytes: notice.bytes });
      }
    } else if (notice.name === 'pause') {
      this.#missed(notice.rest);
    } else if (/^(?:layout-change|window-|unlinked-window-|session|pane-mode-changed)/.test(notice.name)) {
      this.#pollSoon();
    }
  }

  #emit(event: Unrouted<TmuxEvent>): void {
    if (this.#state.is !== 'closed') this.#onEvent({ ...event, socketPath: this.socketPath });
  }

  /** At once, unless one is under way or about to be: then one more follows it. */
  #pollSoon(): void {
    if (this.#state.is === 'idle' || this.#state.is === 'closed' || this.#next === 'soon') return;
    if (this.#polling !== null) this.#next = 'soon';
    else void this.#poll();
  }

  #poll(): Promise<void> {
    this.#cancelNext();
    this.#next = 'later';
    const startedAt = this.#clock.now();
    this.#polling ??= this.#look().finally(() => {
      this.#polling = null;
      if (this.#state.is === 'closed') return;
      const restMs = Math.min(LONGEST_POLL_MS, (this.#clock.now() - startedAt) * REST_PER_POLL);
      const calmMs = this.#state.is === 'down' ? this.#state.pauseMs : Math.max(POLL_MS, restMs);
      this.#cancelNext = this.#clock.after(this.#next === 'soon' ? STORM_PAUSE_MS : calmMs, () => void this.#poll());
    });
    return this.#polling;
  }

  async #look(): Promise<void> {
    let listing: Listing | null;
    let server: TmuxServerId;
    this.#clients.aboutToList();
    try {
      listing = await this.#list.ask(this);
      server = listing?.server ?? (await serverAt(this));
    } catch (fault) {
      if (!(fault instanceof TmuxError)) throw fault;
      return this.#down(fault);
    }
    await this.#up(server);
    this.#emit({ type: 'panes', panes: listing?.panes ?? [] });
    if (this.#state.is !== 'up') return;
    const before = this.#notifier;
    const places = listing?.places ?? [];
    this.#notifier = planAttachments(places, this.#attended(), this.#clients.sessions);
    for (const [pane, sessionId] of before) if (this.#notifier.get(pane) !== sessionId) this.#missed(pane);
    const came = new Set(await this.#clients.keep(new Set(this.#notifier.values()), places));
    for (const [pane, sessionId] of this.#notifier) {
      if (came.has(sessionId) || before.get(pane) !== sessionId) this.#notify(pane);
    }
    if (came.size > 0) this.#emit({ type: 'clients-changed' });
  }

  #missedIn(sessionId: string): void {
    for (const [pane, notifier] of this.#notifier) if (notifier === sessionId) this.#missed(pane);
  }

  #missed(pane: string): void {
    const address = this.#addressOf(pane);
    if (address !== null) this.#emit({ type: 'missed', address });
  }

  /** A pane of the server that answers now; null while none does. */
  #addressOf(pane: string): PaneAddress | null {
    const paneId = asPaneId(pane);
    return paneId === null || this.#state.is !== 'up' ? null : { ...this.#state.server, paneId };
  }

  /** The panes whose sessions have a client: those whose output is notified, or lately was. */
  #attended(): ReadonlySet<string> {
    const now = this.#clock.now();
    for (const [paneId, until] of this.#lingering) if (now >= until) this.#lingering.delete(paneId);
    return new Set([...this.#watched, ...this.#lingering.keys()]);
  }

  /** What was drawn before anybody told of that pane has not rung. */
  #notify(pane: string): void {
    const address = this.#addressOf(pane);
    if (address !== null) this.#emit({ type: 'output', address, bytes: Buffer.alloc(0) });
  }

  async #up({ host, server: id }: TmuxServerId): Promise<void> {
    const before = this.#state;
    if (before.is === 'closed') return;
    const server = { host, server: id };
    this.#state = { is: 'up', server };
    const replaced = before.is === 'up' && !sameServer(before.server, server);
    if (replaced) {
      const reason = `another tmux server (process ${serverPidOf(id)}) has taken the socket`;
      this.#emit({ type: 'server-gone', server: before.server, reason });
      await this.#clients.dropAll();
    }
    if (replaced || before.is === 'down') this.#emit({ type: 'server-back', server });
  }

  async #down({ reason, kind }: TmuxError): Promise<void> {
    const before = this.#state;
    if (before.is === 'closed') return;
    const pauseMs = before.is === 'down' ? Math.min(before.pauseMs * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    const { server } = this;
    this.#state = { is: 'down', pauseMs, server };
    const away = kind === 'away' ? { isAway: true as const } : {};
    if (before.is !== 'down') this.#emit({ type: 'server-gone', server, reason, ...away });
    await this.#clients.dropAll();
  }
}

function asAway(fault: unknown): never {
  if (!(fault instanceof TmuxError) || fault.kind !== 'timeout') throw fault;
  throw new TmuxError('away', fault.target, fault.reason, fault);
}

/** The server that answers there. Each word is one that no session is needed for. @throws TmuxError */
export async function serverAt(t: TmuxCommands): Promise<TmuxServerId> {
  const [line = ''] = await t.run('display-message', '-p', '#{pid}@#{start_time} #{host}');
  const server = asServerId(line.split(' ')[0]!);
  if (server === null) throw new TmuxError('error', 'display-message', `tmux said ${JSON.stringify(line)}`);
  return { host: line.slice(server.length + 1), server };
}

/**
 * The safety net's rhythm. Listing 1,000 panes costs tmux 3.3a 38 ms with what `PaneList` asks of each, half of it for command
 * and path: every second that would be 4 % of a core, so a poll is followed by a rest in proportion to what it took.
 */
const POLL_MS = 1_000;
const LONGEST_POLL_MS = 5_000;
const REST_PER_POLL = 250;
/**
 * How long a session that nobody watches keeps its client after a text was sent there. With tmux 3.3a a client that comes
 * while a window or session closes can end the whole server (its pull requests 4980 and 5004), and each send took one.
 */
const LINGER_MS = 60_000;
/** Notifications that come in a storm (a layout being dragged) cause no more than one poll in this time. */
const STORM_PAUSE_MS = 20;
/** While the server is gone each look is a process. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
