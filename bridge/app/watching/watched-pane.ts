import type { AgentProgram } from '../../agent-programs/agent-program.ts';
import type { Detection } from '../../core/detection.ts';
import { type Delivery, sawDialogEnd, whyTurnPassed } from '../../core/envelope.ts';
import type { ScreenEvent } from '../../core/events.ts';
import { messageOf } from '../../core/failure.ts';
import type { PaneId, TurnId } from '../../core/ids.ts';
import {
  identityKey,
  isTooSmall,
  type ListedPane,
  type PaneIdentity,
  placeIn,
  type Snapshot,
  sameAgent,
  tooSmallInWords,
} from '../../core/pane.ts';
import { because, isReady, type Reading } from '../../core/reading.ts';
import { markTurn, type TurnMark } from '../../core/turn-mark.ts';
import { systemClock } from '../../host/clock.ts';
import { hookStateStandsMs } from '../../screen/hook-state.ts';
import { PaneWatcher, type WatcherMemory } from '../../screen/watcher.ts';
import type { Bridge } from '../bridge.ts';
import { DialogAlert } from './dialog-alert.ts';
import { DialogWatch } from './dialog-watch.ts';
import type { SeenWorker } from './watching.ts';
import type { Role, Wanted } from './workers.ts';

const journalLost = 'the journal was lost: this may have been answered before';

type Needed = Pick<
  Bridge,
  | 'deliveries'
  | 'directory'
  | 'dispatches'
  | 'emit'
  | 'journal'
  | 'messages'
  | 'opener'
  | 'ownership'
  | 'panes'
  | 'projects'
  | 'requests'
  | 'say'
  | 'setAside'
  | 'shown'
>;

/** One watched pane: its watcher, and where what that sees is carried. */
export class WatchedPane {
  readonly name: string;
  readonly role: Role;
  readonly identity: PaneIdentity;
  readonly program: string;
  readonly watcher: PaneWatcher;
  readonly #bridge: Needed;
  readonly #hooks: { broke(reason: string): void; replaced(): void };
  readonly #dialogs: DialogWatch;
  readonly #alert: DialogAlert;
  #snapshot: Snapshot;
  #reading: Reading | null = null;
  /** why what is on the screen at the first look goes to the human: after the journal was lost, for one */
  #distrust: string | null;
  /** the inputs that were seen first: a turn that one of them opened was there before us */
  #firstInputs: string | null = null;
  /** when the last turn began, a person last pressed a key here, and something of ours was last seen to arrive, by `systemClock` */
  #turnBeganAt = 0;
  #lastHumanKeyAt = 0;
  #arrivedAt = 0;
  #said = '';
  #stateSince: number;
  #isSmall = false;
  #cancelSecondLook: () => void = () => {};
  readonly #stopListening: () => void;
  /** what the list of panes said of it last: where that changed without output, somebody must look */
  #listed: string;
  #listedAs: ListedPane;
  /** what was listed when its processes were looked at last, and the same agent was there */
  #stillOf: ListedPane | null = null;

  /** @param hooks.broke what it saw could not be journaled; @param hooks.replaced another agent runs in the pane */
  constructor(
    bridge: Needed,
    { facts, name, role, distrust }: Wanted,
    snapshot: Snapshot,
    program: AgentProgram,
    hooks: { broke(reason: string): void; replaced(): void },
  ) {
    this.name = name;
    this.role = role;
    this.identity = snapshot.identity;
    this.program = program.name;
    this.#bridge = bridge;
    this.#hooks = hooks;
    this.#snapshot = snapshot;
    this.#distrust = bridge.setAside === null ? (distrust ?? null) : journalLost;
    this.#listed = listing(facts);
    this.#listedAs = facts;
    this.#stateSince = systemClock.now();
    this.#turnBeganAt = this.#stateSince;
    this.#sayIfSmall(facts);
    const config = bridge.projects.configFor(snapshot.identity);
    this.#dialogs = new DialogWatch({
      bridge,
      pane: { worker: name, identity: snapshot.identity, program },
      humanOnly: () => this.#distrust,
      inputs: () => this.watcher.inputs,
      broke: (reason) => hooks.broke(reason),
    });
    this.#alert = new DialogAlert({
      ...{ emit: (event) => bridge.emit(event), memory: bridge.journal, name, identity: snapshot.identity },
      broke: (reason) => hooks.broke(reason),
    });
    this.watcher = new PaneWatcher({
      capture: async () => {
        const seen = await bridge.panes.capture(snapshot.identity);
        this.#lastHumanKeyAt = seen?.lastHumanKeyAt ?? this.#lastHumanKeyAt;
        return seen;
      },
      activity: () => bridge.panes.activityOf(snapshot.identity),
      motion: (seen) => bridge.panes.motion(seen),
      clock: systemClock,
      reader: program.screen,
      memory: bridge.journal.memory<WatcherMemory>(memoryKey(snapshot.identity)),
      reasons: { heuristic: config.heuristic, lines: config.heuristicLines, stuckMs: config.stuckAfterMs },
      on: (event) => this.#take(event),
    });
    this.#stopListening = bridge.panes.listen(snapshot.identity, (news) => {
      if (news.is === 'drew') this.watcher.noticeOutput(news);
      else if (news.is === 'signalled') this.#signalled();
    });
  }

  get seen(): SeenWorker {
    const state = this.#reading?.state ?? null;
    const project = this.#bridge.projects.folderOf(this.identity);
    const { name, program: agent } = this;
    return { name, identity: this.identity, agent, project, state, since: this.#stateSince };
  }

  get paneId(): PaneId {
    return this.identity.paneId;
  }

  /** True while the list of panes tells of the same agent that was seen at the last look. */
  isStill(facts: ListedPane): boolean {
    if (this.identity.panePid !== facts.panePid || !sameAgent(this.identity, this.#snapshot.identity)) return false;
    // of a pane that is listed as before only another look can tell more
    if (facts !== this.#stillOf && this.#bridge.panes.programOf(facts) !== this.#snapshot.program) return false;
    this.#stillOf = facts;
    return true;
  }

  /** The list of panes says of some that they moved, whether output was notified or not. */
  checkIfMoved(facts: ListedPane): void {
    if (facts === this.#listedAs) return;
    this.#listedAs = facts;
    const now = listing(facts);
    if (this.#listed === now) return;
    this.#listed = now;
    this.#sayIfSmall(facts);
    this.watcher.check();
  }

  /** Once, until it is enlarged. */
  #sayIfSmall(facts: ListedPane): void {
    const isSmall = isTooSmall(facts);
    if (isSmall && !this.#isSmall) {
      const size = `${facts.width}x${facts.height}`;
      this.#bridge.say(
        'warning',
        `${this.#bridge.shown(this.name)}: its pane ${facts.paneId} (${size}) is ${tooSmallInWords}; enlarge it`,
      );
    }
    this.#isSmall = isSmall;
  }

  /** The agent's own hook called: look now, and once more when its hook state does not stand against the screen any longer. */
  #signalled(): void {
    this.watcher.lookNow();
    this.#cancelSecondLook();
    this.#cancelSecondLook = systemClock.after(hookStateStandsMs + 1, () => this.watcher.lookNow());
  }

  /** The courier reports that it typed this text, or chose in a dialog; or that the dialog which is open is another one. */
  noteDelivery(delivery: Delivery): void {
    const { envelope, state, dialog } = delivery;
    if (dialog !== undefined && whyTurnPassed(state) !== null) this.#dialogs.passed(envelope.thread);
    if (state.is !== 'acknowledged') return;
    this.#arrivedAt = systemClock.now();
    if (sawDialogEnd(delivery)) this.#dialogs.chosen();
    // a draft is no input yet
    else if (dialog === undefined && envelope.kind !== 'draft') {
      const { typedAt, evidence } = state.receipt;
      this.watcher.noteInput(envelope.body, { typedAt, echoed: evidence.includes('echo') });
    }
  }

  clockSet(byMs: number): void {
    this.watcher.clockSet(byMs);
    const { takenAtMs } = this.#snapshot;
    this.#snapshot = { ...this.#snapshot, takenAtMs: takenAtMs + byMs };
    this.#turnBeganAt += byMs;
    this.#lastHumanKeyAt += byMs;
    this.#arrivedAt += byMs;
  }

  close(): void {
    this.#stopListening();
    this.#cancelSecondLook();
    this.watcher.close();
    this.#dialogs.close();
    this.#alert.close();
  }

  /** What could not be journaled must be seen again. */
  #take(event: ScreenEvent): void {
    try {
      if (event.type === 'reading') this.#read(event);
      else if (event.type !== 'unseen') this.#detected(event);
    } catch (fault) {
      this.#hooks.broke(messageOf(fault));
    }
  }

  #read({ reading, snapshot }: Extract<ScreenEvent, { type: 'reading' }>): void {
    this.#snapshot = snapshot;
    if (reading.state !== this.#reading?.state) this.#stateSince = systemClock.now();
    this.#reading = reading;
    if (reading.turn.inputs.length > 0) this.#firstInputs ??= inputsOn(reading);
    // another agent in the same pane: its program, its memory and its turns are its own
    if (!sameAgent(snapshot.identity, this.identity)) {
      this.#hooks.replaced();
      this.agentGone();
    }
    const why = because(reading);
    const said = `${reading.state}|${why}`;
    if (said !== this.#said) {
      this.#said = said;
      this.#bridge.emit({
        type: 'state-changed',
        worker: this.name,
        ...placeIn(this.identity),
        state: reading.state,
        why,
      });
    }
    if (isReady(reading)) void this.#bridge.deliveries.paneMoved(this.identity);
    if (this.role === 'worker') this.#dialogs.seen(reading);
    else if (this.role === 'controller') this.#alert.seen(reading, snapshot);
  }

  /** Its agent has ended, or another one is there: a dialog that it had opened is nobody's any more. */
  agentGone(): void {
    if (this.role === 'worker') this.#bridge.requests.dialogNow(this.identity, null);
    else if (this.role === 'controller') this.#alert.gone(this.identity);
  }

  #detected(event: Exclude<ScreenEvent, { type: 'reading' | 'unseen' }>): void {
    const { dispatches, requests } = this.#bridge;
    switch (event.type) {
      case 'request-seen':
      case 'request-confirmed':
      case 'detected':
        if (this.role === 'worker') this.#requested(event);
        return;
      case 'response-confirmed':
        if (this.role === 'controller' && event.attributes.id)
          dispatches.answeredOnScreen(event.attributes.id, event.text);
        return;
      case 'turn-began':
        this.#remember();
        this.#noteWhoBegan();
        this.#settle();
        if (this.role === 'worker') requests.turnBegan(this.identity, turnId(this.identity, event.turn));
        return;
      case 'response-seen':
        return;
    }
  }

  /** A block that was seen or confirmed; or another reason to ask, which is certain once it is told. */
  #requested(event: Extract<ScreenEvent, { type: 'request-seen' | 'request-confirmed' | 'detected' }>): void {
    const { requests, journal, opener } = this.#bridge;
    const isConfirmed = event.type !== 'request-seen';
    const mark = this.#markFor(event.detection);
    const request = journal.transact(() => {
      if (!isConfirmed) this.#remember();
      return opener.fromScreen({
        worker: this.name,
        pane: this.identity,
        agent: this.program,
        turn: turnId(this.identity, event.turn),
        detection: event.detection,
        snapshot: this.#snapshot,
        ...mark,
        ...(this.#distrust === null ? {} : { humanOnly: this.#distrust }),
      });
    });
    if (!isConfirmed) return;
    const humanOnly = event.turn.anchor === 'lost' ? lostAnchor : this.#distrust;
    requests.confirm(request.id, { ...(humanOnly === null ? {} : { humanOnly }), ...mark });
    // Only now: whoever dies before has a successor that sees it confirmed again, which changes nothing a second time.
    this.#remember();
  }

  /** A turn has begun that was not there at the first look: what was typed before it has been drawn, whoever typed it. */
  #settle(): void {
    if (this.#reading === null || inputsOn(this.#reading) === this.#firstInputs) return;
    this.#distrust = null;
    this.#bridge.ownership?.settle(identityKey(this.identity));
  }

  /** The turn as it seems now, and is believed where a block is confirmed or another reason told. */
  #markFor({ kind, truncated, text }: Detection): { turnMark?: TurnMark } {
    if (this.#reading === null) return {};
    const isWhole = kind === 'request' && !truncated;
    return { turnMark: markTurn(this.watcher.inputs, this.#reading, isWhole ? text : undefined) };
  }

  /** A turn that nothing of ours began, after keys of a person at this pane, is his: messages are counted anew from here, and what he was called for may be settled. */
  #noteWhoBegan(): void {
    const { journal, directory, messages } = this.#bridge;
    const before = this.#turnBeganAt;
    this.#turnBeganAt = systemClock.now();
    const isTyping = journal
      .deliveries({ open: true })
      .filter(({ state }) => state.is === 'typed' || state.is === 'submitted')
      .some(({ recipient }) => identityKey(recipient) === identityKey(this.identity));
    const isOurs = isTyping || this.#arrivedAt >= before;
    if (isOurs || this.#lastHumanKeyAt < before) return;
    const member = directory.at(this.identity);
    if (member !== null) messages.typedByPerson(member.name);
    const typed = { worker: this.name, keyAt: this.#lastHumanKeyAt };
    this.#bridge.emit({ type: 'person-typed', ...typed, ...placeIn(this.identity) });
  }

  #remember(): void {
    this.#bridge.journal.saveMemory(memoryKey(this.identity), this.watcher.memory());
  }
}

const lostAnchor = 'after a restart nothing on the screen was known: this may be old';

/** What changes when a pane draws, as far as one row of the list of panes shows it. */
function listing({ title, command, cursorX, cursorY, historySize, width, height }: ListedPane): string {
  return [title, command, cursorX, cursorY, historySize, width, height].join('|');
}

function inputsOn({ turn }: Reading): string {
  return JSON.stringify(turn.inputs);
}

function memoryKey(identity: PaneIdentity): string {
  return `watch|${identityKey(identity)}|${identity.agentPid}|${identity.agentStartedAt}`;
}

function turnId(identity: PaneIdentity, turn: { readonly number: number }): TurnId {
  return `${identity.agentPid ?? identity.panePid}.${identity.agentStartedAt ?? 0}#${turn.number}` as TurnId;
}
