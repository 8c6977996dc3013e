import type { AgentProgram } from '../agent-programs/agent-program.ts';
import { generic, type ProgramChoice, programOf, unknown } from '../agent-programs/index.ts';
import type { Clock } from '../core/clock.ts';
import type { ComposerFacts } from '../core/composer.ts';
import { BridgeError } from '../core/failure.ts';
import {
  addressKey,
  type FreshSnapshot,
  type ListedPane,
  type PaneAddress,
  type PaneFacts,
  type PaneIdentity,
  type Snapshot,
  sameAgent,
  sameServer,
} from '../core/pane.ts';
import { because, type Reading } from '../core/reading.ts';
import { hostOfWay } from '../core/way.ts';
import type { FoundProgram } from '../host/process-tree.ts';
import { Activity, type OutputNotice } from '../screen/activity.ts';
import type { HookStateNow } from '../screen/hook-state.ts';
import type { Motion } from '../screen/screen-reader.ts';
import { capture } from '../tmux/capture.ts';
import type { TmuxCommands } from '../tmux/commands.ts';
import { KeyAges } from '../tmux/key-ages.ts';
import { paneFacts } from '../tmux/pane.ts';
import { resolveTarget } from '../tmux/targets.ts';
import type { Programs } from './programs.ts';

/** History lines in a capture outside the alternate screen: a logical line that starts above the screen is whole. */
const historyLines = 200;

/** How old what is known of another machine's processes may be for whoever only watches: `ps` takes a few hundredths of a second there. */
const distantOldMs = 500;

export interface CaptureOptions {
  /** of the history */
  readonly lines?: number;
  /** how old what is known of the processes may be where they are another machine's, ms */
  readonly processesOldMs?: number;
}

/** The tmux servers that somebody looks at. */
export interface Servers {
  /** commands to the server of this pane; null while it is not connected */
  of(address: PaneAddress): TmuxCommands | null;
  panes(): Promise<PaneFacts[]>;
}

/** What is remembered of a pane, and of the agent that was seen in it last. */
interface Known {
  identity: PaneIdentity | null;
  activity: Activity;
  readonly keys: KeyAges;
}

/** What a bridge knows of a pane that it watches, for a command that looks there too. JSON. */
export interface KnownPane {
  readonly identity: PaneIdentity;
  readonly motion: Motion;
  readonly choice: ProgramChoice;
}

/** What whoever watches a pane is told of: it drew, or its agent's own hook has spoken. */
export type PaneNews = ({ readonly is: 'drew' } & OutputNotice) | { readonly is: 'signalled' };

/**
 * Looking at panes: tmux's capture joined with the process tree, the agent program whose reader reads it, and what has moved since.
 * Everybody who looks, looks through here, so that quiet is measured once.
 */
export class Panes {
  readonly #servers: Servers;
  readonly #programs: Programs;
  readonly #clock: Clock;
  readonly #choiceFor: (pane: PaneIdentity) => ProgramChoice;
  readonly #hookStateOf: (identity: PaneIdentity) => HookStateNow | undefined;
  readonly #beside: ReadonlyMap<string, KnownPane>;
  readonly #besideAt: number;
  readonly #known = new Map<string, Known>();
  readonly #listeners = new Map<string, Set<(news: PaneNews) => void>>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #outputs = new Map<string, number>();

  /**
   * @param parts.choiceFor which agents are known to this pane's worker, and whether one is settled
   * @param parts.wordOf what exactly this agent said last through its own hooks
   * @param parts.beside what the bridge that watches these panes knows of them, as it has just said
   */
  constructor(parts: {
    servers: Servers;
    programs: Programs;
    clock: Clock;
    choiceFor: (pane: PaneIdentity) => ProgramChoice;
    hookStateOf?: (identity: PaneIdentity) => HookStateNow | undefined;
    beside?: readonly KnownPane[];
  }) {
    this.#servers = parts.servers;
    this.#programs = parts.programs;
    this.#clock = parts.clock;
    this.#choiceFor = parts.choiceFor;
    this.#hookStateOf = parts.hookStateOf ?? (() => undefined);
    this.#beside = new Map(parts.beside?.map((known) => [addressKey(known.identity), known]));
    this.#besideAt = parts.clock.now();
  }

  /** All panes there are: of others nothing is remembered any more. */
  forgetOthers(panes: readonly ListedPane[]): void {
    const living = new Set(panes.map(addressKey));
    for (const known of [this.#known, this.#outputs]) {
      for (const key of known.keys()) if (!living.has(key)) known.delete(key);
    }
  }

  /** A fresh look; null when the pane is gone, or its server. */
  async capture(address: PaneAddress, how: CaptureOptions = {}): Promise<FreshSnapshot | null> {
    const { lines = historyLines, processesOldMs = distantOldMs } = how;
    const key = addressKey(address);
    const askedAtMs = this.#clock.now();
    const tmux = this.#servers.of(address);
    const [captured] = await Promise.all([
      tmux && capture(tmux, address.paneId, { historyLines: lines }),
      this.#programs.refresh(tmux?.host, processesOldMs),
    ]);
    // another server may have come to the socket, with a pane of that id
    if (captured === null || !sameServer(captured.facts, address)) {
      this.#known.delete(key);
      this.#outputs.delete(key);
      return null;
    }
    const found = this.#programs.findProgram(captured.facts);
    const now = this.#clock.now();
    const { lastKeys, ...screen } = captured;
    const identity = identityOf(captured.facts, found);
    const known = this.#at(key, now);
    // what another agent in this pane said and drew is not this one's
    if (known.identity !== null && !sameAgent(known.identity, identity)) known.activity = new Activity(now);
    known.identity = identity;
    const snapshot: FreshSnapshot = {
      ...screen,
      askedAtMs,
      takenAtMs: now,
      identity,
      program: found.program,
      foreground: found.foreground,
      lastHumanKeyAt: known.keys.saw(lastKeys, now),
    };
    known.activity.saw(snapshot, now);
    return snapshot;
  }

  #at(key: string, now: number): Known {
    const known = this.#known.get(key) ?? { identity: null, activity: new Activity(now), keys: new KeyAges() };
    this.#known.set(key, known);
    return known;
  }

  /** What goes on in the pane, as far as anybody has heard and seen. */
  activityOf(address: PaneAddress): Activity {
    return this.#at(addressKey(address), this.#clock.now()).activity;
  }

  /**
   * Bytes that the pane drew (tmux's %output): they are parsed here and nowhere else, and whoever waits for the pane wakes.
   * @param isListenedTo somebody listens to this pane, so that no bytes of it are missed
   */
  noticeOutput(address: PaneAddress, bytes: Buffer, isListenedTo: boolean): void {
    const news = this.activityOf(address).received(bytes, this.#clock.now(), isListenedTo);
    this.#wake(address, { is: 'drew', ...news });
  }

  /** The agent's own hook has spoken: something is known of the pane that it need not have drawn. */
  signalled(address: PaneAddress): void {
    this.#wake(address, { is: 'signalled' });
  }

  /** Has `hear` told of what this pane does, until what this returns is called. */
  listen(address: PaneAddress, listener: (news: PaneNews) => void): () => void {
    const key = addressKey(address);
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }

  #wake(address: PaneAddress, news: PaneNews): void {
    const key = addressKey(address);
    for (const listener of [...(this.#listeners.get(key) ?? [])]) listener(news);
    this.#outputs.set(key, this.outputCount(address) + 1);
    const waiting = this.#waiting.get(key);
    if (!waiting) return;
    this.#waiting.delete(key);
    for (const wake of waiting) wake();
  }

  /** That pane may have drawn something, or may from now on, that nobody hears: what it said of itself may be taken back. */
  missed(address: PaneAddress): void {
    this.#known.get(addressKey(address))?.activity.missed();
  }

  /** How often the pane has drawn: asked before a capture, it tells a wait for the next output what that capture may not show. */
  outputCount(address: PaneAddress): number {
    return this.#outputs.get(addressKey(address)) ?? 0;
  }

  /**
   * True when the pane draws, false at the limit.
   * @param after true at once where it has drawn since `outputCount` was this
   */
  nextOutput(address: PaneAddress, limitMs: number, after = this.outputCount(address)): Promise<boolean> {
    if (this.outputCount(address) !== after) return Promise.resolve(true);
    const key = addressKey(address);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, waiting);
      const cancel = this.#clock.after(limitMs, () => {
        waiting.delete(wake);
        resolve(false);
      });
      const wake = () => {
        cancel();
        resolve(true);
      };
      waiting.add(wake);
    });
  }

  clockSet(byMs: number): void {
    for (const { activity, keys } of this.#known.values()) {
      activity.clockSet(byMs);
      keys.clockSet(byMs);
    }
  }

  motion({ identity }: Snapshot): Motion {
    return this.#motionOf(identity);
  }

  #motionOf(identity: PaneIdentity): Motion {
    const now = this.#clock.now();
    const known = this.#known.get(addressKey(identity))?.activity;
    const hookState = this.#hookStateOf(identity);
    const own = {
      quietForMs: known?.quietForMs(now) ?? 0,
      signals: { ...known?.signals, ...(hookState === undefined ? {} : { hookState }) },
    };
    const other = this.#besideOf(identity)?.motion;
    if (other === undefined) return own;
    const sinceMs = now - this.#besideAt;
    const { hookState: reported, ...signals } = other.signals;
    return {
      quietForMs: known?.hasMoved === true ? own.quietForMs : other.quietForMs + sinceMs,
      signals: {
        ...signals,
        ...(reported && { hookState: { ...reported, agoMs: reported.agoMs + sinceMs } }),
        ...own.signals,
      },
    };
  }

  #besideOf(identity: PaneIdentity): KnownPane | undefined {
    const known = this.#beside.get(addressKey(identity));
    return known !== undefined && sameAgent(known.identity, identity) ? known : undefined;
  }

  watched(): KnownPane[] {
    return [...this.#known].flatMap(([key, { identity }]) => {
      if (identity === null || !this.#listeners.has(key)) return [];
      return [{ identity, motion: this.#motionOf(identity), choice: this.#choiceFor(identity) }];
    });
  }

  agentProgram(snapshot: Snapshot): AgentProgram {
    return programOf(snapshot.program, this.#choice(snapshot.identity));
  }

  /** What is settled here counts before what the bridge has settled. */
  #choice(identity: PaneIdentity): ProgramChoice {
    const own = this.#choiceFor(identity);
    const other = this.#besideOf(identity)?.choice;
    return { agent: own.agent ?? other?.agent ?? null, agents: { ...other?.agents, ...own.agents } };
  }

  /** The program that a delivery was made for; what was `unknown` then may be known now. */
  agentProgramAs(snapshot: Snapshot, agent: string): AgentProgram {
    if (agent === 'unknown') return this.agentProgram(snapshot);
    return programOf(snapshot.program, this.#named(agent, snapshot.identity));
  }

  read(snapshot: Snapshot): Reading {
    return this.agentProgram(snapshot).screen.read(snapshot, this.motion(snapshot));
  }

  readAs(snapshot: Snapshot, agent: string): Reading {
    return this.agentProgramAs(snapshot, agent).screen.read(snapshot, this.motion(snapshot));
  }

  /** Of a program that nobody knows: what looks like a dialog all the same, in words; null where nothing does. */
  suspectedDialog(snapshot: Snapshot): string | null {
    if (this.agentProgram(snapshot).name !== unknown.name) return null;
    const reading = generic.screen.read(snapshot, this.motion(snapshot));
    const isSuspect = reading.state === 'dialog' || reading.why.some(({ rule }) => rule === 'choice');
    return isSuspect ? because(reading) : null;
  }

  /** The last that was heard of its pane is the end of a frame: this look shows no half of one. */
  isWholeFrame(snapshot: Snapshot, agent: string): boolean {
    const { frameEnd } = this.agentProgramAs(snapshot, agent).screen;
    return this.activityOf(snapshot.identity).isWhole(frameEnd);
  }

  /** How this agent's composer treats text, as bridge.yaml may have changed it. */
  composerFacts(agent: string, pane: PaneIdentity): ComposerFacts {
    const { composer, nativeInput } = programOf(null, this.#named(agent, pane));
    return nativeInput === undefined ? composer : { ...composer, nativeInput };
  }

  #named(agent: string, pane: PaneIdentity): ProgramChoice {
    const choice = this.#choice(pane);
    return { ...choice, agent: choice.agent ?? agent };
  }

  async list(): Promise<PaneFacts[]> {
    const panes = await this.#servers.panes();
    await this.askForProcesses(panes);
    return panes;
  }

  async facts(address: PaneAddress): Promise<PaneFacts | null> {
    const tmux = this.#servers.of(address);
    const facts = tmux && (await paneFacts(tmux, address.paneId));
    return facts && sameServer(facts, address) ? facts : null;
  }

  /** Who sits in panes of other machines is known afterwards as it is now, where those are reached. */
  async askForProcesses(panes: readonly ListedPane[]): Promise<void> {
    const hosts = new Set(panes.flatMap(({ socketPath }) => hostOfWay(socketPath) ?? []));
    await Promise.allSettled([...hosts].map((host) => this.#programs.refresh(host, distantOldMs)));
  }

  /** Who sits in the pane, without a look at its screen. Of another machine's: as it was when its processes were asked for last. */
  identify(facts: ListedPane): { identity: PaneIdentity; program: string | null } {
    const found = this.#programs.findProgram(facts);
    return { identity: identityOf(facts, found), program: found.program };
  }

  /**
   * A pane whose screen decides nothing, since nobody knows its program, read without a look at it: that is most panes of
   * a large server. Null for one that has to be looked at.
   */
  readUnseen(facts: PaneFacts): { snapshot: Snapshot; reading: Reading } | null {
    const found = this.#programs.findProgram(facts);
    const identity = identityOf(facts, found);
    const { program, foreground } = found;
    const screen = { facts, rows: [], firstVisible: 0, cursorRow: 0 };
    const snapshot = { ...screen, identity, program, foreground, takenAtMs: this.#clock.now() };
    if (this.agentProgram(snapshot).name !== unknown.name) return null;
    return { snapshot, reading: this.read(snapshot) };
  }

  programOf(facts: ListedPane): string | null {
    return this.#programs.findProgram(facts).program;
  }

  /** Whether a shell reads the pane's keys, and no agent program is there. */
  isBareShell(facts: ListedPane): boolean {
    const { program, foreground } = this.#programs.findProgram(facts);
    return program === null && foreground === 'shell';
  }

  /** Whether an agent program runs in the pane, be it stopped. */
  hasAgent(facts: ListedPane): boolean {
    const { program, foreground } = this.#programs.findProgram(facts);
    return program !== null && (foreground === 'agent' || foreground === 'shell');
  }

  /** The one pane a target names, of those given or of all. @throws BridgeError listing the candidates, or the panes there are */
  resolve(target: string, session: string | null): Promise<PaneFacts>;
  resolve<Pane extends ListedPane>(target: string, session: string | null, among: readonly Pane[]): Promise<Pane>;
  async resolve(target: string, session: string | null, among?: readonly ListedPane[]): Promise<ListedPane> {
    const panes = among ?? (await this.list());
    const found = resolveTarget(panes, target, (facts) => this.programOf(facts), session === null ? {} : { session });
    if (found.is === 'one') return found.pane;
    const list = (found.is === 'many' ? found.candidates : panes).map(nameOf);
    throw new BridgeError({
      what: 'target',
      target,
      reason: found.is === 'many' ? `is ambiguous: ${list.join(', ')}` : found.reason,
      nextStep: found.is === 'many' ? 'name one of them by its %id' : `panes: ${list.join(', ') || 'none'}`,
    });
  }
}

function identityOf({ socketPath, host, server, paneId, panePid }: ListedPane, found: FoundProgram): PaneIdentity {
  return { socketPath, host, server, paneId, panePid, agentPid: found.pid, agentStartedAt: found.startedAt };
}

/** A pane as a person finds it: `%3 macs:0.1 worker`. */
export function nameOf(pane: ListedPane): string {
  const place = `${pane.sessionName}:${pane.windowIndex}.${pane.paneIndex}`;
  return [pane.paneId, place, pane.label || pane.title].filter(Boolean).join(' ');
}
