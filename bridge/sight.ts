import type { Clock } from './core/clock.ts';
import { BridgeError } from './core/failure.ts';
import type { PaneId } from './core/ids.ts';
import type { Manner } from './core/manner.ts';
import type { FreshSnapshot, PaneFacts, PaneIdentity, Snapshot } from './core/pane.ts';
import type { Reading } from './core/reading.ts';
import type { FoundProgram, ProcessTree } from './host/process-tree.ts';
import type { WordNow } from './screen/agent-word.ts';
import { type ProfileChoice, profileFor } from './screen/profiles/index.ts';
import type { Motion, Profile } from './screen/profiles/profile.ts';
import { SignalReader } from './screen/signals.ts';
import type { TmuxCommands } from './tmux/commands.ts';
import { capture, listPanes, paneFacts } from './tmux/pane.ts';
import { resolveTarget } from './tmux/targets.ts';

/** History lines in a capture outside the alternate screen: a logical line that starts above the screen is whole. */
const historyLines = 200;

/**
 * Looking at panes: tmux's capture joined with the process tree, the profile that reads it, and what has moved since.
 * Everybody who looks, looks through here, so that quiet is measured once.
 */
export class Sight {
  readonly #tmux: TmuxCommands;
  readonly #processes: ProcessTree;
  readonly #clock: Clock;
  readonly #choice: ProfileChoice;
  readonly #wordOf: (identity: PaneIdentity) => WordNow | undefined;
  readonly #seen = new Map<PaneId, { drawn: string; changedAt: number; signals: SignalReader }>();
  readonly #bells = new Map<PaneId, Set<() => void>>();
  readonly #rings = new Map<PaneId, number>();

  /** @param parts.wordOf what exactly this agent said last through its own hooks */
  constructor(parts: {
    tmux: TmuxCommands;
    processes: ProcessTree;
    clock: Clock;
    choice: ProfileChoice;
    wordOf?: (identity: PaneIdentity) => WordNow | undefined;
  }) {
    this.#tmux = parts.tmux;
    this.#processes = parts.processes;
    this.#clock = parts.clock;
    this.#choice = parts.choice;
    this.#wordOf = parts.wordOf ?? (() => undefined);
  }

  /** All panes there are: of others nothing is remembered any more. */
  forgetOthers(panes: readonly PaneFacts[]): void {
    const living = new Set(panes.map(({ paneId }) => paneId));
    for (const known of [this.#seen, this.#rings]) {
      for (const paneId of known.keys()) if (!living.has(paneId)) known.delete(paneId);
    }
  }

  /** A fresh look; null when the pane is gone. */
  async look(paneId: PaneId): Promise<FreshSnapshot | null> {
    const askedAtMs = this.#clock.now();
    const captured = await capture(this.#tmux, paneId, { historyLines });
    if (captured === null) {
      this.#seen.delete(paneId);
      this.#rings.delete(paneId);
      return null;
    }
    const found = this.#processes.findProgram(captured.facts);
    const now = this.#clock.now();
    const snapshot: FreshSnapshot = {
      ...captured,
      askedAtMs,
      takenAtMs: now,
      identity: identityOf(captured.facts, found),
      program: found.program,
      foreground: found.foreground,
    };
    const drawn = `${captured.facts.title}\n${captured.facts.cursorX},${captured.facts.cursorY}\n${captured.rows.map((row) => row.text).join('\n')}`;
    const before = this.#seen.get(paneId);
    if (before === undefined) this.#seen.set(paneId, { drawn, changedAt: now, signals: new SignalReader() });
    else if (before.drawn !== drawn) Object.assign(before, { drawn, changedAt: now });
    return snapshot;
  }

  /**
   * Bytes that the pane drew (tmux's %output): wakes whoever waits for the pane, and feeds the agent's own signals.
   * @param isHeard somebody listens to this pane, so that no bytes of it are missed
   */
  rang(paneId: PaneId, bytes: Buffer, isHeard: boolean): void {
    if (isHeard) this.#seen.get(paneId)?.signals.push(bytes, this.#clock.now());
    this.wake(paneId);
  }

  /** Something is known of the pane that it need not have drawn. */
  wake(paneId: PaneId): void {
    this.#rings.set(paneId, this.rings(paneId) + 1);
    const waiting = this.#bells.get(paneId);
    if (!waiting) return;
    this.#bells.delete(paneId);
    for (const wake of waiting) wake();
  }

  /** That pane may have drawn something, or may from now on, that nobody hears: what it said of itself may be taken back. */
  missed(paneId: PaneId): void {
    this.#seen.get(paneId)?.signals.missed();
  }

  /** How often the pane has rung: asked before a look, it tells a wait for the next ring what that look may not show. */
  rings(paneId: PaneId): number {
    return this.#rings.get(paneId) ?? 0;
  }

  /**
   * True when the pane draws, false at the limit.
   * @param after true at once where it has rung since `rings` was this
   */
  nextRing(paneId: PaneId, limitMs: number, after = this.rings(paneId)): Promise<boolean> {
    if (this.rings(paneId) !== after) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiting = this.#bells.get(paneId) ?? new Set();
      this.#bells.set(paneId, waiting);
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

  motion(snapshot: Snapshot): Motion {
    const seen = this.#seen.get(snapshot.identity.paneId);
    const word = this.#wordOf(snapshot.identity);
    return {
      quietForMs: seen ? Math.max(0, this.#clock.now() - seen.changedAt) : 0,
      signals: { ...seen?.signals.signals, ...(word === undefined ? {} : { word }) },
    };
  }

  profile(snapshot: Snapshot): Profile {
    return profileFor(snapshot.program, this.#choice);
  }

  /** The profile a delivery was made for; what was `unknown` then may be known now. */
  profileAs(snapshot: Snapshot, agent: string): Profile {
    return agent === 'unknown' ? this.profile(snapshot) : profileFor(snapshot.program, this.#named(agent));
  }

  read(snapshot: Snapshot): Reading {
    return this.profile(snapshot).read(snapshot, this.motion(snapshot));
  }

  readAs(snapshot: Snapshot, agent: string): Reading {
    return this.profileAs(snapshot, agent).read(snapshot, this.motion(snapshot));
  }

  /** How this agent's composer treats text, as bridge.yaml may have changed it. */
  manner(agent: string): Manner {
    return profileFor(null, this.#named(agent)).manner;
  }

  #named(agent: string): ProfileChoice {
    return { ...this.#choice, agent: this.#choice.agent ?? agent };
  }

  panes(): Promise<PaneFacts[]> {
    return listPanes(this.#tmux);
  }

  facts(paneId: PaneId): Promise<PaneFacts | null> {
    return paneFacts(this.#tmux, paneId);
  }

  /** Who sits in the pane, without a look at its screen. */
  identify(facts: PaneFacts): { identity: PaneIdentity; program: string | null } {
    const found = this.#processes.findProgram(facts);
    return { identity: identityOf(facts, found), program: found.program };
  }

  programOf(facts: PaneFacts): string | null {
    return this.#processes.findProgram(facts).program;
  }

  /** The one pane a target names. @throws BridgeError listing the candidates, or the panes there are */
  async resolve(target: string, session: string | null): Promise<PaneFacts> {
    const panes = await this.panes();
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

function identityOf({ socketPath, serverPid, paneId, panePid }: PaneFacts, found: FoundProgram): PaneIdentity {
  return { socketPath, serverPid, paneId, panePid, agentPid: found.pid, agentStartedAt: found.startedAt };
}

/** A pane as a person finds it: `%3 macs:0.1 worker`. */
export function nameOf(pane: PaneFacts): string {
  const place = `${pane.sessionName}:${pane.windowIndex}.${pane.paneIndex}`;
  return [pane.paneId, place, pane.label || pane.title].filter(Boolean).join(' ');
}
