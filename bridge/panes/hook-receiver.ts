import type { AgentSignal } from '../core/agent-signal.ts';
import type { Clock } from '../core/clock.ts';
import { asPaneId } from '../core/ids.ts';
import type { NewJournalEvent } from '../core/journal-event.ts';
import { addressKey, type PaneFacts, type PaneIdentity, sameAgent } from '../core/pane.ts';
import { isHere } from '../core/way.ts';
import type { Caller } from '../host/caller.ts';
import { doubt, type HookState, type HookStateNow, joined, movedInTime } from '../screen/hook-state.ts';
import { inputDigest } from '../screen/input-digest.ts';

/** A call of `bridge signal`, with all that it can show for where it comes from. */
export interface SignalCall {
  readonly signal: AgentSignal;
  readonly caller: Caller;
  /** what its environment says: hints, since codex's shared server hands out another TUI's */
  readonly tmuxSocket: string | null;
  readonly paneHint: string | null;
  /** `--pane`: believed only from a caller that no agent program stands above */
  readonly pane: string | null;
}

export type Received =
  | { readonly is: 'heard'; readonly pane: PaneIdentity }
  | { readonly is: 'dropped'; readonly reason: string };

/** More than this many in ten seconds are no agent's turns: a loop, or somebody who wants the journal to grow. */
const mostIn10s = 100;

/**
 * What agents say of themselves through their hooks, each event with the agent that sits in the pane now. An event that
 * cannot be laid to one agent in one pane for certain is dropped: none is better than another agent's.
 */
export class HookReceiver {
  readonly #clock: Clock;
  readonly #aheadMs: () => number;
  readonly #panes: () => Promise<readonly PaneFacts[]>;
  readonly #identify: (facts: PaneFacts) => { identity: PaneIdentity; program: string | null };
  readonly #record: (event: NewJournalEvent) => void;
  readonly #states = new Map<string, { readonly identity: PaneIdentity; readonly hookState: HookState }>();
  #recent: number[] = [];
  #flooded = false;

  /** @param parts.aheadMs how far the clock of other processes is ahead of ours */
  constructor(parts: {
    clock: Clock;
    aheadMs?: () => number;
    panes: () => Promise<readonly PaneFacts[]>;
    identify: (facts: PaneFacts) => { identity: PaneIdentity; program: string | null };
    record: (event: NewJournalEvent) => void;
  }) {
    this.#clock = parts.clock;
    this.#aheadMs = parts.aheadMs ?? (() => 0);
    this.#panes = parts.panes;
    this.#identify = parts.identify;
    this.#record = parts.record;
  }

  /** Journals it, and keeps it where it can be laid to one agent. */
  async receive(call: SignalCall): Promise<Received> {
    if (this.#isTooMuch()) return { is: 'dropped', reason: 'too many signals in a short time' };
    const found = await this.#paneOf(call);
    // a clock is never trusted to run ahead: an event from the future would stand too long
    const at = Math.min(Math.floor(call.signal.at - this.#aheadMs()), this.#clock.now());
    const signal = { ...call.signal, at };
    const { paneId } = found.is === 'heard' ? found.pane : { paneId: 'bridge' };
    const { said: _, ...told } = signal;
    const data = found.is === 'heard' ? { ...told, pane: found.pane } : { ...told, reason: found.reason };
    const kind = found.is === 'heard' ? 'agent-signalled' : 'agent-signal-dropped';
    this.#record({ at: this.#clock.now(), kind, subject: paneId, data });
    if (found.is === 'heard') this.#keep(found.pane, signal);
    return found;
  }

  /** The clock tells so much more than before, or less: what was said just now was said just now. */
  clockSet(byMs: number): void {
    for (const [key, { identity, hookState }] of this.#states)
      this.#states.set(key, { identity, hookState: movedInTime(hookState, byMs) });
    this.#recent = this.#recent.map((at) => at + byMs);
  }

  /** The hook state of exactly this agent; undefined where it reported none. */
  stateOf(identity: PaneIdentity): HookStateNow | undefined {
    const known = this.#stateOf(identity);
    return known && { kind: known.kind, agoMs: Math.max(0, this.#clock.now() - known.at), said: known.said };
  }

  /** True when this agent itself said that it took exactly this text as an input, at that instant or later. */
  took(identity: PaneIdentity, text: string, since: number): boolean {
    const digest = inputDigest(text);
    return this.#stateOf(identity)?.inputs.some((input) => input.digest === digest && input.at >= since) === true;
  }

  /** True when this agent itself has just said that it asks for approval: the dialog may not be drawn yet. */
  asks(identity: PaneIdentity): boolean {
    const hookState = this.stateOf(identity);
    return hookState?.kind === 'approval-wanted' && doubt(hookState) !== null;
  }

  #stateOf(identity: PaneIdentity): HookState | undefined {
    const known = this.#states.get(addressKey(identity));
    return known && sameAgent(known.identity, identity) ? known.hookState : undefined;
  }

  #keep(pane: PaneIdentity, signal: AgentSignal): void {
    this.#states.set(addressKey(pane), { identity: pane, hookState: joined(this.#stateOf(pane) ?? null, signal) });
  }

  async #paneOf({ signal, caller, tmuxSocket, paneHint, pane }: SignalCall): Promise<Received> {
    if (caller.is === 'apart') return dropped(`${caller.program}: ${caller.reason}`);
    if (caller.is === 'nobody' && pane === null) return dropped('no agent program stands above the caller');
    if (caller.is === 'agent' && caller.program !== signal.agent)
      return dropped(`the caller runs below ${caller.program}, not ${signal.agent}`);
    // whoever calls is a process of this machine
    const panes = (await this.#panes()).filter(isHere);
    // the hint only says where to look first
    const hint = asPaneId(pane ?? paneHint ?? '');
    const hinted = panes.filter(({ paneId }) => paneId === hint);
    if (caller.is === 'nobody') return this.#paneNamed(hinted, signal.agent, tmuxSocket);
    for (const facts of [...hinted, ...panes.filter((one) => one.paneId !== hint)]) {
      const { identity } = this.#identify(facts);
      if (isAmong(identity, caller)) return { is: 'heard', pane: identity };
    }
    return dropped('the agent that called sits in none of our panes');
  }

  /** By hand, `--pane` names a pane of the caller's own tmux server: every server has one of that id. */
  #paneNamed(named: readonly PaneFacts[], agent: string, tmuxSocket: string | null): Received {
    const sitting = named
      .map((facts) => ({ facts, ...this.#identify(facts) }))
      .filter(({ program }) => program === agent);
    const here = sitting.filter(({ facts }) => tmuxSocket === null || facts.socketPath === tmuxSocket);
    if (here.length === 1) return { is: 'heard', pane: here[0]!.identity };
    if (here.length > 1)
      return dropped('several tmux servers have a pane of that id: call it from within the one that is meant');
    return dropped(sitting.length > 0 ? 'the caller is in another tmux server' : `no ${agent} sits in that pane`);
  }

  #isTooMuch(): boolean {
    const now = this.#clock.now();
    this.#recent = this.#recent.filter((at) => now - at < 10_000);
    const isTooMuch = this.#recent.length >= mostIn10s;
    if (isTooMuch && !this.#flooded) {
      const data = { reason: `more than ${mostIn10s} in 10 s; further ones are not written down` };
      this.#record({ at: now, kind: 'agent-signals-flooded', subject: 'bridge', data });
    }
    this.#flooded = isTooMuch;
    if (!isTooMuch) this.#recent.push(now);
    return isTooMuch;
  }
}

function isAmong(identity: PaneIdentity, { at }: Extract<Caller, { is: 'agent' }>): boolean {
  return at.some(({ pid, startedAt }) => pid === identity.agentPid && startedAt === identity.agentStartedAt);
}

function dropped(reason: string): Received {
  return { is: 'dropped', reason };
}
