import { isBlank } from '../core/cleaning.ts';
import type { Clock } from '../core/clock.ts';
import type { Delivery } from '../core/envelope.ts';
import type { RequestEvent } from '../core/events.ts';
import { messageOf } from '../core/failure.ts';
import type { DeliveryId, RequestId, TurnId } from '../core/ids.ts';
import { identityKey, type PaneIdentity, sameAgent } from '../core/pane.ts';
import type { DialogKind } from '../core/reading.ts';
import { type Answer, type ControllerFailure, doubtOf, isOpen, openRequests, type Request } from '../core/request.ts';
import type { TurnMark } from '../core/turn-mark.ts';
import { meant } from './answers.ts';
import { Budget, type BudgetMemory, everyWorker, type Pauses } from './budget.ts';
import { EffectRunner, type RequestEffects } from './effects.ts';
import type { Limits } from './limits.ts';
import type { DeliveryLookup, RequestMemory, Transactions } from './memory.ts';
import { decide, humanOnlyReason, type PolicyDecision, type Rule } from './policy.ts';
import { RequestIdentities, type RequestIdentity } from './request-identity.ts';
import { isHuman, isKnown, isMember } from './request-machine.ts';
import { type Outcome, Transitions } from './transitions.ts';
import { whyLate } from './wording.ts';

/** A second, equal capture comes within milliseconds; after this long it will not come at all, and the human is asked. */
const confirmLimitMs = 10_000;
/** How far back a start looks for files whose request ended just before a crash. */
const archiveAgain = 100;

/** What became of a person's word about a request. */
export interface Decision {
  readonly accepted: boolean;
  readonly reason: string;
}

/** What counts for a request: its worker's project may have rules and limits of its own. */
export interface Settings {
  readonly rules: readonly Rule[];
  readonly limits: Limits;
  /** who is asked where no rule speaks */
  readonly defaultTo: 'controller' | 'human';
}

export interface Acceptance {
  readonly accepted: 'first' | 'replaced' | 'late' | 'refused';
  readonly reason: string;
}

/**
 * The open requests of all workers. The truth is in the memory and is read again for each event; every transition is
 * committed before its effects are performed.
 */
export class Requests {
  readonly #memory: RequestMemory & DeliveryLookup & Transactions & BudgetMemory;
  readonly #clock: Clock;
  readonly #mint: () => string;
  readonly #settingsFor: (request: Request) => Settings;
  readonly #on: (news: RequestEvent) => void;
  readonly #effects: EffectRunner;
  readonly #budget: Budget;
  readonly #identities: RequestIdentities;
  readonly #transitions: Transitions;
  /** the turn each pane is in, for a worker that begins its next turn before its delivery is acknowledged */
  readonly #turns = new Map<string, TurnId>();
  #startedAt = 0;

  constructor(parts: {
    memory: RequestMemory & DeliveryLookup & Transactions & BudgetMemory;
    clock: Clock;
    mint: () => string;
    settingsFor: (request: Request) => Settings;
    perform: RequestEffects;
    on: (news: RequestEvent) => void;
  }) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#mint = parts.mint;
    this.#settingsFor = parts.settingsFor;
    this.#on = parts.on;
    this.#budget = new Budget(parts.memory, (request) => parts.settingsFor(request).limits);
    this.#identities = new RequestIdentities(parts);
    this.#effects = new EffectRunner({
      perform: parts.perform,
      now: () => parts.clock.now(),
      failed: (request, effect, fault) => {
        this.#on({ type: 'effect-failed', request, what: effect.do, fault });
        if (effect.do === 'ask') this.controllerFailed(request.id, { is: 'unavailable', reason: messageOf(fault) });
      },
    });
    this.#transitions = new Transitions({
      ...parts,
      budget: this.#budget,
      effects: this.#effects,
      changed: (request, what) => this.#on({ type: 'request-changed', request, what }),
    });
  }

  /** The request of this pane, turn and words: a new one, or the one that was opened before, however it stands now. */
  open(identity: RequestIdentity): Request {
    const { request, isNew } = this.#identities.requestOf(identity);
    if (isNew) this.#on({ type: 'request-changed', request, what: 'request-opened' });
    return request;
  }

  /**
   * It was seen in two equal captures, or asked by a command: now somebody is asked.
   * @param found.humanOnly why this can only be asked of the human, where the finder knows
   * @param found.noChoice why no rule may choose in its dialog, where one would
   * @param found.turnMark of the turn that asked, so that its answer is typed into no other
   */
  confirm(
    id: RequestId,
    found: { readonly humanOnly?: string; readonly noChoice?: string; readonly turnMark?: TurnMark } = {},
  ): void {
    const request = this.#memory.request(id);
    if (request?.state.is !== 'open') return;
    const { humanOnly = request.humanOnly, noChoice, ...mark } = found;
    const decision = this.#allowed(request, withoutChoice(this.#decide(request, humanOnly), noChoice));
    const deliveryId = this.#mint() as DeliveryId;
    this.#transitions.apply(id, () => ({ type: 'confirmed', at: this.#clock.now(), decision, deliveryId, ...mark }));
  }

  /** An answer from anybody. What cannot be used is refused with a reason; what comes too late is kept and marked. */
  answer(id: RequestId, given: { by: string; instructions: string; notes: string }): Acceptance {
    const now = this.#clock.now();
    if (isBlank(given.instructions)) return { accepted: 'refused', reason: 'the answer is empty' };
    const asked = this.#memory.request(id);
    const chosen = asked && meant(asked, given.instructions);
    if (typeof chosen === 'object' && chosen) return { accepted: 'refused', reason: chosen.fault };
    const answer: Answer = { ...given, instructions: chosen ?? given.instructions, at: now };
    const humanOnly = asked && whyHumanOnly(asked, isMember(answer));
    if (humanOnly !== null && !isHuman(answer)) {
      return { accepted: 'refused', reason: `only the human may answer: ${humanOnly}` };
    }
    const blocked = asked && !isHuman(answer) ? this.#whyBlocked(asked) : null;
    if (blocked !== null) {
      this.controllerFailed(id, { is: 'unavailable', reason: blocked });
      this.#transitions.apply(id, () => ({ type: 'answer-missed', answer }));
      return { accepted: 'refused', reason: blocked };
    }
    const deliveryId = this.#mint() as DeliveryId;
    let outcome = this.#transitions.apply(id, () => ({ type: 'answer-arrived', answer, deliveryId }));
    if (outcome?.tooLate) outcome = this.#transitions.apply(id, () => ({ type: 'answer-missed', answer }));
    if (outcome === null) return { accepted: 'refused', reason: 'unknown request' };
    const { before, request, changed } = outcome;
    if (changed && request.state === before.state) return { accepted: 'late', reason: whyLate(request) };
    if (changed) return { accepted: before.state.is === 'answered' ? 'replaced' : 'first', reason: '' };
    const doubt = doubtOf(request);
    if (doubt) return { accepted: 'refused', reason: doubt.delivery === 'not-typed' ? setAside : typedOnce };
    const current = isKnown({ ...request, late: [] }, answer);
    return { accepted: current ? 'first' : 'late', reason: 'this very answer was given before' };
  }

  /** Whether it has no answer yet, and is of a kind that a member may give one to. */
  isForMembers(request: Request): boolean {
    const isChoosable = request.dialog === undefined || request.dialog.options.length > 0;
    return isOpen(request) && !('answer' in request.state) && isChoosable && whyHumanOnly(request, true) === null;
  }

  /** A person says that the answer in doubt has arrived. */
  confirmDelivered(id: RequestId, by: string): Decision {
    return decisionOf(this.#transitions.apply(id, () => ({ type: 'confirmed-delivered', by, at: this.#clock.now() })));
  }

  /** A person says that the answer in doubt did not arrive, or is wanted still: it is typed. */
  retry(id: RequestId, by: string): Decision {
    const deliveryId = this.#mint() as DeliveryId;
    return decisionOf(
      this.#transitions.apply(id, () => ({ type: 'asked-again', by, at: this.#clock.now(), deliveryId })),
    );
  }

  controllerFailed(id: RequestId, failure: ControllerFailure): void {
    this.#transitions.apply(id, () => ({ type: 'controller-failed', failure, at: this.#clock.now() }));
  }

  /** Any delivery may be handed in; those that carry no answer of an open request change nothing. */
  deliveryChanged(delivery: Delivery): void {
    const id = delivery.envelope.thread as RequestId;
    const state = this.#memory.request(id)?.state;
    if (state?.is !== 'answered' || state.deliveryId !== delivery.id) return;
    const after = this.#transitions.apply(id, () => ({
      type: 'delivery-changed',
      state: delivery.state,
      at: this.#clock.now(),
    }));
    if (after?.request.state.is !== 'delivered') return;
    const turn = this.#turns.get(identityKey(after.request.pane));
    if (turn !== undefined && turn !== after.request.turn) this.#began(after.request.id);
  }

  /**
   * The pane is in this turn now: what was asked in an earlier one is settled if its answer was delivered, else withdrawn.
   * An answer for an agent that has ended stays: of that the human is told otherwise.
   */
  turnBegan(pane: PaneIdentity, turn: TurnId): void {
    const key = identityKey(pane);
    this.#turns.set(key, turn);
    for (const request of this.#memory.requests({ pane: key, states: [...openRequests, 'delivered'] })) {
      if (request.state.is === 'answered' && !sameAgent(request.pane, pane)) continue;
      if (request.turn !== turn) this.#began(request.id);
    }
  }

  /** What the pane shows now: requests about another dialog than this one are withdrawn; null: no dialog is open. */
  dialogNow(pane: PaneIdentity, fingerprint: string | null): void {
    for (const request of this.#memory.requests({ pane: identityKey(pane), states: openRequests })) {
      if (request.dialog === undefined || request.dialog.fingerprint === fingerprint) continue;
      if (request.state.is === 'answered' && !sameAgent(request.pane, pane)) continue;
      this.#transitions.apply(request.id, () => ({ type: 'dialog-closed', at: this.#clock.now() }));
    }
  }

  /** This dialog of the pane was answered in it. */
  dialogEnded(pane: PaneIdentity, fingerprint: string): void {
    for (const request of this.#memory.requests({ pane: identityKey(pane), states: openRequests })) {
      if (request.dialog?.fingerprint !== fingerprint) continue;
      this.#transitions.apply(request.id, () => ({ type: 'dialog-closed', at: this.#clock.now() }));
    }
  }

  /** Whoever asked waits no more: what is answered from now on goes into its pane. What was answered by then it has taken. */
  askerLeft(id: RequestId): void {
    this.#transitions.apply(id, () => ({ type: 'asker-left', at: this.#clock.now() }));
  }

  /**
   * Another bridge typed into this pane: what had been asked by then may have been answered, and is the human's now.
   * @param pane its `identityKey`
   */
  typedElsewhere(pane: string, typed: { readonly at: number; readonly why: string }): void {
    for (const { id } of this.#memory.requests({ pane, states: ['asked', 'answered'] })) {
      this.#transitions.apply(id, () => ({
        type: 'typed-elsewhere',
        typedAt: typed.at,
        why: typed.why,
        at: this.#clock.now(),
      }));
    }
  }

  get pauses(): Pauses {
    return this.#budget.pauses;
  }

  /**
   * Nothing automatic is typed for the worker any more (null: for any worker): what it asks, and what a machine has been
   * asked or has said that is not typed yet, is the human's.
   */
  pause(worker: string | null, by: string, reason: string): void {
    const name = worker ?? everyWorker;
    this.#memory.transact(() => this.#budget.pause(name, { at: this.#clock.now(), by, reason }));
    for (const request of this.#memory.requests({ open: true })) {
      if (worker !== null && request.worker !== worker) continue;
      const why = this.#budget.whyPaused(request.worker) ?? reason;
      this.#transitions.apply(request.id, () => ({ type: 'recalled', why, at: this.#clock.now() }));
    }
  }

  /** @returns who was paused; what went to the human meanwhile stays with him */
  endPause(worker: string | null, by: string): string[] {
    return this.#memory.transact(() => this.#budget.endPause(worker, by, this.#clock.now()));
  }

  dismiss(id: RequestId, by: string): Decision {
    const outcome = this.#transitions.apply(id, () => ({ type: 'dismissed', by, at: this.#clock.now() }));
    if (outcome === null) return { accepted: false, reason: 'unknown request' };
    if (outcome.changed) return { accepted: true, reason: '' };
    if (outcome.tooLate) return { accepted: false, reason: 'its answer is being typed just now, or was' };
    return { accepted: false, reason: whyLate(outcome.request) };
  }

  /** Before the journal is closed: what others are still doing for it is told to nobody any more. */
  close(): void {
    this.#effects.close();
  }

  /**
   * Deadlines, requests that were never seen a second time, effects that failed, and deliveries whose end was not heard
   * of: another process may have typed them, or the journal refused just then.
   */
  tick(now: number): void {
    for (const request of this.#memory.requests({ open: true })) {
      if (request.state.is === 'answered') {
        this.#reconcile(request.id, request.state.deliveryId);
      } else if (request.deadlineAt !== null && now >= request.deadlineAt) {
        this.#transitions.apply(request.id, () => ({ type: 'ticked', at: now }));
      } else if (request.state.is === 'open' && now - this.#waitsSince(request, now) >= confirmLimitMs) {
        this.#transitions.apply(request.id, () => ({ type: 'unconfirmed', at: now }));
      }
    }
    this.#effects.retry(now, (request) => this.#memory.request(request.id));
  }

  /** A start that is still to come was told by a clock that has been set back since. */
  #waitsSince({ openedAt }: Request, now: number): number {
    return this.#startedAt > now ? openedAt : Math.max(openedAt, this.#startedAt);
  }

  /**
   * After a start: performs again what a crash may have interrupted. Whoever was asked is asked again, under the same id;
   * the answer that was on its way is where its delivery says. What was only `open` is confirmed by whoever sees it
   * again, or goes to the human when nobody does.
   */
  resume(): void {
    this.#startedAt = this.#clock.now();
    const ended = ['delivered', 'settled', 'withdrawn', 'expired', 'failed', 'dismissed'] as const;
    for (const request of this.#memory.requests({ states: ended, limit: archiveAgain, byChange: true })) {
      this.#effects.run(request, { do: 'archive' });
    }
    for (const request of this.#memory.requests({ open: true })) {
      const { state } = request;
      if (state.is === 'asked' && state.of === 'controller')
        this.#effects.run(request, { do: 'ask', of: 'controller' });
      if (state.is === 'asked' && state.of === 'human') this.#effects.run(request, { do: 'publish', why: state.why });
      if (state.is === 'answered') this.#reconcile(request.id, state.deliveryId);
    }
  }

  #reconcile(id: RequestId, deliveryId: DeliveryId): void {
    const delivery = this.#memory.delivery(deliveryId);
    if (delivery !== null) {
      this.deliveryChanged(delivery);
      return;
    }
    // Answer and delivery are committed as one; somebody has edited the journal. It is not delivered on a guess.
    const state = { is: 'failed', reason: 'the journal has lost its delivery' } as const;
    this.#transitions.apply(id, () => ({ type: 'delivery-changed', state, at: this.#clock.now() }));
  }

  #decide(request: Request, humanOnly: string | undefined): PolicyDecision {
    if (humanOnly !== undefined) return { is: 'human', rule: null, why: humanOnly };
    const { rules, defaultTo } = this.#settingsFor(request);
    return decide(rules, request, defaultTo, this.#clock.now());
  }

  /** What a rule or a controller would do is the human's while the worker is paused, or from now on by a limit. */
  #allowed(request: Request, decision: PolicyDecision): PolicyDecision {
    if (decision.is === 'human') return decision;
    const blocked = this.#whyBlocked(request, decision.is === 'ignore' ? 'paused' : 'consume');
    return blocked === null ? decision : { is: 'human', rule: decision.rule, why: blocked };
  }

  #whyBlocked(request: Request, how: 'paused' | 'consume' = 'consume'): string | null {
    if (how === 'paused') return this.#budget.whyPaused(request.worker);
    return this.#memory.transact(() => this.#budget.consume(request, this.#clock.now()));
  }

  #began(id: RequestId): void {
    this.#transitions.apply(id, () => ({ type: 'turn-began', at: this.#clock.now() }));
  }
}

/** Dialogs about what the worker is to do next. The others are about what it may do at all, or are not known. */
const membersDialogs: readonly DialogKind[] = ['approval', 'edit', 'choice', 'plan'];

/** Why nobody but the human may give this answer; null where others may. In a dialog no controller is heard. */
function whyHumanOnly({ humanOnly, noChoice, dialog }: Request, byMember: boolean): string | null {
  if (humanOnly !== undefined) return humanOnly;
  if (dialog === undefined) return null;
  if (!byMember) return 'it is a dialog';
  if (!membersDialogs.includes(dialog.kind)) return `it is a dialog of the kind ${dialog.kind}`;
  return humanOnlyReason(dialog) ?? noChoice ?? null;
}

function withoutChoice(decision: PolicyDecision, why: string | undefined): PolicyDecision {
  return decision.is === 'choose' && why !== undefined ? { is: 'human', rule: decision.rule, why } : decision;
}

/** Typed only on a person's express word: `bridge answer` may be run again by a script that saw exit code 2 or 3. */
const typedOnce =
  'this very answer was typed before, and may have arrived: `bridge answer ID --again` types it once more';
const setAside =
  'this very answer was set aside, since another bridge may have answered: `bridge answer ID --again` types it';

function decisionOf(outcome: Outcome | null): Decision {
  if (outcome === null) return { accepted: false, reason: 'unknown request' };
  if (outcome.changed) return { accepted: true, reason: '' };
  return { accepted: false, reason: `no answer of it is in doubt: ${whyLate(outcome.request)}` };
}
