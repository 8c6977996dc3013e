import { BridgeError, messageOf } from './core/failure.ts';
import type { PaneId } from './core/ids.ts';
import { identityKey, type PaneFacts, sameAgent } from './core/pane.ts';
import { systemClock } from './host/clock.ts';
import { OwnedPanes } from './owned-panes.ts';
import type { Rooms } from './rooms.ts';
import type { TmuxServerEvent } from './tmux/server.ts';
import { WatchedPane } from './watched-pane.ts';
import { type Wanted, Workers } from './workers.ts';

/** How often deadlines are kept and held deliveries looked at again. */
const tickMs = 1000;

/** A trouble that was not met for so long is over: the next one like it is told again. */
const overAfterMs = 60_000;

/** The daemon's eyes: which panes are workers, one watcher for each, and where what they see is carried. */
export class Watch {
  readonly #rooms: Rooms;
  readonly #workers: Workers;
  readonly #owned: OwnedPanes;
  readonly #watched = new Map<PaneId, WatchedPane>();
  #stopTick: () => void = () => {};
  #ticks = 0;
  #complained = { reason: '', lastAt: 0 };
  /** the places of all panes at the last refresh; `restless` asks for another one although they are the same */
  #placed = '';
  #restless = false;
  #closed = false;
  #refreshing: Promise<void> = Promise.resolve();
  #waitingSaid = false;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
    this.#workers = new Workers({
      config: rooms.config,
      sight: rooms.sight,
      controllerPane: (panes) => rooms.controllerPane(panes),
      warn: (text) => rooms.say('warning', text),
    });
    this.#owned = new OwnedPanes({
      ownership: rooms.ownership,
      keyOf: (facts) => identityKey(rooms.sight.identify(facts).identity),
      say: (text) => rooms.say('info', text),
    });
  }

  async start(): Promise<void> {
    const rooms = this.#rooms;
    rooms.onTmux = (event) => this.#heard(event);
    rooms.onSubmitted = (delivery) => this.#watched.get(delivery.recipient.paneId)?.noteDelivery(delivery);
    rooms.onSignal = (paneId) => this.#watched.get(paneId)?.signalled();
    await rooms.tidy();
    await rooms.mailbox.start();
    const panes = await rooms.sight.panes().catch((fault) => {
      rooms.say('warning', `${fault instanceof BridgeError ? fault.reason : fault}; waiting for the tmux server`);
      return null;
    });
    // without a server nobody can tell whether a live controller is among its panes: it is decided when one is needed
    if (panes && rooms.config.mode === 'auto') await rooms.asking.choose();
    if (panes) await this.#refresh(panes, 'start');
    rooms.calling.attend();
    rooms.deadLetters.attend();
    rooms.desk.resume();
    await rooms.post.resume();
    this.#tick();
  }

  close(): void {
    this.#closed = true;
    this.#stopTick();
    this.#rooms.onTmux = () => {};
    this.#rooms.onSignal = () => {};
    for (const watched of this.#watched.values()) watched.close();
    this.#watched.clear();
  }

  #tick(): void {
    this.#stopTick = systemClock.after(tickMs, () => {
      const now = systemClock.now();
      const { desk, post, calling, deadLetters, retention } = this.#rooms;
      for (const room of [desk, post, calling, deadLetters, retention]) {
        try {
          room.tick(now);
        } catch (fault) {
          // a full disk, for instance: nothing is decided without the journal, and the next second asks again
          this.#complain(messageOf(fault));
        }
      }
      this.#pokeOne();
      if (!this.#closed) this.#tick();
    });
  }

  /** Says what goes wrong once, not every second; and again when it had been over for a while. */
  #complain(reason: string): void {
    const now = systemClock.now();
    const isNews = reason !== this.#complained.reason || now - this.#complained.lastAt >= overAfterMs;
    if (isNews) this.#rooms.say('warning', `${reason}; it is tried again`);
    this.#complained = { reason, lastAt: now };
  }

  /** A look at one pane a second, in turn: what every bell missed is found in the end, at a price that does not grow. */
  #pokeOne(): void {
    const panes = [...this.#watched.values()];
    if (panes.length > 0) panes[this.#ticks++ % panes.length]!.watcher.poke();
  }

  #heard(event: TmuxServerEvent): void {
    switch (event.type) {
      case 'output':
        this.#watched.get(event.paneId)?.watcher.output(event.bytes);
        return;
      case 'missed':
        this.#watched.get(event.paneId)?.watcher.missed();
        return;
      case 'panes':
        this.#refreshing = this.#refreshing
          .then(() => this.#refresh(event.panes, 'running'))
          .catch((fault) => this.#complain(messageOf(fault)));
        return;
      case 'server-gone':
        this.#rooms.say('warning', `the tmux server is gone (${event.reason}); waiting for it`);
        for (const paneId of [...this.#watched.keys()]) this.#drop(paneId, 'the tmux server is gone');
        return;
      case 'server-back':
        this.#rooms.say('info', `the tmux server is back (process ${event.serverPid})`);
    }
  }

  /** Brings the watchers in step with the panes there are; where nothing has changed, nothing is looked up again. */
  async #refresh(panes: readonly PaneFacts[], when: 'start' | 'running'): Promise<void> {
    if (this.#closed) return;
    const placed = panes.map(placeOf).join('\n');
    if (placed === this.#placed && !this.#restless && !this.#owned.mayHaveChanged()) return this.#pokeMoved(panes);
    this.#placed = placed;
    this.#restless = false;
    const known = await this.#workers.among(panes, when);
    const wanted = this.#owned.among(known);
    for (const paneId of [...this.#watched.keys()]) {
      if (!wanted.has(paneId))
        this.#drop(paneId, known.has(paneId) ? 'another bridge watches it' : whyGone(panes, paneId));
    }
    this.#rooms.tmux.watch([...wanted.keys()]);
    for (const one of wanted.values()) await this.#adopt(one);
    this.#pokeMoved(panes);
    if (known.size === 0 && !this.#waitingSaid) {
      this.#waitingSaid = true;
      this.#rooms.say(
        'info',
        'no worker pane yet: label one "worker" (scripts/start-worker does), or name it with --worker',
      );
    }
    if (known.size > 0) this.#waitingSaid = false;
  }

  /** The list of panes says of some that they moved, whether they rang or not. */
  #pokeMoved(panes: readonly PaneFacts[]): void {
    for (const facts of panes) this.#watched.get(facts.paneId)?.pokeIfMoved(facts);
  }

  async #adopt(wanted: Wanted): Promise<void> {
    const rooms = this.#rooms;
    const { paneId } = wanted.facts;
    const before = this.#watched.get(paneId);
    if (before?.isStill(wanted.facts)) return;
    const snapshot = await rooms.sight.look(paneId);
    if (snapshot === null || this.#closed) return;
    const profile = rooms.sight.profile(snapshot);
    if (before && sameAgent(before.identity, snapshot.identity) && before.profile === profile.name) return;
    before?.close();
    const watched = new WatchedPane(rooms, wanted, snapshot, profile, {
      broke: (reason) => this.#beginAnew(paneId, reason),
      replaced: () => {
        this.#restless = true;
      },
    });
    this.#watched.set(paneId, watched);
    if (!before) rooms.on({ type: 'worker-found', worker: wanted.name, paneId, agent: profile.name });
    watched.watcher.poke();
  }

  /** The watcher begins anew from what the journal has of it. */
  #beginAnew(paneId: PaneId, reason: string): void {
    this.#complain(reason);
    this.#watched.get(paneId)?.close();
    this.#watched.delete(paneId);
    this.#restless = true;
  }

  #drop(paneId: PaneId, reason: string): void {
    const watched = this.#watched.get(paneId);
    if (!watched) return;
    watched.close();
    this.#watched.delete(paneId);
    this.#rooms.on({ type: 'worker-lost', worker: watched.name, paneId, reason });
    void this.#rooms.post.paneMoved(paneId);
  }
}

function whyGone(panes: readonly PaneFacts[], paneId: PaneId): string {
  return panes.some((pane) => pane.paneId === paneId) ? 'it is no worker any more' : 'the pane has closed';
}

/** What decides whether and as what a pane is watched. A spinner in a title does not. */
function placeOf({
  paneId,
  panePid,
  sessionName,
  windowName,
  label,
  title,
  command,
  currentPath,
  dead,
}: PaneFacts): string {
  const name = title.replace(/^[^\p{L}\p{N}]+/u, '');
  return [paneId, panePid, sessionName, windowName, label, name, command, currentPath, dead].join('|');
}
