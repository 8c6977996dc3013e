import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { processNames } from '../agent-programs/index.ts';
import type { Config } from '../config/config-values.ts';
import { Mailbox } from '../controllers/mailbox.ts';
import { optionNamed } from '../core/choice.ts';
import { isEnded } from '../core/delivery-machine.ts';
import { type Delivery, sawDialogEnd, whyTurnPassed } from '../core/envelope.ts';
import { messageOf } from '../core/failure.ts';
import type { DeliveryId, RequestId } from '../core/ids.ts';
import { shownName } from '../core/names.ts';
import { type PaneAddress, type PaneFacts, placeIn, sameServer } from '../core/pane.ts';
import { type Answer, isOpen, type Request } from '../core/request.ts';
import { Courier } from '../delivery/courier.ts';
import { comingsTo } from '../host/attach-lock.ts';
import { steadyClock, systemClock } from '../host/clock.ts';
import { prepareHome } from '../host/home.ts';
import { minter } from '../host/mint.ts';
import { Ownership } from '../host/ownership.ts';
import { PaneLocks } from '../host/pane-locks.ts';
import { ProgramGround } from '../host/process-files.ts';
import { workingFolder } from '../host/process-source.ts';
import { ProcessTree } from '../host/process-tree.ts';
import { GroupCommit } from '../journal/group-commit.ts';
import { Journal } from '../journal/journal.ts';
import { findProgram } from '../launch/programs.ts';
import { DeadLetters } from '../messages/dead-letters.ts';
import { PostOffice } from '../messages/delivery-queue.ts';
import { nativeInputIo } from '../native-input/io.ts';
import { NativeInputs } from '../native-input/native-inputs.ts';
import { type Heard, Hearing, type SignalCall } from '../panes/hook-receiver.ts';
import { Sight } from '../panes/panes.ts';
import { Calling } from '../requests/alerts.ts';
import type { Perform } from '../requests/effects.ts';
import { Desk } from '../requests/requests.ts';
import { TmuxError } from '../tmux/commands.ts';
import { oncePerPane } from '../tmux/facts.ts';
import type { TmuxServer } from '../tmux/server.ts';
import { type ServersEvent, TmuxServers } from '../tmux/servers.ts';
import { socketPathOf } from '../tmux/socket.ts';
import { leaveMode, paste, press, reapBuffers } from '../tmux/typing.ts';
import { takeIn } from './accept-answer-file.ts';
import { Changes } from './changes.ts';
import { clampToClock } from './clock-steps.ts';
import type { World } from './dispatch.ts';
import { Askings } from './dispatches.ts';
import { dryPerform } from './dry-run.ts';
import { type BridgeEvent, withShownNames } from './events.ts';
import { Opening } from './open-request.ts';
import { placeEarlierPanes } from './placing.ts';
import { Projects } from './projects.ts';
import { Retention } from './retention.ts';
import { Sending } from './send-text.ts';
import { taking } from './watching/owned-panes.ts';

/** A change that is told again comes long before this many others. */
const rememberedReceipts = 1_000;

/** The rooms, joined in flow order. The daemon watches through them; a command without a daemon uses them for one verb. */
export class Rooms {
  readonly config: Config;
  readonly journal: Journal;
  /** where a corrupt journal was moved to at this start; null in every ordinary one */
  readonly setAside: string | null;
  /** which panes are this bridge's; a dry run has none, and needs none */
  readonly ownership: Ownership | null;
  readonly servers: TmuxServers;
  readonly sight: Sight;
  readonly hearing: Hearing;
  readonly desk: Desk;
  readonly post: PostOffice;
  readonly mailbox: Mailbox;
  readonly askings: Askings;
  readonly projects: Projects;
  readonly sending: Sending;
  readonly opening: Opening;
  readonly calling: Calling;
  readonly deadLetters: DeadLetters;
  readonly retention: Retention;
  readonly changes = new Changes(systemClock);
  readonly mint = minter(systemClock);
  readonly on: (event: BridgeEvent) => void;
  /** the full names of the workers that are watched; a command watches none */
  workerNames: () => readonly string[] = () => [];
  /** the daemon's watch listens here for what tmux says */
  onTmux: (event: ServersEvent) => void = () => {};
  /** the daemon's watch listens here for inputs that are known to have arrived, and for choices whose dialog had gone */
  onSubmitted: (delivery: Delivery) => void = () => {};
  /** a change is told at least once, again soon after where at all; an input is noted exactly once */
  readonly #acknowledged = new Set<DeliveryId>();
  readonly #listeners = new Set<(event: BridgeEvent) => void>();

  static async open(config: Config, hooks: { on(event: BridgeEvent): void }): Promise<Rooms> {
    prepareHome(config.home);
    const path = config.dryRun ? ':memory:' : join(config.home, 'bridge.db');
    const { journal, setAside } = Journal.open(path, { now: systemClock.now() });
    try {
      clampToClock(journal, systemClock.now());
      const rooms = new Rooms(config, hooks.on, journal, setAside);
      if (setAside !== null) {
        rooms.say(
          'warning',
          `the journal could not be read and is set aside as ${setAside}; what is on the screens now goes to you, not to a controller`,
        );
      }
      await rooms.servers.add(socketPathOf({ socket: config.socket, env: process.env }));
      const cancel = (id: string, reason: string) => void rooms.post.cancel(id as DeliveryId, reason);
      await placeEarlierPanes({ journal, cancel, now: systemClock.now() });
      return rooms;
    } catch (fault) {
      journal.close();
      throw fault;
    }
  }

  private constructor(config: Config, on: (event: BridgeEvent) => void, journal: Journal, setAside: string | null) {
    this.config = config;
    this.on = (event) => {
      const shown = withShownNames(event, (name) => this.shown(name));
      on(shown);
      for (const hear of this.#listeners) hear(shown);
    };
    this.journal = journal;
    this.setAside = setAside;
    const clock = systemClock;
    this.ownership = config.dryRun ? null : new Ownership({ home: config.home, now: () => clock.now() });
    this.servers = new TmuxServers({
      clock: steadyClock,
      aloneAt: (socketPath) => {
        const turnstile = comingsTo(socketPath, steadyClock);
        return (work) => turnstile.pass(work);
      },
      pidFileFor: (socketPath) => join(config.home, clientsFile(socketPath)),
      onEvent: (event) => {
        if (event.type === 'output') this.sight.rang(event.address, event.bytes, this.servers.hears(event.address));
        else if (event.type === 'missed') this.sight.missed(event.address);
        else if (event.type === 'panes') this.sight.forgetOthers(this.servers.listed);
        this.onTmux(event);
      },
    });
    this.projects = new Projects({
      config,
      memory: journal,
      now: () => clock.now(),
      userFolder: homedir(),
      folderOf: workingFolder,
      warn: (text) => this.say('warning', text),
    });
    this.hearing = new Hearing({
      clock,
      aheadMs: () => clock.aheadMs,
      panes: () => this.sight.panes(),
      identify: (facts) => this.sight.identify(facts),
      record: (event) => journal.record(event),
    });
    this.sight = new Sight({
      servers: this.servers,
      processes: new ProcessTree(processNames),
      clock,
      choiceFor: (pane) => {
        const { agent, agents } = this.projects.configFor(pane);
        return { agent, agents };
      },
      wordOf: (identity) => this.hearing.wordOf(identity),
    });
    const commits = new GroupCommit(journal);
    const courier = new Courier({
      hands: {
        look: (pane) => this.sight.look(pane),
        paste: (pane, text, condition, how) =>
          paste(this.#tmuxOf(pane), pane.paneId, text, { ...condition, server: pane.server }, how),
        press: (pane, keys, condition) =>
          press(this.#tmuxOf(pane), pane.paneId, keys, { ...condition, server: pane.server }),
        leaveMode: (pane) => leaveMode(this.#tmuxOf(pane), pane),
        rings: (pane) => this.sight.rings(pane),
        nextRing: (pane, limitMs, after) => this.sight.nextRing(pane, limitMs, after),
      },
      eyes: {
        manner: (agent, pane) => this.sight.manner(agent, pane),
        read: (snapshot, agent) => this.sight.readAs(snapshot, agent),
      },
      locks: new PaneLocks(),
      ...(this.ownership === null ? {} : { owners: taking(this.ownership) }),
      memory: {
        saveDelivery: (delivery, event) => journal.saveDelivery(delivery, event),
        commit: (work) => commits.commit(work),
      },
      clock,
      doors: new NativeInputs({ ground: new ProgramGround(), clock: steadyClock, io: nativeInputIo(steadyClock) }),
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
      clock: steadyClock,
      fileTime: () => clock.now() + clock.aheadMs,
      split: config.splitResponse,
      state: (id) => {
        const request = journal.request(id);
        if (request === null) return journal.archived(id) === null ? 'unknown' : 'ended';
        return isOpen(request) ? 'open' : 'ended';
      },
      resolve: (end) => {
        const named = (requests: readonly Request[]) => requests.filter(({ id }) => id.endsWith(end));
        const open = named(journal.requests({ open: true }));
        const [first, ...others] = open.length > 0 ? open : named(journal.requests());
        return others.length > 0 ? 'several' : (first?.id ?? null);
      },
      memory: journal,
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
      waits: steadyClock,
      mint,
      journal,
      sight: this.sight,
      post: this.post,
      viaFor: (pane) => this.projects.configFor(pane).via,
      changes: this.changes,
      ringFor: (pane) => this.servers.ringFor(pane),
    });
    this.deadLetters = new DeadLetters({
      memory: journal,
      isAwaited: (id) => this.sending.isAwaited(id),
      call: (delivery, why) => this.on({ type: 'letter-stranded', delivery, why }),
    });
    const perform: Perform = {
      ask: (request) => this.askings.ask(request),
      cancelAsk: (request) => this.askings.cancel(request.id),
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
    };
    this.desk = new Desk({
      memory: journal,
      clock,
      mint: () => this.mint(),
      settingsFor: ({ pane }) => {
        const { config, rules } = this.projects.settingsFor(pane);
        const limits = {
          answersPerHour: config.answersPerHour,
          consecutive: config.consecutiveAnswers,
          perDay: config.answersPerDay,
        };
        return { rules, limits, defaultTo: config.mode === 'manual' ? 'human' : 'controller' };
      },
      perform: config.dryRun ? dryPerform(perform, this.on) : perform,
      on: (news) => {
        if (news.type === 'request-changed') this.on(news);
        else
          this.say('warning', `request ${news.request.id}: ${news.what}: ${messageOf(news.fault)}; it is tried again`);
        this.changes.wake();
      },
    });
    this.opening = new Opening({
      projects: this.projects,
      clock,
      mint,
      journal,
      sight: this.sight,
      desk: this.desk,
      changes: this.changes,
    });
    this.askings = new Askings({
      base: config,
      configFor: ({ pane }) => this.projects.configFor(pane),
      isMain: (server) => this.servers.at(server) === this.main,
      worldAt: (server) => this.#askingAt(server),
      verdict: {
        answered: (request, answer) => this.desk.answer(request.id, answer),
        failed: (request, failure) => this.desk.controllerFailed(request.id, failure),
      },
    });
  }

  /** A worker's name as people see it: its label, unless another worker has that too. */
  shown(name: string, known: Iterable<string> = this.workerNames()): string {
    return shownName(name, known);
  }

  /** Watches a server besides; a command watches none. @returns false where nobody watches, or it was watched already */
  watchAlso: (socketPath: string, session: string | null) => Promise<boolean> = async () => false;

  /** Has `hear` told of every event, until what this returns is called. */
  listen(hear: (event: BridgeEvent) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  /** The server that the bridge, or the command, was started for. */
  get main(): TmuxServer {
    return this.servers.all[0]!;
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
    this.on({ type: 'agent-signalled', ...placeIn(found.pane), agent, kind, event });
    this.sight.signalled(found.pane);
    return found;
  }

  /** The live controller agent's pane among those of one server: `--controller-pane`, or labelled "controller"; null when there is none. */
  async controllerAmong(panes: readonly PaneFacts[], session: string | null): Promise<PaneFacts | null> {
    if (this.config.controllerPane !== null) return this.sight.resolve(this.config.controllerPane, session, panes);
    const labelled = panes.filter((pane) => pane.label === 'controller' && this.sight.programOf(pane) !== null);
    const near = oncePerPane(labelled.filter((pane) => session === null || pane.sessionName === session));
    return near.length === 1 ? near[0]! : null;
  }

  /** The same on one server; null: the main one. */
  async controllerAt(at: Pick<PaneAddress, 'host' | 'server'> | null): Promise<PaneFacts | null> {
    const main = this.main.server;
    const server = at ?? main;
    const isMain = server === main || (main !== null && server !== null && sameServer(server, main));
    const panes = (await this.sight.panes()).filter((pane) => server !== null && sameServer(pane, server));
    return this.controllerAmong(panes, isMain ? this.config.session : null);
  }

  async close(): Promise<void> {
    this.desk.close();
    this.askings.close();
    await this.mailbox.close();
    await this.retention.close();
    await this.post.close();
    await this.servers.close();
    this.journal.close();
    this.ownership?.close();
  }

  /** Leftovers of a bridge that was killed: paste buffers with our prefix. */
  async tidy(): Promise<void> {
    await Promise.all(this.servers.all.map((server) => reapBuffers(server).catch(() => 0)));
  }

  /** @param at the server whose live controller is meant; null: the main one */
  #askingAt(at: Pick<PaneAddress, 'host' | 'server'> | null): World {
    const { config } = this;
    return {
      clock: steadyClock,
      onPath: (program) => findProgram(program, process.env.PATH, process.cwd()) !== null,
      livePane: () => this.controllerAt(at),
      deliverTo: (pane, body, request) => this.#deliverToController(pane, body, request),
      folderOf: async (request) =>
        request.project ?? (await this.sight.facts(request.pane))?.currentPath ?? config.home,
      say: (level, text) => this.say(level, text),
      replied: (request, by, text) => this.on({ type: 'controller-replied', request, by, text }),
      wouldAsk: (request, controller) => this.on({ type: 'would-ask', request, controller }),
    };
  }

  /** @throws TmuxError where the pane's own server is not there: no other one gets what was meant for it */
  #tmuxOf(pane: PaneAddress): TmuxServer {
    const server = this.servers.at(pane);
    if (server === null) throw new TmuxError('error', pane.paneId, 'its tmux server is gone');
    return server;
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
      // a choice ends its request itself; keys belong to none, and the one about their dialog is over
      if (delivery.envelope.kind === 'keys' && sawDialogEnd(delivery)) {
        this.desk.dialogEnded(delivery.recipient, delivery.dialog!);
      }
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

/** One file for each way to a server. */
function clientsFile(socketPath: string): string {
  return `tmux-clients-${createHash('sha256').update(socketPath).digest('hex').slice(0, 12)}.json`;
}
