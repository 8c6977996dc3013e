import { join } from 'node:path';
import { Asking } from './asking.ts';
import type { Config } from './config.ts';
import { Mailbox } from './controllers/mailbox.ts';
import { type Delivery, type Envelope, isEnded } from './core/envelope.ts';
import { BridgeError, messageOf, wrongUse } from './core/failure.ts';
import type { DeliveryId, EnvelopeId, PaneId, TurnId } from './core/ids.ts';
import type { PaneFacts, PaneIdentity, Snapshot } from './core/pane.ts';
import { isReady } from './core/reading.ts';
import { isOpen, type Request } from './core/request.ts';
import { Courier } from './delivery/courier.ts';
import { Desk } from './desk/desk.ts';
import { parsePolicy } from './desk/policy.ts';
import type { BridgeEvent } from './events.ts';
import { systemClock } from './host/clock.ts';
import { prepareHome } from './host/home.ts';
import { minter } from './host/mint.ts';
import { PaneLocks } from './host/pane-locks.ts';
import { ProcessTree } from './host/process-tree.ts';
import { Journal } from './journal/journal.ts';
import { findProgram } from './launch/programs.ts';
import { PostOffice } from './mail/post-office.ts';
import { Sight } from './sight.ts';
import { lastHumanKeyAt, leaveMode, oncePerPane, paste, press, reapBuffers } from './tmux/pane.ts';
import { TmuxServer, type TmuxServerEvent } from './tmux/server.ts';
import { socketPathOf } from './tmux/socket.ts';

/** A program that reads lines is quiet this long before it counts as idle; a send waits that long for it, not more. */
const settleMs = 2600;

/** The rooms, joined in flow order. The daemon watches through them; a command without a daemon uses them for one verb. */
export class Rooms {
  readonly config: Config;
  readonly journal: Journal;
  /** where a corrupt journal was moved to at this start; null in every ordinary one */
  readonly setAside: string | null;
  readonly tmux: TmuxServer;
  readonly sight: Sight;
  readonly desk: Desk;
  readonly post: PostOffice;
  readonly mailbox: Mailbox;
  readonly asking: Asking;
  readonly mint = minter(systemClock);
  readonly on: (event: BridgeEvent) => void;
  /** the daemon's watch listens here for what tmux says */
  onTmux: (event: TmuxServerEvent) => void = () => {};
  /** the daemon's watch listens here for inputs that are known to have arrived */
  onSubmitted: (delivery: Delivery) => void = () => {};
  readonly #changed = new Set<() => void>();
  /** a change is told at least once; an input is noted exactly once */
  readonly #acknowledged = new Set<DeliveryId>();

  static async open(config: Config, hooks: { on(event: BridgeEvent): void }): Promise<Rooms> {
    prepareHome(config.home);
    const path = config.dryRun ? ':memory:' : join(config.home, 'bridge.db');
    const { journal, setAside } = Journal.open(path, { now: systemClock.now() });
    try {
      const rooms = new Rooms(config, hooks.on, journal, setAside);
      if (setAside !== null) {
        rooms.say(
          'warning',
          `the journal could not be read and is set aside as ${setAside}; what is on the screens now goes to you, not to a controller`,
        );
      }
      await rooms.tmux.start();
      return rooms;
    } catch (fault) {
      journal.close();
      throw fault;
    }
  }

  private constructor(config: Config, on: (event: BridgeEvent) => void, journal: Journal, setAside: string | null) {
    this.config = config;
    this.on = on;
    this.journal = journal;
    this.setAside = setAside;
    const clock = systemClock;
    this.tmux = new TmuxServer({
      socketPath: socketPathOf({ socket: config.socket, env: process.env }),
      clock,
      pidFile: join(config.home, 'tmux-clients.json'),
      onEvent: (event) => {
        if (event.type === 'output') this.sight.rang(event.paneId, event.bytes);
        this.onTmux(event);
      },
    });
    this.sight = new Sight({
      tmux: this.tmux,
      processes: new ProcessTree(),
      clock,
      choice: { agent: config.agent, agents: config.agents },
    });
    const courier = new Courier({
      hands: {
        look: (paneId) => this.sight.look(paneId),
        paste: (paneId, text, condition, how) => paste(this.tmux, paneId, text, condition, how),
        press: (paneId, key, condition) => press(this.tmux, paneId, key, condition),
        leaveMode: (paneId) => leaveMode(this.tmux, paneId),
        lastHumanKeyAt: (paneId) => lastHumanKeyAt(this.tmux, paneId),
        nextRing: (paneId, limitMs) => this.sight.nextRing(paneId, limitMs),
      },
      eyes: {
        manner: (agent) => this.sight.manner(agent),
        read: (snapshot, agent) => this.sight.readAs(snapshot, agent),
      },
      locks: new PaneLocks(),
      memory: journal,
      clock,
    });
    this.post = new PostOffice({
      memory: journal,
      clock,
      mint: () => this.mint(),
      courier,
      on: (event) => {
        if (event.type === 'delivery-changed') this.#deliveryChanged(event.delivery);
        else this.say('warning', `delivery ${event.delivery.id}: ${messageOf(event.fault)}; it is tried again`);
      },
    });
    this.mailbox = new Mailbox({
      home: config.home,
      clock,
      split: config.splitResponse,
      state: (id) => {
        const request = journal.request(id);
        return request === null ? 'unknown' : isOpen(request) ? 'open' : 'ended';
      },
      on: (event) => {
        if (event.type === 'answer-found') {
          this.desk.answer(event.requestId, {
            by: 'human:outbox',
            instructions: event.instructions,
            notes: event.notes,
          });
        } else if (event.type === 'answer-refused') {
          this.say('warning', `${event.file} cannot be an answer: ${event.reason}; it is left where it is`);
        } else {
          this.say('warning', `${event.file}: ${event.reason}; it is tried again`);
        }
      },
    });
    const { rules } = this.#policy();
    this.desk = new Desk({
      memory: journal,
      clock,
      mint: () => this.mint(),
      rules,
      defaultTo: config.mode === 'manual' ? 'human' : 'controller',
      perform: {
        ask: (request) => this.asking.ask(request),
        cancelAsk: (request) => this.asking.cancel(request.id),
        publish: (request, why) => this.mailbox.publish(request, why),
        deliver: (request, answer) => this.#deliver(request, answer.instructions, answer.notes),
        replace: (request, answer) => this.#replace(request, answer.instructions, answer.notes),
        cancelDelivery: (id, reason) => this.post.cancel(id, reason),
        archive: (request) => this.mailbox.archive(request),
        notify: (request, why) => this.on({ type: 'human-needed', request, why }),
      },
      on: (news) => {
        if (news.type === 'request-changed') this.on(news);
        else
          this.say('warning', `request ${news.request.id}: ${news.what}: ${messageOf(news.fault)}; it is tried again`);
        this.#wake();
      },
    });
    this.asking = new Asking(
      config,
      {
        clock,
        onPath: (program) => findProgram(program, process.env.PATH, process.cwd()) !== null,
        livePane: () => this.controllerPane(),
        deliverTo: async (pane, body, request) => this.#deliverToController(pane, body, request),
        folderOf: async (request) => (await this.sight.facts(request.pane.paneId))?.currentPath ?? config.home,
        say: (level, text) => this.say(level, text),
        replied: (request, by, text) => this.on({ type: 'controller-replied', request, by, text }),
      },
      {
        answered: (request, answer) => this.desk.answer(request.id, answer),
        failed: (request, failure) => this.desk.controllerFailed(request.id, failure),
      },
    );
  }

  say(level: 'info' | 'warning', text: string): void {
    this.on({ type: 'said', level, text });
  }

  /** The live controller agent's pane, by `--controller-pane`, or by the label "controller"; null when there is none. */
  async controllerPane(known?: readonly PaneFacts[]): Promise<PaneFacts | null> {
    if (this.config.controllerPane !== null) {
      return this.sight.resolve(this.config.controllerPane, this.config.session);
    }
    const panes = known ?? (await this.sight.panes());
    const labelled = panes.filter((pane) => pane.label === 'controller' && this.sight.programOf(pane) !== null);
    const near = oncePerPane(
      labelled.filter((pane) => this.config.session === null || pane.sessionName === this.config.session),
    );
    return near.length === 1 ? near[0]! : null;
  }

  /** Puts a text into a pane now, or within `waitMs`; what could not be typed by then is cancelled, never left behind. */
  async send(
    order: {
      paneId: PaneId;
      text: string;
      from: string;
      agent: string | null;
      force: boolean;
      allowShell: boolean;
      waitMs: number;
    },
    closed: AbortSignal,
  ): Promise<Delivery> {
    const snapshot = await this.#settled(order.paneId, order.agent);
    if (snapshot === null)
      throw wrongUse('send', order.paneId, 'there is no such pane', '`bridge list` shows those there are');
    const id = this.mint<EnvelopeId>();
    const posted = this.post.post(
      {
        id,
        thread: id,
        from: order.from,
        to: order.paneId,
        inReplyTo: null,
        kind: 'message',
        body: order.text,
        notes: '',
        expectsReply: false,
        createdAt: systemClock.now(),
      },
      snapshot.identity,
      order.agent ?? this.sight.profile(snapshot).name,
      { force: order.force, allowShell: order.allowShell },
      null,
    );
    const giveUpAt = systemClock.now() + order.waitMs;
    const delivery = await this.#until(
      () => {
        const now = this.journal.delivery(posted.id);
        if (now === null || isEnded(now.state)) return now ?? posted;
        return now.state.is === 'held' && systemClock.now() >= giveUpAt ? now : null;
      },
      closed,
      null,
    );
    const last = delivery ?? this.journal.delivery(posted.id) ?? posted;
    if (last.state.is !== 'held' && last.state.is !== 'queued') return last;
    const why = last.state.is === 'held' ? `held: ${last.state.reason}: ${last.state.detail}` : 'held: interrupted';
    this.post.cancel(posted.id, why);
    return this.journal.delivery(posted.id) ?? last;
  }

  /** Opens a request on behalf of a worker's own shell, and waits for its end. */
  async ask(
    order: { text: string; paneId: PaneId | null; cwd: string; agent: string | null; wait: boolean; timeoutMs: number },
    closed: AbortSignal,
  ): Promise<Request> {
    const snapshot = order.paneId === null ? null : await this.sight.look(order.paneId).catch(() => null);
    const pane: PaneIdentity = snapshot?.identity ?? {
      socketPath: '',
      serverPid: 0,
      paneId: (order.paneId ?? '%') as PaneId,
      panePid: 0,
      agentPid: null,
      agentStartedAt: null,
    };
    const request = this.desk.open({
      worker: snapshot?.facts.label || order.paneId || 'shell',
      pane,
      agent: order.agent ?? (snapshot ? this.sight.profile(snapshot).name : 'unknown'),
      turn: this.mint<TurnId>(),
      detection: { kind: 'request', text: order.text, attributes: {}, truncated: false },
      context: snapshot ? this.contextOf(snapshot) : '',
      via: 'ask',
      deadlineAt: this.deadline(),
    });
    this.desk.confirm(request.id);
    const now = () => this.journal.request(request.id) ?? request;
    if (!order.wait) return now();
    await this.#until(() => (isOpen(now()) ? null : now()), closed, order.timeoutMs || null);
    return now();
  }

  deadline(): number | null {
    return this.config.requestTimeoutMs > 0 ? systemClock.now() + this.config.requestTimeoutMs : null;
  }

  /** The worker's recent screen text, for whoever answers. */
  contextOf(snapshot: Snapshot): string {
    const rows = snapshot.rows.map((row) => row.text);
    while (rows.at(-1)?.trim() === '') rows.pop();
    return this.config.workerContextLines === 0 ? '' : rows.slice(-this.config.workerContextLines).join('\n');
  }

  /** The delivery of a request's answer, newest first. */
  deliveryOf(requestId: string): Delivery | null {
    return (
      this.journal
        .deliveries({ thread: requestId })
        .findLast((delivery) => delivery.envelope.inReplyTo === requestId) ?? null
    );
  }

  /** Waits until the delivery of this request's answer has ended or is held, at most `limitMs`. */
  async settledDelivery(requestId: string, limitMs: number, closed: AbortSignal): Promise<Delivery | null> {
    await this.#until(
      () => {
        const request = this.journal.request(requestId);
        if (request?.via === 'ask') return request;
        const delivery = this.deliveryOf(requestId);
        return delivery && (isEnded(delivery.state) || delivery.state.is === 'held') ? delivery : null;
      },
      closed,
      limitMs,
    );
    return this.deliveryOf(requestId);
  }

  async close(): Promise<void> {
    this.asking.close();
    await this.mailbox.close();
    await this.post.close();
    await this.tmux.close();
    this.journal.close();
  }

  /** Leftovers of a bridge that was killed: paste buffers with our prefix. */
  async tidy(): Promise<void> {
    await reapBuffers(this.tmux).catch(() => 0);
  }

  #policy() {
    const parsed = parsePolicy(this.config.policy);
    if ('rules' in parsed) return parsed;
    const first = parsed.errors[0]!;
    const line = this.config.policyLines[first.row];
    throw wrongUse(
      'bridge.yaml',
      `${join(this.config.home, 'bridge.yaml')}:${line ?? 1}`,
      `policy.${first.row}${first.key ? `.${first.key}` : ''}: ${first.reason}`,
      'correct that line and start again',
    );
  }

  #deliver(request: Request, body: string, notes: string): DeliveryId {
    if (this.config.dryRun) this.on({ type: 'would-send', request, text: body });
    return this.post.post(
      this.#envelope(request, 'response', 'controller', request.worker, body, notes),
      request.pane,
      request.agent,
      { force: false, allowShell: false },
      this.config.dryRun ? systemClock.now() : null,
      'deliveryId' in request.state ? request.state.deliveryId : undefined,
    ).id;
  }

  #replace(request: Request, body: string, notes: string): boolean {
    return 'deliveryId' in request.state && this.post.replaceBody(request.state.deliveryId, body, notes);
  }

  async #deliverToController(pane: PaneFacts, body: string, request: Request): Promise<void> {
    const snapshot = await this.sight.look(pane.paneId);
    if (snapshot === null)
      throw new BridgeError({ what: 'controller', target: pane.paneId, reason: 'the pane is gone' });
    this.post.post(
      { ...this.#envelope(request, 'request', request.worker, 'controller', body, ''), inReplyTo: null },
      snapshot.identity,
      this.sight.profile(snapshot).name,
      { force: false, allowShell: false },
      this.config.controllerTimeoutMs > 0 ? systemClock.now() + this.config.controllerTimeoutMs : null,
    );
  }

  #envelope(request: Request, kind: Envelope['kind'], from: string, to: string, body: string, notes: string): Envelope {
    return {
      id: this.mint<EnvelopeId>(),
      thread: request.id,
      from,
      to,
      inReplyTo: request.id,
      kind,
      body,
      notes,
      expectsReply: kind === 'request',
      createdAt: systemClock.now(),
    };
  }

  #deliveryChanged(delivery: Delivery): void {
    this.on({ type: 'delivery-changed', delivery });
    if (delivery.state.is === 'acknowledged' && !this.#acknowledged.has(delivery.id)) {
      this.#acknowledged.add(delivery.id);
      this.onSubmitted(delivery);
    }
    this.desk.deliveryChanged(delivery);
    this.#wake();
  }

  /** Looks until the pane is ready or plainly is not; only a screen that may still become quiet is waited for. */
  async #settled(paneId: PaneId, agent: string | null): Promise<Snapshot | null> {
    const giveUpAt = systemClock.now() + settleMs;
    this.tmux.watch([paneId]);
    for (;;) {
      const snapshot = await this.sight.look(paneId);
      if (snapshot === null) return null;
      const reading = agent === null ? this.sight.read(snapshot) : this.sight.readAs(snapshot, agent);
      const mayBecomeQuiet = reading.state === 'unknown' || reading.state === 'starting';
      if (isReady(reading) || !mayBecomeQuiet || systemClock.now() >= giveUpAt) return snapshot;
      await this.sight.nextRing(paneId, 100);
    }
  }

  /** Waits for a condition that only a change of a request or delivery can make true. Null at the limit or when closed. */
  #until<T>(condition: () => T | null, closed: AbortSignal, limitMs: number | null): Promise<T | null> {
    return new Promise((resolve) => {
      const end = (value: T | null) => {
        this.#changed.delete(look);
        closed.removeEventListener('abort', stop);
        cancel();
        resolve(value);
      };
      const look = () => {
        const value = condition();
        if (value !== null) end(value);
      };
      const stop = () => end(null);
      const cancel = limitMs === null ? () => {} : systemClock.after(limitMs, stop);
      this.#changed.add(look);
      if (closed.aborted) stop();
      else {
        closed.addEventListener('abort', stop);
        look();
      }
    });
  }

  #wake(): void {
    for (const look of [...this.#changed]) look();
  }
}
