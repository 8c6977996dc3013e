import { BridgeError, messageOf } from './core/failure.ts';
import type { PaneId, TurnId } from './core/ids.ts';
import { identityKey, type PaneFacts, type PaneIdentity, type Snapshot, sameAgent } from './core/pane.ts';
import { because, isReady } from './core/reading.ts';
import { systemClock } from './host/clock.ts';
import { liesWithin } from './host/home.ts';
import type { Rooms } from './rooms.ts';
import type { DetectorMemory } from './screen/detector.ts';
import { PaneWatcher, type WatcherEvent } from './screen/watcher.ts';
import { nameOf } from './sight.ts';
import type { TmuxServerEvent } from './tmux/server.ts';

/** How often deadlines are kept and held deliveries looked at again. */
const tickMs = 1000;

interface Watched {
  readonly name: string;
  readonly role: 'worker' | 'controller';
  readonly identity: PaneIdentity;
  readonly profile: string;
  readonly watcher: PaneWatcher;
  snapshot: Snapshot;
  /** what is on the screen at the first look after the journal was lost goes to the human */
  distrusted: boolean;
  said: string;
  /** what the list of panes said of it last: where that changed without a ring, somebody must look */
  listed: string;
}

/** The daemon's eyes: which panes are workers, one watcher for each, and where what they see is carried. */
export class Watch {
  readonly #rooms: Rooms;
  readonly #watched = new Map<PaneId, Watched>();
  readonly #refused = new Set<string>();
  readonly #lost: boolean;
  #stopTick: () => void = () => {};
  #ticks = 0;
  #complained = '';
  /** the places of all panes at the last refresh; `restless` asks for another one although they are the same */
  #placed = '';
  #restless = false;
  #closed = false;
  #refreshing: Promise<void> = Promise.resolve();
  #waitingSaid = false;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
    this.#lost = rooms.setAside !== null;
  }

  async start(): Promise<void> {
    const rooms = this.#rooms;
    rooms.onTmux = (event) => this.#heard(event);
    rooms.onSubmitted = ({ envelope, recipient, state }) => {
      if (state.is !== 'acknowledged') return;
      const { typedAt, evidence } = state.receipt;
      const echoed = evidence.includes('echo');
      this.#watched.get(recipient.paneId)?.watcher.noteInput(envelope.body, { typedAt, echoed });
    };
    await rooms.tidy();
    if (rooms.config.mode === 'auto') await rooms.asking.choose();
    await rooms.mailbox.start();
    const panes = await rooms.sight.panes().catch((fault) => {
      rooms.say('warning', `${fault instanceof BridgeError ? fault.reason : fault}; waiting for the tmux server`);
      return null;
    });
    if (panes) await this.#refresh(panes, 'start');
    rooms.desk.resume();
    await rooms.post.resume();
    this.#tick();
  }

  close(): void {
    this.#closed = true;
    this.#stopTick();
    this.#rooms.onTmux = () => {};
    for (const { watcher } of this.#watched.values()) watcher.close();
    this.#watched.clear();
  }

  workers(): Array<{ name: string; paneId: PaneId; profile: string }> {
    return [...this.#watched.values()]
      .filter(({ role }) => role === 'worker')
      .map(({ name, identity, profile }) => ({ name, paneId: identity.paneId, profile }));
  }

  #tick(): void {
    this.#stopTick = systemClock.after(tickMs, () => {
      const now = systemClock.now();
      for (const room of [this.#rooms.desk, this.#rooms.post]) {
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

  /** Says what goes wrong once, not every second. */
  #complain(reason: string): void {
    if (reason !== this.#complained) this.#rooms.say('warning', `${reason}; it is tried again`);
    this.#complained = reason;
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
    if (placed === this.#placed && !this.#restless) return this.#pokeMoved(panes);
    this.#placed = placed;
    this.#restless = false;
    const wanted = new Map<PaneId, { facts: PaneFacts; name: string; role: Watched['role'] }>();
    for (const facts of await this.#workersAmong(panes, when)) {
      wanted.set(facts.paneId, { facts, name: facts.label || facts.paneId, role: 'worker' });
    }
    const controller = await this.#rooms.controllerPane(panes).catch(() => null);
    if (controller && !wanted.has(controller.paneId)) {
      wanted.set(controller.paneId, { facts: controller, name: 'controller', role: 'controller' });
    }
    for (const paneId of [...this.#watched.keys()]) {
      if (!wanted.has(paneId))
        this.#drop(
          paneId,
          panes.some((pane) => pane.paneId === paneId) ? 'it is no worker any more' : 'the pane has closed',
        );
    }
    this.#rooms.tmux.watch([...wanted.keys()]);
    for (const { facts, name, role } of wanted.values()) {
      await this.#adopt(facts, name, role);
    }
    this.#pokeMoved(panes);
    if (wanted.size === 0 && !this.#waitingSaid) {
      this.#waitingSaid = true;
      this.#rooms.say(
        'info',
        'no worker pane yet: label one "worker" (scripts/start-worker does), or name it with --worker',
      );
    }
    if (wanted.size > 0) this.#waitingSaid = false;
  }

  /** The list of panes says of some that they moved, whether they rang or not. */
  #pokeMoved(panes: readonly PaneFacts[]): void {
    for (const facts of panes) {
      const watched = this.#watched.get(facts.paneId);
      if (!watched || watched.listed === listing(facts)) continue;
      watched.listed = listing(facts);
      watched.watcher.poke();
    }
  }

  async #workersAmong(panes: readonly PaneFacts[], when: 'start' | 'running'): Promise<PaneFacts[]> {
    const { config, sight } = this.#rooms;
    const here = panes.filter((pane) => config.session === null || pane.sessionName === config.session);
    const found: PaneFacts[] = [];
    if (config.worker.length > 0) {
      for (const target of config.worker) {
        try {
          found.push(await sight.resolve(target, config.session));
        } catch (fault) {
          if (when === 'start' && fault instanceof BridgeError && /ambiguous/.test(fault.reason)) throw fault;
          // not there yet, or not any more: its coming is noticed
        }
      }
    } else {
      const labelled = here.filter((pane) => pane.label.startsWith('worker'));
      const named = here.filter((pane) => pane.title === 'worker' || pane.windowName === 'worker');
      found.push(...(labelled.length > 0 ? labelled : named));
    }
    return found.filter((pane) => !pane.dead && this.#mayServe(pane, when));
  }

  /** A worker whose own folder holds our home could answer itself by writing a file. */
  #mayServe(pane: PaneFacts, when: 'start' | 'running'): boolean {
    const { config } = this.#rooms;
    if (config.trustWorkspace || pane.currentPath === '' || !liesWithin(config.home, pane.currentPath)) return true;
    const fault = new BridgeError({
      what: 'home',
      target: config.home,
      reason: `lies inside the working folder of ${nameOf(pane)} (${pane.currentPath}), where the worker could answer itself`,
      nextStep: 'choose a home elsewhere with --home, or accept it with --trust-workspace',
    });
    if (when === 'start') throw fault;
    if (!this.#refused.has(pane.paneId)) {
      this.#refused.add(pane.paneId);
      this.#rooms.say('warning', `${fault.message}; it is not watched: ${fault.nextStep}`);
    }
    return false;
  }

  async #adopt(facts: PaneFacts, name: string, role: Watched['role']): Promise<void> {
    const rooms = this.#rooms;
    const before = this.#watched.get(facts.paneId);
    const stands =
      before?.identity.panePid === facts.panePid &&
      sameAgent(before.identity, before.snapshot.identity) &&
      rooms.sight.programOf(facts) === before.snapshot.program;
    if (stands) return;
    const snapshot = await rooms.sight.look(facts.paneId);
    if (snapshot === null || this.#closed) return;
    const profile = rooms.sight.profile(snapshot);
    if (before && sameAgent(before.identity, snapshot.identity) && before.profile === profile.name) return;
    before?.watcher.close();
    const watched: Watched = {
      name,
      role,
      identity: snapshot.identity,
      profile: profile.name,
      snapshot,
      distrusted: this.#lost,
      said: '',
      listed: listing(facts),
      watcher: new PaneWatcher({
        capture: () => rooms.sight.look(facts.paneId),
        motion: (seen) => rooms.sight.motion(seen),
        clock: systemClock,
        profile,
        memory: rooms.journal.memory<DetectorMemory>(memoryKey(snapshot.identity)),
        on: (event) => this.#take(facts.paneId, event),
      }),
    };
    this.#watched.set(facts.paneId, watched);
    if (!before) rooms.on({ type: 'worker-found', worker: name, paneId: facts.paneId, agent: profile.name });
    watched.watcher.poke();
  }

  #drop(paneId: PaneId, reason: string): void {
    const watched = this.#watched.get(paneId);
    if (!watched) return;
    watched.watcher.close();
    this.#watched.delete(paneId);
    this.#rooms.on({ type: 'worker-lost', worker: watched.name, paneId, reason });
    void this.#rooms.post.paneMoved(paneId);
  }

  /** What could not be journaled must be seen again: the watcher begins anew from what the journal has of it. */
  #take(paneId: PaneId, event: WatcherEvent): void {
    try {
      this.#saw(paneId, event);
    } catch (fault) {
      this.#complain(messageOf(fault));
      this.#watched.get(paneId)?.watcher.close();
      this.#watched.delete(paneId);
      this.#restless = true;
    }
  }

  #saw(paneId: PaneId, event: WatcherEvent): void {
    const watched = this.#watched.get(paneId);
    if (!watched) return;
    const rooms = this.#rooms;
    switch (event.type) {
      case 'reading': {
        watched.snapshot = event.snapshot;
        // another agent in the same pane: its profile, its memory and its turns are its own
        if (!sameAgent(event.snapshot.identity, watched.identity)) this.#restless = true;
        const said = `${event.reading.state}|${because(event.reading)}`;
        if (said !== watched.said) {
          watched.said = said;
          rooms.on({
            type: 'state-changed',
            worker: watched.name,
            paneId,
            state: event.reading.state,
            why: because(event.reading),
          });
        }
        if (isReady(event.reading)) void rooms.post.paneMoved(paneId);
        return;
      }
      case 'request-seen':
      case 'request-confirmed': {
        if (watched.role !== 'worker') return;
        const request = rooms.journal.transact(() => {
          this.#remember(watched);
          return rooms.opening.fromScreen({
            worker: watched.name,
            pane: watched.identity,
            agent: watched.profile,
            turn: turnId(watched.identity, event.turn),
            detection: event.detection,
            snapshot: watched.snapshot,
            ...(watched.distrusted ? { humanOnly: 'the journal was lost: this may have been answered before' } : {}),
          });
        });
        if (event.type === 'request-confirmed') {
          const lost =
            event.turn.anchor === 'lost'
              ? 'after a restart nothing on the screen was known: this may be old'
              : undefined;
          rooms.desk.confirm(request.id, lost);
        }
        return;
      }
      case 'response-confirmed':
        if (watched.role === 'controller' && event.attributes.id) rooms.asking.heard(event.attributes.id, event.text);
        return;
      case 'turn-began':
        this.#remember(watched);
        watched.distrusted = false;
        if (watched.role === 'worker') rooms.desk.turnBegan(watched.identity, turnId(watched.identity, event.turn));
        return;
      case 'response-seen':
      case 'unseen':
        return;
    }
  }

  #remember(watched: Watched): void {
    this.#rooms.journal.saveMemory(memoryKey(watched.identity), watched.watcher.memory());
  }
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

/** What changes when a pane draws, as far as one row of the list of panes shows it. */
function listing({ title, command, cursorX, cursorY, historySize, width, height }: PaneFacts): string {
  return [title, command, cursorX, cursorY, historySize, width, height].join('|');
}

function memoryKey(identity: PaneIdentity): string {
  return `watch|${identityKey(identity)}|${identity.agentPid}|${identity.agentStartedAt}`;
}

function turnId(identity: PaneIdentity, turn: { readonly number: number }): TurnId {
  return `${identity.agentPid ?? identity.panePid}.${identity.agentStartedAt ?? 0}#${turn.number}` as TurnId;
}
