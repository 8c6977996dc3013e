import { homedir } from 'node:os';
import { join } from 'node:path';
import { ActionLinks } from '../alerts/links.ts';
import type { Subscriptions } from '../alerts/subscriptions.ts';
import type { Config } from '../config/config-values.ts';
import type { Mailbox } from '../controllers/mailbox.ts';
import type { BridgeEvent, MailboxEvent, PublicEvent, ScreenEvent } from '../core/events.ts';
import { messageOf } from '../core/failure.ts';
import { asPaneId, type DeliveryId } from '../core/ids.ts';
import type { LoopLimits } from '../core/loop-guard.ts';
import { humanName } from '../core/member.ts';
import { isUnread } from '../core/message.ts';
import { labelOf, shownName } from '../core/names.ts';
import { addressKey, identityKey, type PaneAddress, placeIn } from '../core/pane.ts';
import type { Request } from '../core/request.ts';
import { steadyClock, systemClock } from '../host/clock.ts';
import { prepareHome } from '../host/home.ts';
import { Hosts } from '../host/hosts/hosts.ts';
import { minter } from '../host/mint.ts';
import { Ownership } from '../host/ownership.ts';
import { systemSource, workingFolder } from '../host/process-source.ts';
import { Journal } from '../journal/journal.ts';
import { DeadLetters } from '../messages/dead-letters.ts';
import type { DeliveryQueue } from '../messages/delivery-queue.ts';
import type { Directory } from '../messages/directory.ts';
import type { Membership } from '../messages/membership.ts';
import type { Messages } from '../messages/messages.ts';
import { type ProcessRef, Tokens } from '../messages/tokens.ts';
import type { HookReceiver, Received, SignalCall } from '../panes/hook-receiver.ts';
import type { Panes } from '../panes/panes.ts';
import { Alerts } from '../requests/alerts.ts';
import type { Requests } from '../requests/requests.ts';
import type { TmuxServer } from '../tmux/server.ts';
import type { TmuxServers } from '../tmux/servers.ts';
import { socketPathOf } from '../tmux/socket.ts';
import { reapBuffers } from '../tmux/typing.ts';
import { acceptAnswerFile } from './accept-answer-file.ts';
import { assembleDeliveries } from './assemble/deliveries.ts';
import { assembleDispatches } from './assemble/dispatches.ts';
import { assemblePanes } from './assemble/known-panes.ts';
import { assembleMailbox } from './assemble/mailbox.ts';
import { assembleMessages } from './assemble/messages.ts';
import { assembleRequests } from './assemble/requests.ts';
import { assembleReviver } from './assemble/reviver.ts';
import { Changes } from './changes.ts';
import { clampToClock } from './clock-steps.ts';
import { DeliveryOutcomes } from './delivery-outcomes.ts';
import type { Dispatches } from './dispatches.ts';
import { lateMailOf } from './late-mail.ts';
import { LiveControllers } from './live-controllers.ts';
import { MailViews } from './mail-views.ts';
import { RequestOpener } from './open-request.ts';
import { PaneActs } from './pane-acts.ts';
import { type BridgeClaims, bridgeClaims } from './pane-claims.ts';
import { placeEarlierPanes } from './placing.ts';
import { Projects } from './projects.ts';
import { subscriptionsOf } from './push.ts';
import { Retention } from './retention.ts';
import type { Reviver } from './revive.ts';
import { TextSender } from './send-text.ts';
import { withShownNames } from './shown-event.ts';
import { StartTurns } from './start-turns.ts';
import { Tickets } from './tickets.ts';
import { OwnerClaims } from './watching/owner-claims.ts';
import { nobodyWatches, type SeenWorker, type Watching } from './watching/watching.ts';

/** What goes through the list of listeners. What a screen shows is heard by the one who watches that pane. */
type Emitted = Exclude<BridgeEvent, ScreenEvent>;

type Listeners = {
  readonly [Type in Emitted['type']]?: ReadonlyArray<(event: Extract<Emitted, { type: Type }>) => void>;
};

/**
 * The bridge: its modules, joined in the order in which a datum passes them, and the one list of who listens to what. The
 * daemon watches with it; a command without a daemon uses it for one call.
 */
export class Bridge {
  readonly config: Config;
  readonly journal: Journal;
  /** where a corrupt journal was moved to at this start; null in every ordinary one */
  readonly setAside: string | null;
  /** which panes are this bridge's; a dry run has none, and needs none */
  readonly ownership: Ownership | null;
  /** the same on tmux servers, for bridges that do not share our table; null as `ownership` is */
  readonly ownerClaims: OwnerClaims | null;
  readonly #claims: BridgeClaims | null;
  readonly projects: Projects;
  readonly hosts: Hosts;
  readonly servers: TmuxServers;
  readonly panes: Panes;
  readonly hooks: HookReceiver;
  readonly controllers: LiveControllers;
  readonly deliveries: DeliveryQueue;
  readonly texts: TextSender;
  /** what agents do by hand in each other's panes */
  readonly acts: PaneActs;
  readonly mailbox: Mailbox;
  readonly alerts: Alerts;
  readonly dispatches: Dispatches;
  readonly requests: Requests;
  readonly opener: RequestOpener;
  readonly deadLetters: DeadLetters;
  /** who has a name, and what they write to each other */
  readonly directory: Directory;
  readonly membership: Membership;
  readonly messages: Messages;
  /** starts members anew; a dry run starts nobody */
  readonly reviver: Reviver | null;
  readonly tokens: Tokens;
  readonly tickets: Tickets;
  /** by which one request is answered from elsewhere, once */
  readonly links: ActionLinks;
  /** the browsers that are called */
  readonly subscriptions: Subscriptions;
  /** null in a dry run, which leaves no file */
  readonly mailViews: MailViews | null;
  readonly retention: Retention;
  readonly changes = new Changes(systemClock);
  /** how agents are started by people: one at a time */
  readonly starts = new StartTurns(steadyClock);
  readonly mint = minter(systemClock);
  #listeners: Listeners = {};
  readonly #subscribers = new Set<(event: PublicEvent) => void>();
  #watching: Watching = nobodyWatches;

  /** @param hooks.on hears what people are told, from the first moment on */
  static async open(config: Config, hooks: { on(event: PublicEvent): void }): Promise<Bridge> {
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
      bridge.membership.declare(
        config.members.map(({ enabled, envelope, ...said }) => ({
          ...said,
          ...(enabled !== undefined && { isEnabled: enabled }),
        })),
      );
      await bridge.servers.add(socketPathOf({ socket: config.socket, env: process.env }));
      const cancel = (id: string, reason: string) => void bridge.deliveries.cancel(id as DeliveryId, reason);
      await placeEarlierPanes({ journal, cancel, now: systemClock.now() });
      return bridge;
    } catch (fault) {
      journal.close();
      throw fault;
    }
  }

  private constructor(config: Config, on: (event: PublicEvent) => void, journal: Journal, setAside: string | null) {
    const clock = systemClock;
    const { changes } = this;
    const mint = () => this.mint<string>();
    const emit = (event: Emitted) => this.emit(event);
    this.config = config;
    this.journal = journal;
    this.setAside = setAside;
    this.#subscribers.add(on);
    this.ownership = config.dryRun ? null : new Ownership({ home: config.home, now: () => clock.now() });
    const { ownership } = this;
    this.projects = new Projects({
      config,
      memory: journal,
      now: () => clock.now(),
      userFolder: homedir(),
      folderOf: workingFolder,
      warn: (text) => this.say('warning', text),
    });
    const { projects } = this;
    this.hosts = new Hosts(config.hosts, steadyClock);
    const { hosts } = this;
    const known = assemblePanes({ home: config.home, clock, journal, projects, hosts, emit });
    const { servers, panes, hooks } = known;
    [this.servers, this.panes, this.hooks] = [servers, panes, hooks];
    this.controllers = new LiveControllers({ config, panes, servers });
    this.#claims = ownership && bridgeClaims({ home: config.home, ownership, clock });
    this.ownerClaims = this.#claims && new OwnerClaims(this.#claims, servers);
    const owning = ownership && { ownership, owners: this.ownerClaims!, writers: this.#claims!.writers };
    this.deliveries = assembleDeliveries({ clock, mint, journal, servers, panes, hooks, owning, emit });
    const { deliveries, controllers } = this;
    this.texts = new TextSender({
      ...{ clock, mint, journal, panes, changes },
      post: deliveries,
      waits: steadyClock,
      viaFor: (pane) => projects.configFor(pane).via,
      notifyFor: (pane) => servers.notifyFor(pane),
    });
    const { texts } = this;
    this.acts = new PaneActs({ clock, mint, journal, panes, post: deliveries, texts });
    this.mailbox = assembleMailbox({ config, clock, journal, emit });
    this.alerts = new Alerts({
      memory: journal,
      againAfterMs: config.notifyAgainAfterMs,
      call: (request, why) => emit({ type: 'human-needed', request, why }),
    });
    const requests = () => this.requests;
    const mailOf = (request: Request) => lateMailOf(this, request);
    this.dispatches = assembleDispatches({
      config,
      projects,
      servers,
      panes,
      controllers,
      texts,
      requests,
      mailOf,
      emit,
    });
    const { mailbox, alerts, dispatches } = this;
    const others = { dispatches, mailbox, alerts, texts, deliveries };
    this.requests = assembleRequests({ config, clock, mint, journal, projects, ...others, emit });
    this.deadLetters = new DeadLetters({
      memory: journal,
      isAwaited: (id) => texts.isAwaited(id),
      call: (delivery, why) => emit({ type: 'letter-stranded', delivery, why }),
    });
    const living = () => this.watchedMembers;
    const pages = { mailbox: config.dryRun ? null : this.mailbox };
    const queue = { config, limits: loopLimits(config), deliveries, ...pages };
    const members = assembleMessages({ clock, mint, journal, projects, living, ...queue, emit });
    [this.directory, this.membership, this.messages] = [members.directory, members.membership, members.messages];
    const opening = { projects, clock, mint, journal, panes, changes, directory: this.directory };
    this.opener = new RequestOpener({ ...opening, requests: this.requests });
    const isLiving = ({ pid, startedAt }: ProcessRef) => systemSource().read(pid)?.startedAt === startedAt;
    this.tokens = new Tokens({ memory: journal, clock, isLiving });
    this.tickets = new Tickets({ memory: journal });
    this.subscriptions = subscriptionsOf(config, journal, this.tokens);
    const lastsMs = (config.notify['links-last'] ?? 3_600) * 1_000;
    this.links = new ActionLinks({ memory: journal, clock, requestOf: (id) => journal.request(id), lastsMs });
    this.mailViews = config.dryRun
      ? null
      : new MailViews({ home: config.home, journal, clock, say: (text) => this.say('warning', text) });
    this.retention = new Retention({
      journal,
      home: config.home,
      // a dry run remembers nothing, and puts nothing away
      days: config.dryRun ? 0 : config.retentionDays,
      say: (text) => this.say('info', text),
    });
    this.reviver = config.dryRun
      ? null
      : assembleReviver({
          ...{ home: config.home, journal, panes, projects, servers, ...members },
          watched: living,
          hasExited: (seen) => this.hasExited(seen),
          membersChanged: () => this.membersChanged(),
          say: (level, text) => this.say(level, text),
        });
    this.#listeners = this.#whoListens();
  }

  /** Who listens to what, in this order. An event that is not listed is told, and that is all. */
  #whoListens(): Listeners {
    const { servers, panes, requests, deadLetters, mailbox, messages } = this;
    const emit = (event: PublicEvent) => this.#emit(event);
    const wake = () => this.changes.wake();
    const outcomes = new DeliveryOutcomes({ requests, arrived: (delivery) => this.#watching.arrived(delivery) });
    const accept = (event: MailboxEvent) =>
      acceptAnswerFile(event, requests, messages, (text) => this.say('warning', text));
    const putAway = ({ mail: { message, member, state } }: Extract<Emitted, { type: 'mail-changed' }>) => {
      const isDone = member === humanName && !isUnread(state);
      if (isDone && !this.config.dryRun) void mailbox.archiveMessage(message).catch(() => {});
    };
    return {
      output: [({ address, bytes }) => panes.noticeOutput(address, bytes, servers.isWatching(address))],
      missed: [({ address }) => panes.missed(address)],
      panes: [() => panes.forgetOthers(servers.listed), () => this.#watching.panesListed()],
      'clients-changed': [() => this.#watching.panesListed()],
      'server-gone': [(event) => this.#watching.serverGone(event)],
      'server-back': [(event) => this.#watching.serverBack(event)],
      'agent-signalled': [emit, (event) => panes.signalled(event)],
      'request-changed': [emit, wake, ({ request, what }) => what === 'request-opened' && messages.asked(request.pane)],
      'effect-failed': [
        ({ request, what, fault }) =>
          this.say('warning', `request ${request.id}: ${what}: ${messageOf(fault)}; it is tried again`),
        wake,
      ],
      'delivery-changed': [
        emit,
        ({ delivery }) => outcomes.changed(delivery),
        ({ delivery }) => deadLetters.changed(delivery),
        ({ delivery }) => outcomes.askFailed(delivery),
        ({ delivery }) => messages.deliveryChanged(delivery),
        wake,
      ],
      'message-sent': [
        emit,
        wake,
        ({ message }) => this.mailViews?.written(message.thread),
        () => this.mailViews?.logged(),
      ],
      'mail-changed': [emit, putAway, wake, () => this.mailViews?.logged()],
      'worker-found': [emit, (event) => this.memberSeen(event)],
      'worker-lost': [emit, (pane) => this.directory.lost(pane)],
      'attempt-failed': [
        ({ delivery, fault }) => this.say('warning', `delivery ${delivery.id}: ${messageOf(fault)}; it is tried again`),
      ],
      'answer-found': [accept],
      'arrival-found': [accept],
      'answer-held': [accept],
      'answer-grew': [accept],
      'page-edited': [accept],
      'answer-refused': [accept],
      'mailbox-problem': [accept],
    };
  }

  emit(event: Emitted): void {
    const listeners = this.#listeners[event.type] as ReadonlyArray<(event: Emitted) => void> | undefined;
    if (listeners === undefined) this.#emit(event as PublicEvent);
    else for (const listener of listeners) listener(event);
  }

  #emit(event: PublicEvent): void {
    const shown = withShownNames(event, (name) => this.shown(name));
    for (const listener of this.#subscribers) listener(shown);
  }

  /** Has `hear` told of everything that people are told, until what this returns is called. */
  listen(listener: (event: PublicEvent) => void): () => void {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  }

  say(level: 'info' | 'warning', text: string): void {
    this.emit({ type: 'said', level, text });
  }

  watchedBy(watching: Watching): void {
    this.#watching = watching;
  }

  /** Watches a server besides; a command watches none. @returns false where nobody watches, or it was watched already */
  watchAlso(socketPath: string, session: string | null): Promise<boolean> {
    return this.#watching.add(socketPath, session);
  }

  /** The workers that are watched; a command watches none. */
  get workers(): readonly SeenWorker[] {
    return this.#watching.workers;
  }

  /** The members that can get their mail; in a dry run nobody does. */
  get watchedMembers(): readonly SeenWorker[] {
    return this.config.dryRun ? [] : this.#watching.members;
  }

  /** Whether the agent in that watched pane has ended, and has left a shell behind. */
  hasExited({ identity }: SeenWorker): boolean {
    const key = identityKey(identity);
    const facts = this.servers.listed.find((pane) => identityKey(pane) === key);
    return identity.agentPid === null && facts !== undefined && this.panes.isBareShell(facts);
  }

  /** Has the panes of members watched from now on, and those that are nobody's any more no longer. */
  membersChanged(): Promise<void> {
    return this.#watching.membersChanged();
  }

  /** Their full names. */
  get workerNames(): readonly string[] {
    return this.#watching.workerNames;
  }

  /** A worker's name as people see it: its label, unless another worker has that too. */
  shown(name: string, known: Iterable<string> = this.workerNames): string {
    return shownName(name, known);
  }

  /** A pane is watched from now on: whose it is, hears of its mail. */
  memberSeen(pane: PaneAddress): void {
    const found = this.watchedMembers.find(({ identity }) => addressKey(identity) === addressKey(pane));
    if (found === undefined) return;
    const { name, project, identity } = found;
    // before its agent has started it belongs to no project, and its name is not its own yet
    const isNamed = project !== null && !isPaneName(name);
    if (isNamed || this.directory.at(identity)?.isJoined === true)
      this.messages.back(this.directory.seen(name, identity).name);
  }

  /** The server that the bridge, or the command, was started for. */
  get main(): TmuxServer {
    return this.servers.main;
  }

  /** An agent's own hook called. What it reports is journaled, told, and a reason to look at once. */
  async receiveHook(call: SignalCall): Promise<Received> {
    const found = await this.hooks.receive(call);
    const { agent, kind, event } = call.signal;
    if (found.is === 'dropped') this.emit({ type: 'signal-dropped', agent, kind, event, reason: found.reason });
    else this.emit({ type: 'agent-signalled', ...placeIn(found.pane), agent, kind, event });
    return found;
  }

  async close(): Promise<void> {
    this.requests.close();
    await this.reviver?.close();
    this.dispatches.close();
    await this.mailbox.close();
    await this.mailViews?.close();
    await this.retention.close();
    await this.deliveries.close();
    await this.ownerClaims?.close();
    await this.#claims?.writers.close();
    await this.servers.close();
    await this.hosts.close();
    this.journal.close();
    this.ownership?.close();
  }

  /** Leftovers of a bridge that was killed: paste buffers with our prefix. */
  async tidy(): Promise<void> {
    const there = this.servers.all.filter((server) => server.host === undefined || server.isUp);
    await Promise.all(there.map((server) => reapBuffers(server).catch(() => 0)));
  }
}

function loopLimits(config: Config): LoopLimits {
  const { messageHops, messageRounds, threadMessages, memberMessages } = config;
  return { hops: messageHops, rounds: messageRounds, threadPerHour: threadMessages, memberPerHour: memberMessages };
}

/** A pane without a label is called by its id, which another pane has tomorrow. */
function isPaneName(name: string): boolean {
  return asPaneId(labelOf(name)) !== null;
}
