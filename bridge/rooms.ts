import { join } from 'node:path';
import { Asking } from './asking.ts';
import { Calling } from './calling.ts';
import { Changes } from './changes.ts';
import type { Config } from './config.ts';
import { Mailbox } from './controllers/mailbox.ts';
import { optionNamed } from './core/choice.ts';
import { type Delivery, isEnded, whyTurnPassed } from './core/envelope.ts';
import { messageOf } from './core/failure.ts';
import type { DeliveryId, PaneId, RequestId } from './core/ids.ts';
import type { PaneFacts } from './core/pane.ts';
import { type Answer, isOpen, type Request } from './core/request.ts';
import { DeadLetters } from './dead-letters.ts';
import { Courier } from './delivery/courier.ts';
import { Desk } from './desk/desk.ts';
import { AgentDoors } from './doors/doors.ts';
import type { BridgeEvent } from './events.ts';
import { type Heard, Hearing, type SignalCall } from './hearing.ts';
import { systemClock } from './host/clock.ts';
import { prepareHome } from './host/home.ts';
import { minter } from './host/mint.ts';
import { PaneLocks } from './host/pane-locks.ts';
import { ProcessTree } from './host/process-tree.ts';
import { ProgramGround } from './host/program-ground.ts';
import { comingsTo } from './host/turnstile.ts';
import { GroupCommit } from './journal/group-commit.ts';
import { Journal } from './journal/journal.ts';
import { findProgram } from './launch/programs.ts';
import { PostOffice } from './mail/post-office.ts';
import { Opening } from './opening.ts';
import { takeIn } from './outbox.ts';
import { Retention } from './retention.ts';
import { rulesOf } from './rules.ts';
import { Sending } from './sending.ts';
import { Sight } from './sight.ts';
import { leaveMode, oncePerPane, paste, press, reapBuffers } from './tmux/pane.ts';
import { TmuxServer, type TmuxServerEvent } from './tmux/server.ts';
import { socketPathOf } from './tmux/socket.ts';

/** A change that is told again comes long before this many others. */
const rememberedReceipts = 1_000;

/** The rooms, joined in flow order. The daemon watches through them; a command without a daemon uses them for one verb. */
export class Rooms {
  readonly config: Config;
  readonly journal: Journal;
  /** where a corrupt journal was moved to at this start; null in every ordinary one */
  readonly setAside: string | null;
  readonly tmux: TmuxServer;
  readonly sight: Sight;
  readonly hearing: Hearing;
  readonly desk: Desk;
  readonly post: PostOffice;
  readonly mailbox: Mailbox;
  readonly asking: Asking;
  readonly sending: Sending;
  readonly opening: Opening;
  readonly calling: Calling;
  readonly deadLetters: DeadLetters;
  readonly retention: Retention;
  readonly changes = new Changes(systemClock);
  readonly mint = minter(systemClock);
  readonly on: (event: BridgeEvent) => void;
  /** the daemon's watch listens here for what tmux says */
  onTmux: (event: TmuxServerEvent) => void = () => {};
  /** the daemon's watch listens here for inputs that are known to have arrived, and for choices whose dialog had gone */
  onSubmitted: (delivery: Delivery) => void = () => {};
  /** the daemon's watch listens here for what agents say through their own hooks */
  onSignal: (paneId: PaneId) => void = () => {};
  /** a change is told at least once, again soon after where at all; an input is noted exactly once */
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
    const socketPath = socketPathOf({ socket: config.socket, env: process.env });
    const turnstile = comingsTo(socketPath, clock);
    this.tmux = new TmuxServer({
      socketPath,
      alone: (work) => turnstile.pass(work),
      clock,
      pidFile: join(config.home, 'tmux-clients.json'),
      onEvent: (event) => {
        if (event.type === 'output') this.sight.rang(event.paneId, event.bytes, this.tmux.hears(event.paneId));
        else if (event.type === 'missed') this.sight.missed(event.paneId);
        else if (event.type === 'panes') this.sight.forgetOthers(event.panes);
        this.onTmux(event);
      },
    });
    this.hearing = new Hearing({
      clock,
      panes: () => this.sight.panes(),
      identify: (facts) => this.sight.identify(facts),
      record: (event) => journal.record(event),
    });
    this.sight = new Sight({
      tmux: this.tmux,
      processes: new ProcessTree(),
      clock,
      choice: { agent: config.agent, agents: config.agents },
      wordOf: (identity) => this.hearing.wordOf(identity),
    });
    const commits = new GroupCommit(journal);
    const courier = new Courier({
      hands: {
        look: (paneId) => this.sight.look(paneId),
        paste: (paneId, text, condition, how) => paste(this.tmux, paneId, text, condition, how),
        press: (paneId, keys, condition) => press(this.tmux, paneId, keys, condition),
        leaveMode: (paneId) => leaveMode(this.tmux, paneId),
        rings: (paneId) => this.sight.rings(paneId),
        nextRing: (paneId, limitMs, after) => this.sight.nextRing(paneId, limitMs, after),
      },
      eyes: {
        manner: (agent) => this.sight.manner(agent),
        read: (snapshot, agent) => this.sight.readAs(snapshot, agent),
      },
      locks: new PaneLocks(),
      memory: {
        saveDelivery: (delivery, event) => journal.saveDelivery(delivery, event),
        commit: (work) => commits.commit(work),
      },
      clock,
      doors: new AgentDoors({ ground: new ProgramGround(), clock }),
      word: {
        took: (identity, text, since) => this.hearing.took(identity, text, since),
        asks: (identity) => this.hearing.asks(identity),
      },
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
        if (request === null) return journal.archived(id) === null ? 'unknown' : 'ended';
        return isOpen(request) ? 'open' : 'ended';
      },
      on: (event) => takeIn(event, this.desk, (text) => this.say('warning', text)),
    });
    this.calling = new Calling({
      memory: journal,
      againAfterMs: config.notifyAgainAfterMs,
      call: (request, why) => this.on({ type: 'human-needed', request, why }),
    });
    this.retention = new Retention({
      journal,
      home: config.home,
      // a dry run remembers nothing, and puts nothing away
      days: config.dryRun ? 0 : config.retentionDays,
      say: (text) => this.say('info', text),
    });
    const mint = () => this.mint<string>();
    this.sending = new Sending({
      clock,
      mint,
      journal,
      sight: this.sight,
      post: this.post,
      via: config.via,
      changes: this.changes,
      ringFor: (paneId) => this.tmux.ringFor(paneId),
    });
    this.deadLetters = new DeadLetters({
      memory: journal,
      isAwaited: (id) => this.sending.isAwaited(id),
      call: (delivery, why) => this.on({ type: 'letter-stranded', delivery, why }),
    });
    this.desk = new Desk({
      memory: journal,
      clock,
      mint: () => this.mint(),
      rules: rulesOf(config),
      limits: {
        answersPerHour: config.answersPerHour,
        consecutive: config.consecutiveAnswers,
        perDay: config.answersPerDay,
      },
      defaultTo: config.mode === 'manual' ? 'human' : 'controller',
      perform: {
        ask: (request) => this.asking.ask(request),
        cancelAsk: (request) => this.asking.cancel(request.id),
        publish: (request, why) => {
          this.calling.needed(request, why, clock.now());
          return this.mailbox.publish(request, why);
        },
        deliver: (request, answer) => this.#deliver(request, answer),
        choose: (request, answer) => this.#deliver(request, answer, request.dialog?.fingerprint),
        replace: ({ state }, { instructions, notes }) =>
          'deliveryId' in state && this.post.replaceBody(state.deliveryId, instructions, notes),
        cancelDelivery: (id, reason) => this.post.cancel(id, reason),
        archive: (request) => this.mailbox.archive(request),
        notify: (request, why) => this.on({ type: 'human-needed', request, why }),
        tellNotTyped: (request, answer, why) => {
          const isAwaited = this.sending.isAnswerAwaited(request.id);
          this.on({ type: 'answer-not-typed', request, by: answer.by, why, isAwaited });
        },
      },
      on: (news) => {
        if (news.type === 'request-changed') this.on(news);
        else
          this.say('warning', `request ${news.request.id}: ${news.what}: ${messageOf(news.fault)}; it is tried again`);
        this.changes.wake();
      },
    });
    this.opening = new Opening({
      config,
      clock,
      mint,
      journal,
      sight: this.sight,
      desk: this.desk,
      changes: this.changes,
    });
    this.asking = new Asking(
      config,
      {
        clock,
        onPath: (program) => findProgram(program, process.env.PATH, process.cwd()) !== null,
        livePane: () => this.controllerPane(),
        deliverTo: (pane, body, request) => this.#deliverToController(pane, body, request),
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

  /** An agent's own hook called. What it says is journaled, told, and a reason to look at once. */
  async heard(call: SignalCall): Promise<Heard> {
    const found = await this.hearing.hear(call);
    const { agent, kind, event } = call.signal;
    if (found.is === 'dropped') {
      this.on({ type: 'signal-dropped', agent, kind, event, reason: found.reason });
      return found;
    }
    const { paneId } = found.pane;
    this.on({ type: 'agent-signalled', paneId, agent, kind, event });
    this.sight.wake(paneId);
    this.onSignal(paneId);
    return found;
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

  async close(): Promise<void> {
    this.asking.close();
    await this.mailbox.close();
    await this.retention.close();
    await this.post.close();
    await this.tmux.close();
    this.journal.close();
  }

  /** Leftovers of a bridge that was killed: paste buffers with our prefix. */
  async tidy(): Promise<void> {
    await reapBuffers(this.tmux).catch(() => 0);
  }

  #deliver(request: Request, answer: Answer, dialog?: string): DeliveryId {
    const { dryRun } = this.config;
    const { instructions, notes, by } = answer;
    const key = request.dialog && optionNamed(request.dialog, instructions)?.key;
    const press = dialog === undefined ? {} : { press: key ?? 'Enter' };
    // a rule's notes end with the row that it is
    const who = by === 'rules' ? notes.split('\n').at(-1)! : by;
    if (dryRun) this.on({ type: 'would-send', request, text: instructions, by: who, ...press });
    return this.sending.answer(request, answer, {
      id: 'deliveryId' in request.state ? request.state.deliveryId : undefined,
      deadlineAt: dryRun ? systemClock.now() : null,
      ...(dialog === undefined ? {} : { dialog }),
    });
  }

  #deliverToController(pane: PaneFacts, body: string, request: Request): Promise<void> {
    const { controllerTimeoutMs: limit } = this.config;
    return this.sending.askPane(pane, body, request, limit > 0 ? systemClock.now() + limit : null);
  }

  #deliveryChanged(delivery: Delivery): void {
    this.on({ type: 'delivery-changed', delivery });
    if (delivery.state.is === 'acknowledged' && !this.#acknowledged.has(delivery.id)) {
      this.#acknowledged.add(delivery.id);
      const [oldest] = this.#acknowledged;
      if (this.#acknowledged.size > rememberedReceipts) this.#acknowledged.delete(oldest!);
      this.onSubmitted(delivery);
    }
    this.desk.deliveryChanged(delivery);
    if (delivery.dialog !== undefined && whyTurnPassed(delivery.state) !== null) this.onSubmitted(delivery);
    this.deadLetters.changed(delivery);
    const { envelope, state } = delivery;
    if (envelope.kind === 'request' && isEnded(state) && 'reason' in state) {
      const reason = `the request did not reach the controller pane for certain: ${state.reason}`;
      this.desk.controllerFailed(envelope.thread as RequestId, { is: 'unavailable', reason });
    }
    this.changes.wake();
  }
}
