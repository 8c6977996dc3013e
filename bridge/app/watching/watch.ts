import type { Delivery } from '../../core/envelope.ts';
import type { TmuxEvent } from '../../core/events.ts';
import { BridgeError, messageOf } from '../../core/failure.ts';
import { serverPidOf } from '../../core/ids.ts';
import {
  addressKey,
  type ListedPane,
  type PaneAddress,
  placeIn,
  sameAgent,
  samePane,
  sameServer,
} from '../../core/pane.ts';
import { hostOfWay, isHere, wayTo } from '../../core/way.ts';
import { steadyClock, systemClock } from '../../host/clock.ts';
import { oncePerPane } from '../../tmux/facts.ts';
import type { Bridge } from '../bridge.ts';
import { followClock, stepInWords } from '../clock-steps.ts';
import { OwnedPanes } from './owned-panes.ts';
import { WatchedPane } from './watched-pane.ts';
import { nobodyWatches, type SeenWorker, type Watching } from './watching.ts';
import { type Scope, type Wanted, Workers } from './workers.ts';

/** How often deadlines are kept and held deliveries looked at again. */
const tickMs = 1000;

/** A trouble that was not met for so long is over: the next one like it is told again. */
const overAfterMs = 60_000;

/** The daemon's eyes: which panes are workers, one watcher for each, and where what they see is carried. */
export class Watch implements Watching {
  readonly #bridge: Bridge;
  readonly #workers: Workers;
  readonly #owned: OwnedPanes;
  /** by `addressKey` */
  readonly #watched = new Map<string, WatchedPane>();
  /** where workers are looked for; the first is what the bridge was started for */
  readonly #scopes: Scope[];
  #stopTick: () => void = () => {};
  #ticks = 0;
  #complained = { reason: '', lastAt: 0 };
  /** all panes at the last refresh, and their places; `restless` asks for another one although they are the same */
  #listed: readonly ListedPane[] = [];
  #placed = '';
  #restless = false;
  /** a refresh has begun, and not done all that it was to do */
  #isBehind = false;
  #closed = false;
  #refreshing: Promise<void> = Promise.resolve();
  #waitingSaid = false;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    this.#scopes = [{ server: bridge.main, session: bridge.config.session }];
    this.#workers = new Workers({
      config: bridge.config,
      panes: bridge.panes,
      projects: bridge.projects,
      controllerPane: (panes, session) => bridge.controllers.among(panes, session),
      members: () => bridge.directory.members(),
      warn: (text) => bridge.say('warning', text),
    });
    this.#owned = new OwnedPanes({
      ownership: bridge.ownership,
      claims: bridge.ownerClaims,
      now: () => systemClock.now(),
      say: (text) => bridge.say('info', text),
      takenOver: () => void bridge.tidy(),
      typedElsewhere: (key, typed) => bridge.requests.typedElsewhere(key, typed),
    });
  }

  async start(): Promise<void> {
    const bridge = this.#bridge;
    bridge.watchedBy(this);
    await this.#addRegistered();
    await this.#addJoined();
    for (const { name } of bridge.hosts.all) {
      this.#scopes.push({ server: await bridge.servers.add(wayTo(name, null)), session: null });
    }
    await bridge.tidy();
    // what lies in outbox/ is for a bridge that types
    if (!bridge.config.dryRun) await bridge.mailbox.start();
    const panes = await bridge.servers
      .panes()
      .then(oncePerPane)
      .catch((fault) => {
        bridge.say('warning', `${fault instanceof BridgeError ? fault.reason : fault}; waiting for the tmux server`);
        return null;
      });
    // without a server nobody can tell whether a live controller is among its panes: it is decided when one is needed
    if (panes && bridge.config.mode === 'auto') await bridge.dispatches.choose();
    if (panes) await this.#afterOthers(() => this.#refresh(panes, 'start'));
    bridge.alerts.enable();
    bridge.deadLetters.enable();
    bridge.requests.resume();
    bridge.messages.resume();
    await bridge.deliveries.resume();
    bridge.messages.tick();
    bridge.mailViews?.tick();
    this.#tick();
  }

  /** Watches a server, or one session of it, besides what is watched already. @returns false where that was watched before */
  async add(socketPath: string, session: string | null): Promise<boolean> {
    const server = await this.#bridge.servers.add(socketPath);
    const isKnown = this.#scopes.some(
      (one) => one.server === server && (one.session === null || one.session === session),
    );
    if (isKnown) return false;
    this.#scopes.push({ server, session });
    await this.#bridge.tidy();
    await this.membersChanged();
    return true;
  }

  async membersChanged(): Promise<void> {
    this.#restless = true;
    const refreshed = this.#afterOthers(async () =>
      this.#refresh(oncePerPane(await this.#bridge.servers.panes()), 'running'),
    );
    await refreshed.catch((fault) => this.#complain(messageOf(fault)));
  }

  /** One refresh at a time: two would each make a watcher of the same pane. */
  #afterOthers(refresh: () => Promise<void>): Promise<void> {
    const done = this.#refreshing.then(refresh);
    this.#refreshing = done.catch(() => {});
    return done;
  }

  /** The servers of workers that `start worker` made known, as long as they live. */
  async #addRegistered(): Promise<void> {
    const { servers, projects } = this.#bridge;
    for (const { isRegistered, host, server, socketPath, session } of Object.values(projects.records)) {
      if (!isRegistered || hostOfWay(socketPath) !== null) continue;
      const there = servers.at({ host, server }) ?? (await servers.find({ host, server }, socketPath));
      if (there && !this.#scopes.some((one) => one.server === there && one.session === session)) {
        this.#scopes.push({ server: there, session });
        this.#restless = true;
      }
    }
  }

  /** The servers of members that joined from there, as long as they live. */
  async #addJoined(): Promise<void> {
    const { servers, directory } = this.#bridge;
    for (const { pane, isJoined } of directory.members()) {
      if (pane === null || !isJoined || !isHere(pane) || servers.at(pane) !== null) continue;
      if ((await servers.find(pane, pane.socketPath)) !== null) this.#restless = true;
    }
  }

  /** Resolves once nothing is claimed any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopTick();
    this.#bridge.watchedBy(nobodyWatches);
    for (const watched of this.#watched.values()) watched.close();
    this.#watched.clear();
    await this.#refreshing;
  }

  #tick(): void {
    this.#stopTick = systemClock.after(tickMs, () => {
      try {
        this.#followClock();
      } catch (fault) {
        this.#complain(messageOf(fault));
      }
      const now = systemClock.now();
      const { requests, deliveries, messages, alerts, deadLetters, mailViews, reviver, retention } = this.#bridge;
      const views = [mailViews, reviver].filter((one) => one !== null);
      const newcomers = { tick: () => deliveries.takeUp() };
      for (const one of [requests, newcomers, deliveries, messages, alerts, deadLetters, ...views, retention]) {
        try {
          one.tick(now);
        } catch (fault) {
          // a full disk, for instance: nothing is decided without the journal, and the next second asks again
          this.#complain(messageOf(fault));
        }
      }
      this.#pokeOne();
      if (!this.#closed) this.#tick();
    });
  }

  /** What became of the system's clock is taken over while nothing is being typed; whatever is measured goes on as it was. */
  #followClock(): void {
    const { journal, deliveries, panes, hooks } = this.#bridge;
    const byMs = followClock(systemClock, journal, () => !deliveries.isBusy);
    if (byMs === 0) return;
    for (const one of [deliveries, panes, hooks, ...this.#watched.values()]) one.clockSet(byMs);
    this.#bridge.say('info', `the system's clock went ${stepInWords(byMs)}; what was to expire is moved by as much`);
  }

  /** Says what goes wrong once, not every second; and again when it had been over for a while. */
  #complain(reason: string): void {
    const now = steadyClock.now();
    const isNews = reason !== this.#complained.reason || now - this.#complained.lastAt >= overAfterMs;
    if (isNews) this.#bridge.say('warning', `${reason}; it is tried again`);
    this.#complained = { reason, lastAt: now };
  }

  /** A look at one pane a second, in turn: what every notification missed is found in the end, at a price that does not grow. */
  #pokeOne(): void {
    const panes = [...this.#watched.values()];
    if (panes.length > 0) panes[this.#ticks++ % panes.length]!.watcher.check();
  }

  panesListed(): void {
    void this.#afterOthers(() => this.#refresh(this.#bridge.servers.listed, 'running')).catch((fault) =>
      this.#complain(messageOf(fault)),
    );
  }

  serverGone(event: Extract<TmuxEvent, { type: 'server-gone' }>): void {
    const [state, why] = event.isAway ? ['away', 'its host is away'] : ['gone', 'the tmux server is gone'];
    this.#bridge.say('warning', `${this.#called(event)} is ${state} (${event.reason}); waiting for it`);
    for (const [key, { identity }] of [...this.#watched]) {
      if (event.server && sameServer(identity, event.server)) this.#drop(key, why);
    }
    // the same one may answer again, with the panes that it had
    this.#restless = true;
  }

  serverBack(event: Extract<TmuxEvent, { type: 'server-back' }>): void {
    this.#bridge.say('info', `${this.#called(event)} is back (process ${serverPidOf(event.server.server)})`);
  }

  arrived(delivery: Delivery): void {
    this.#watched.get(addressKey(delivery.recipient))?.noteDelivery(delivery);
  }

  get workerNames(): readonly string[] {
    return [...this.#watched.values()].filter(({ role }) => role === 'worker').map(({ name }) => name);
  }

  get workers(): readonly SeenWorker[] {
    return [...this.#watched.values()].filter(({ role }) => role === 'worker').map((pane) => pane.seen);
  }

  get members(): readonly SeenWorker[] {
    const { directory } = this.#bridge;
    return [...this.#watched.values()]
      .filter(({ role, identity }) => role !== 'controller' || directory.at(identity)?.isJoined === true)
      .map((pane) => pane.seen);
  }

  /** How a server is spoken of: by its socket where there are several. */
  #called({ socketPath }: TmuxEvent): string {
    const host = hostOfWay(socketPath);
    if (host !== null) return `host ${host}`;
    return this.#bridge.servers.all.length === 1 ? 'the tmux server' : `the tmux server at ${socketPath}`;
  }

  /** Brings the watchers in step with the panes there are; where nothing has changed, nothing is looked up again. */
  async #refresh(panes: readonly ListedPane[], when: 'start' | 'running'): Promise<void> {
    if (this.#closed) return;
    const placed = panes === this.#listed ? this.#placed : panes.map(placeOf).join('\n');
    this.#listed = panes;
    const isSame = placed === this.#placed && !this.#restless && !this.#isBehind;
    if (isSame && !(await this.#owned.mayHaveChanged(panes))) return this.#pokeMoved(panes);
    if (this.#closed) return;
    this.#placed = placed;
    this.#restless = false;
    this.#isBehind = true;
    await this.#bridge.panes.askForProcesses(panes);
    const known = await this.#workers.among(panes, this.#scopes, when);
    const attend = (some: readonly PaneAddress[]) => this.#bridge.servers.watch(some);
    const wanted = await this.#owned.among(known, attend);
    if (this.#closed) return;
    for (const key of [...this.#watched.keys()]) {
      if (!wanted.has(key)) this.#drop(key, known.has(key) ? 'another bridge watches it' : whyGone(panes, key));
    }
    attend([...wanted.values()].map(({ facts }) => facts));
    let isAllThere = true;
    for (const one of wanted.values()) {
      if (this.#closed) return;
      isAllThere = (await this.#adopt(one)) && isAllThere;
    }
    this.#isBehind = !isAllThere;
    this.#pokeMoved(panes);
    if (known.size === 0 && !this.#waitingSaid) {
      this.#waitingSaid = true;
      this.#bridge.say(
        'info',
        'no worker pane yet: label one "worker" (`bridge start worker` does), or name it with --worker',
      );
    }
    if (known.size > 0) this.#waitingSaid = false;
  }

  /** The list of panes says of some that they moved, whether output was notified or not. */
  #pokeMoved(panes: readonly ListedPane[]): void {
    for (const facts of panes) this.#watched.get(addressKey(facts))?.checkIfMoved(facts);
  }

  /** @returns false where it could not be looked at just now, and no other pane need wait for that */
  async #adopt(wanted: Wanted): Promise<boolean> {
    const bridge = this.#bridge;
    const key = addressKey(wanted.facts);
    const before = this.#watched.get(key);
    // a pane that was watched before its agent started belongs to a project only now, and has another name
    const isRenamed = before !== undefined && before.name !== wanted.name;
    if (!isRenamed && before?.isStill(wanted.facts)) return true;
    const snapshot = await bridge.panes.capture(wanted.facts).catch((fault) => this.#complain(messageOf(fault)));
    if (!snapshot || this.#closed) return false;
    const program = bridge.panes.agentProgram(snapshot);
    if (!isRenamed && before && sameAgent(before.identity, snapshot.identity) && before.program === program.name)
      return true;
    // the list of panes may tell of it before its own watcher has looked
    if (before && !sameAgent(before.identity, snapshot.identity)) before.agentGone();
    before?.close();
    const next = new WatchedPane(bridge, wanted, snapshot, program, {
      broke: (reason) => this.#beginAnew(key, reason),
      replaced: () => {
        this.#restless = true;
      },
    });
    this.#watched.set(key, next);
    if (!before) {
      bridge.emit({ type: 'worker-found', worker: wanted.name, ...placeIn(wanted.facts), agent: program.name });
    } else if (isRenamed || !samePane(before.identity, snapshot.identity)) bridge.memberSeen(wanted.facts);
    next.watcher.check();
    return true;
  }

  /** The watcher begins anew from what the journal has of it. */
  #beginAnew(key: string, reason: string): void {
    this.#complain(reason);
    this.#watched.get(key)?.close();
    this.#watched.delete(key);
    this.#restless = true;
  }

  #drop(key: string, reason: string): void {
    const watched = this.#watched.get(key);
    if (!watched) return;
    watched.close();
    this.#watched.delete(key);
    this.#bridge.emit({ type: 'worker-lost', worker: watched.name, ...placeIn(watched.identity), reason });
    void this.#bridge.deliveries.paneMoved(watched.identity);
  }
}

function whyGone(panes: readonly ListedPane[], key: string): string {
  return panes.some((pane) => addressKey(pane) === key) ? 'it is no worker any more' : 'the pane has closed';
}

/** What decides whether and as what a pane is watched. A spinner in a title does not. */
function placeOf({
  host,
  server,
  paneId,
  panePid,
  sessionName,
  windowName,
  label,
  title,
  command,
  currentPath,
  dead,
}: ListedPane): string {
  const name = title.replace(/^[^\p{L}\p{N}]+/u, '');
  return [host, server, paneId, panePid, sessionName, windowName, label, name, command, currentPath, dead].join('|');
}
