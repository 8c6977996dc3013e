import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { processNames } from '../agent-programs/index.ts';
import type { Config } from '../config/config-values.ts';
import { Mailbox } from '../controllers/mailbox.ts';
import { optionNamed } from '../core/choice.ts';
import { isEnded } from '../core/delivery-machine.ts';
import { type Delivery, sawDialogEnd, whyTurnPassed } from '../core/envelope.ts';
import type { TmuxEvent, ToldEvent } from '../core/events.ts';
import { messageOf } from '../core/failure.ts';
import type { DeliveryId, RequestId } from '../core/ids.ts';
import { shownName } from '../core/names.ts';
import { type PaneAddress, type PaneFacts, placeIn, sameServer } from '../core/pane.ts';
import { type Answer, isOpen, type Request } from '../core/request.ts';
import { Courier } from '../delivery/courier.ts';
import { attachLockFor } from '../host/attach-lock.ts';
import { steadyClock, systemClock } from '../host/clock.ts';
import { prepareHome } from '../host/home.ts';
import { minter } from '../host/mint.ts';
import { Ownership } from '../host/ownership.ts';
import { PaneLocks } from '../host/pane-locks.ts';
import { ProcessFiles } from '../host/process-files.ts';
import { workingFolder } from '../host/process-source.ts';
import { ProcessTree } from '../host/process-tree.ts';
import { GroupCommit } from '../journal/group-commit.ts';
import { Journal } from '../journal/journal.ts';
import { findProgram } from '../launch/programs.ts';
import { DeadLetters } from '../messages/dead-letters.ts';
import { DeliveryQueue } from '../messages/delivery-queue.ts';
import { nativeInputIo } from '../native-input/io.ts';
import { NativeInputs } from '../native-input/native-inputs.ts';
import { HookReceiver, type Received, type SignalCall } from '../panes/hook-receiver.ts';
import { Panes } from '../panes/panes.ts';
import { Alerts } from '../requests/alerts.ts';
import type { RequestEffects } from '../requests/effects.ts';
import { Requests } from '../requests/requests.ts';
import { TmuxError } from '../tmux/commands.ts';
import { oncePerPane } from '../tmux/facts.ts';
import type { TmuxServer } from '../tmux/server.ts';
import { TmuxServers } from '../tmux/servers.ts';
import { socketPathOf } from '../tmux/socket.ts';
import { leaveMode, paste, press, reapBuffers } from '../tmux/typing.ts';
import { acceptAnswerFile } from './accept-answer-file.ts';
import { Changes } from './changes.ts';
import { clampToClock } from './clock-steps.ts';
import type { DispatchParts } from './dispatch.ts';
import { Dispatches } from './dispatches.ts';
import { dryEffects } from './dry-run.ts';
import { withShownNames } from './events.ts';
import { RequestOpener } from './open-request.ts';
import { placeEarlierPanes } from './placing.ts';
import { Projects } from './projects.ts';
import { Retention } from './retention.ts';
import { TextSender } from './send-text.ts';
import { taking } from './watching/owned-panes.ts';

/** A change that is told again comes long before this many others. */
const rememberedReceipts = 1_000;

/** The bridge, joined in flow order. The daemon watches through them; a command without a daemon uses them for one verb. */
export class Bridge {
  readonly config: Config;
  readonly journal: Journal;
  /** where a corrupt journal was moved to at this start; null in every ordinary one */
  readonly setAside: string | null;
  /** which panes are this bridge's; a dry run has none, and needs none */
  readonly ownership: Ownership | null;
  readonly servers: TmuxServers;
  readonly panes: Panes;
  readonly hooks: HookReceiver;
  readonly requests: Requests;
  readonly deliveries: DeliveryQueue;
  readonly mailbox: Mailbox;
  readonly dispatches: Dispatches;
  readonly projects: Projects;
  readonly texts: TextSender;
  readonly opener: RequestOpener;
  readonly alerts: Alerts;
  readonly deadLetters: DeadLetters;
  readonly retention: Retention;
  readonly changes = new Changes(systemClock);
  readonly mint = minter(systemClock);
  readonly on: (event: ToldEvent) => void;
  /** the full names of the workers that are watched; a command watches none */
  workerNames: () => readonly string[] = () => [];
  /** the daemon's watch listens here for what tmux says */
  onTmux: (event: TmuxEvent) => void = () => {};
  /** the daemon's watch listens here for inputs that are known to have arrived, and for choices whose dialog had gone */
  onSubmitted: (delivery: Delivery) => void = () => {};
  /** a change is told at least once, again soon after where at all; an input is noted exactly once */
  readonly #acknowledged = new Set<DeliveryId>();
  readonly #listeners = new Set<(event: ToldEvent) => void>();

  static async open(config: Config, hooks: { on(event: ToldEvent): void }): Promise<Bridge> {
    prepareHome(config.home);
    const path = config.dryRun ? ':memory:' : join(config.home, 'bridge.db');
    const { journal, setAside } = Journal.open(path, { now: systemClock.now() });
    try {
      clampToClock(journal, systemClock.now());
      const bridge = new Bridge(config, hooks.on, journal, setAside);
      if (setAside !== null) {
        bridge.say(
          'warning',
          `the journal could not be read and is set aside as ${setAside}; what is on the screens now goes to you, not to a controller`,
        );
      }
      await bridge.servers.add(socketPathOf({ socket: config.socket, env: process.env }));
      const cancel = (id: string, reason: string) => void bridge.deliveries.cancel(id as DeliveryId, reason);
      await placeEarlierPanes({ journal, cancel, now: systemClock.now() });
      return bridge;
    } catch (fault) {
      journal.close();
      throw fault;
    }
  }

  private constructor(config: Config, on: (event: ToldEvent) => void, journal: Journal, setAside: string | null) {
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
        const turnstile = attachLockFor(socketPath, steadyClock);
        return (work) => turnstile.pass(work);
      },
      pidFileFor: (socketPath) => join(config.home, clientsFile(socketPath)),
      onEvent: (event) => {
        if (event.type === 'output') this.panes.rang(event.address, event.bytes, this.servers.hears(event.address));
        else if (event.type === 'missed') this.panes.missed(event.address);
        else if (event.type === 'panes') this.panes.forgetOthers(this.servers.listed);
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
    this.hooks = new HookReceiver({
      clock,
      aheadMs: () => clock.aheadMs,
      panes: () => this.panes.list(),
      identify: (facts) => this.panes.identify(facts),
      record: (event) => journal.record(event),
    });
    this.panes = new Panes({
      servers: this.servers,
      processes: new ProcessTree(processNames),
      clock,
      choiceFor: (pane) => {
        const { agent, agents } = this.projects.configFor(pane);
        return { agent, agents };
      },
      wordOf: (identity) => this.hooks.stateOf(identity),
    });
    const commits = new GroupCommit(journal);
    const courier = new Courier({
      hands: {
        look: (pane) => this.panes.look(pane),
        paste: (pane, text, condition, how) =>
          paste(this.#tmuxOf(pane), pane.paneId, text, { ...condition, server: pane.server }, how),
        press: (pane, keys, condition) =>
          press(this.#tmuxOf(pane), pane.paneId, keys, { ...condition, server: pane.server }),
        leaveMode: (pane) => leaveMode(this.#tmuxOf(pane), pane),
        rings: (pane) => this.panes.rings(pane),
        nextRing: (pane, limitMs, after) => this.panes.nextRing(pane, limitMs, after),
      },
      eyes: {
        manner: (agent, pane) => this.panes.manner(agent, pane),
        read: (snapshot, agent) => this.panes.readAs(snapshot, agent),
      },
      locks: new PaneLocks(),
      ...(this.ownership === null ? {} : { owners: taking(this.ownership) }),
      memory: {
        saveDelivery: (delivery, event) => journal.saveDelivery(delivery, event),
        commit: (work) => commits.commit(work),
      },
      clock,
      doors: new NativeInputs({ ground: new ProcessFiles(), clock: steadyClock, io: nativeInputIo(steadyClock) }),
      word: {
        took: (identity, text, since) => this.hooks.took(identity, text, since),
        asks: (identity) => this.hooks.asks(identity),
      },
    });
    this.deliveries = new DeliveryQueue({
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
      on: (event) => acceptAnswerFile(event, this.requests, (text) => this.say('warning', text)),
    });
    this.alerts = new Alerts({
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
    this.texts = new TextSender({
      clock,
      waits: steadyClock,
      mint,
      journal,
      panes: this.panes,
      post: this.deliveries,
      viaFor: (pane) => this.projects.configFor(pane).via,
      changes: this.changes,
      ringFor: (pane) => this.servers.ringFor(pane),
    });
    this.deadLetters = new DeadLetters({
      memory: journal,
      isAwaited: (id) => this.texts.isAwaited(id),
      call: (delivery, why) => this.on({ type: 'letter-stranded', delivery, why }),
    });
    const perform: RequestEffects = {
      ask: (request) => this.dispatches.ask(request),
      cancelAsk: (request) => this.dispatches.cancel(request.id),
      publish: (request, why) => {
        this.alerts.needed(request, why, clock.now());
        return this.mailbox.publish(request, why);
      },
      deliver: (request, answer) => this.#deliver(request, answer),
      choose: (request, answer) => this.#deliver(request, answer, request.dialog?.fingerprint),
      replace: ({ state }, { instructions, notes }) =>
        'deliveryId' in state && this.deliveries.replaceBody(state.deliveryId, instructions, notes),
      cancelDelivery: (id, reason) => this.deliveries.cancel(id, reason),
      archive: (request) => this.mailbox.archive(request),
      notify: (request, why) => this.on({ type: 'human-needed', request, why }),
      tellNotTyped: (request, answer, why) => {
        const isAwaited = this.texts.isAnswerAwaited(request.id);
        this.on({ type: 'answer-not-typed', request, by: answer.by, why, isAwaited });
      },
    };
    this.requests = new Requests({
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
      perform: config.dryRun ? dryEffects(perform, this.on) : perform,
      on: (news) => {
        if (news.type === 'request-changed') this.on(news);
        else
          this.say('warning', `request ${news.request.id}: ${news.what}: ${messageOf(news.fault)}; it is tried again`);
        this.changes.wake();
      },
    });
    this.opener = new RequestOpener({
      projects: this.projects,
      clock,
      mint,
      journal,
      panes: this.panes,
      requests: this.requests,
      changes: this.changes,
    });
    this.dispatches = new Dispatches({
      base: config,
      configFor: ({ pane }) => this.projects.configFor(pane),
      isMain: (server) => this.servers.at(server) === this.main,
      worldAt: (server) => this.#askingAt(server),
      verdict: {
        answered: (request, answer) => this.requests.answer(request.id, answer),
        failed: (request, failure) => this.requests.controllerFailed(request.id, failure),
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
  listen(hear: (event: ToldEvent) => void): () => void {
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
  async receiveHook(call: SignalCall): Promise<Received> {
    const found = await this.hooks.receive(call);
    const { agent, kind, event } = call.signal;
    if (found.is === 'dropped') {
      this.on({ type: 'signal-dropped', agent, kind, event, reason: found.reason });
      return found;
    }
    this.on({ type: 'agent-signalled', ...placeIn(found.pane), agent, kind, event });
    this.panes.signalled(found.pane);
    return found;
  }

  /** The live controller agent's pane among those of one server: `--controller-pane`, or labelled "controller"; null when there is none. */
  async controllerAmong(panes: readonly PaneFacts[], session: string | null): Promise<PaneFacts | null> {
    if (this.config.controllerPane !== null) return this.panes.resolve(this.config.controllerPane, session, panes);
    const labelled = panes.filter((pane) => pane.label === 'controller' && this.panes.programOf(pane) !== null);
    const near = oncePerPane(labelled.filter((pane) => session === null || pane.sessionName === session));
    return near.length === 1 ? near[0]! : null;
  }

  /** The same on one server; null: the main one. */
  async controllerAt(at: Pick<PaneAddress, 'host' | 'server'> | null): Promise<PaneFacts | null> {
    const main = this.main.server;
    const server = at ?? main;
    const isMain = server === main || (main !== null && server !== null && sameServer(server, main));
    const panes = (await this.panes.list()).filter((pane) => server !== null && sameServer(pane, server));
    return this.controllerAmong(panes, isMain ? this.config.session : null);
  }

  async close(): Promise<void> {
    this.requests.close();
    this.dispatches.close();
    await this.mailbox.close();
    await this.retention.close();
    await this.deliveries.close();
    await this.servers.close();
    this.journal.close();
    this.ownership?.close();
  }

  /** Leftovers of a bridge that was killed: paste buffers with our prefix. */
  async tidy(): Promise<void> {
    await Promise.all(this.servers.all.map((server) => reapBuffers(server).catch(() => 0)));
  }

  /** @param at the server whose live controller is meant; null: the main one */
  #askingAt(at: Pick<PaneAddress, 'host' | 'server'> | null): DispatchParts {
    const { config } = this;
    return {
      clock: steadyClock,
      onPath: (program) => findProgram(program, process.env.PATH, process.cwd()) !== null,
      livePane: () => this.controllerAt(at),
      deliverTo: (pane, body, request) => this.#deliverToController(pane, body, request),
      folderOf: async (request) =>
        request.project ?? (await this.panes.facts(request.pane))?.currentPath ?? config.home,
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
    return this.texts.answer(request, answer, {
      id: 'deliveryId' in request.state ? request.state.deliveryId : undefined,
      deadlineAt: dryRun ? systemClock.now() : null,
      ...(dialog === undefined ? {} : { dialog }),
    });
  }

  #deliverToController(pane: PaneFacts, body: string, request: Request): Promise<void> {
    const { controllerTimeoutMs: limit } = this.config;
    return this.texts.askPane(pane, body, request, limit > 0 ? systemClock.now() + limit : null);
  }

  #deliveryChanged(delivery: Delivery): void {
    this.on({ type: 'delivery-changed', delivery });
    if (delivery.state.is === 'acknowledged' && !this.#acknowledged.has(delivery.id)) {
      this.#acknowledged.add(delivery.id);
      // a choice ends its request itself; keys belong to none, and the one about their dialog is over
      if (delivery.envelope.kind === 'keys' && sawDialogEnd(delivery)) {
        this.requests.dialogEnded(delivery.recipient, delivery.dialog!);
      }
      const [oldest] = this.#acknowledged;
      if (this.#acknowledged.size > rememberedReceipts) this.#acknowledged.delete(oldest!);
      this.onSubmitted(delivery);
    }
    this.requests.deliveryChanged(delivery);
    if (delivery.dialog !== undefined && whyTurnPassed(delivery.state) !== null) this.onSubmitted(delivery);
    this.deadLetters.changed(delivery);
    const { envelope, state } = delivery;
    if (envelope.kind === 'request' && isEnded(state) && 'reason' in state) {
      const reason = `the request did not reach the controller pane for certain: ${state.reason}`;
      this.requests.controllerFailed(envelope.thread as RequestId, { is: 'unavailable', reason });
    }
    this.changes.wake();
  }
}

/** One file for each way to a server. */
function clientsFile(socketPath: string): string {
  return `tmux-clients-${createHash('sha256').update(socketPath).digest('hex').slice(0, 12)}.json`;
}
