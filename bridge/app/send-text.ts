import type { Clock } from '../core/clock.ts';
import { isEnded, isWaiting } from '../core/delivery-machine.ts';
import type { Delivery, Envelope } from '../core/envelope.ts';
import { BridgeError, usageError } from '../core/failure.ts';
import type { DeliveryId, EnvelopeId } from '../core/ids.ts';
import { keysOf } from '../core/keys.ts';
import type { Via } from '../core/native-input.ts';
import { type PaneAddress, type PaneFacts, type PaneIdentity, type Snapshot, sameAgent } from '../core/pane.ts';
import { isReady, mayComeToRest } from '../core/reading.ts';
import { type Answer, isAnswerTyped, type Request } from '../core/request.ts';
import { commandOf } from '../core/slash-command.ts';
import { markTurn } from '../core/turn-mark.ts';
import type { Journal } from '../journal/journal.ts';
import type { DeliveryQueue } from '../messages/delivery-queue.ts';
import type { Panes } from '../panes/panes.ts';
import type { Changes } from './changes.ts';

/** A program that reads lines is quiet this long before it counts as idle; whoever sends or answers waits that long for it, not more. */
const settleMs = 2600;
/** How often a pane that cannot take a text now is looked at again: output hastens it, quiet notifies of nothing. */
const lookAgainMs = 200;
/** A text whose sender dies while it waits is not typed long afterwards, when nobody expects it any more. */
const orphanLimitMs = 30_000;
const mostSenders = 1_000;
/** As often as the daemon's: a round of the delivery queue, for a command that has no daemon to turn it. */
const roundMs = 1000;

export interface SendOrder {
  readonly pane: PaneAddress;
  readonly text: string;
  readonly from: string;
  readonly agent: string | null;
  readonly force: boolean;
  readonly allowShell: boolean;
  /** the text names keys: they are pressed, in the dialog that is open now or where there is none */
  readonly keys?: 'outside-dialogs' | 'in-dialog' | undefined;
  /** the text is a slash command of the agent, which is to run it */
  readonly command?: boolean | undefined;
  readonly waitMs: number;
  /** left out: as configured */
  readonly via?: Via | undefined;
}

/** Texts on their way to a pane: a person's, the answer to a request, a request for a live controller. */
export class TextSender {
  readonly #clock: Clock;
  readonly #waits: Clock;
  readonly #mint: () => string;
  readonly #journal: Journal;
  readonly #panes: Panes;
  readonly #post: DeliveryQueue;
  readonly #viaFor: (pane: PaneIdentity) => Via;
  readonly #changes: Changes;
  readonly #notifyFor: (pane: PaneAddress) => () => void;
  readonly #senders = new Map<DeliveryId, AbortSignal>();
  /** requests whose answer somebody waits to see arrive */
  readonly #awaited = new Set<string>();

  /**
   * @param parts.waits tells how long has been waited, whatever becomes of `clock`
   * @param parts.notifyFor has tmux notify of output of a pane that nobody may be watching, until what it returns is called
   */
  constructor(parts: {
    clock: Clock;
    waits: Clock;
    mint: () => string;
    journal: Journal;
    panes: Panes;
    post: DeliveryQueue;
    viaFor: (pane: PaneIdentity) => Via;
    changes: Changes;
    notifyFor: (pane: PaneAddress) => () => void;
  }) {
    this.#clock = parts.clock;
    this.#waits = parts.waits;
    this.#mint = parts.mint;
    this.#journal = parts.journal;
    this.#panes = parts.panes;
    this.#post = parts.post;
    this.#viaFor = parts.viaFor;
    this.#changes = parts.changes;
    this.#notifyFor = parts.notifyFor;
  }

  /** Puts a text into a pane now, or within `waitMs`; what could not be typed by then is cancelled, never left behind. */
  async send(order: SendOrder, closed: AbortSignal): Promise<Delivery> {
    const stopNotifying = this.#notifyFor(order.pane);
    try {
      return await this.#send(order, closed);
    } finally {
      stopNotifying();
    }
  }

  /** True when whoever sent it still listens, and is told what becomes of it. */
  isAwaited(id: DeliveryId): boolean {
    return this.#senders.get(id)?.aborted === false;
  }

  /** The end of a delivery is told more than once: its sender is not forgotten at the first time. */
  #remember(id: DeliveryId, closed: AbortSignal): void {
    this.#senders.set(id, closed);
    if (this.#senders.size > mostSenders) this.#senders.delete(this.#senders.keys().next().value!);
  }

  async #send(order: SendOrder, closed: AbortSignal): Promise<Delivery> {
    if (order.keys !== undefined) keysOf(order.text, { inDialog: order.keys === 'in-dialog' });
    if (order.command) commandOf(order.text);
    const snapshot =
      order.keys === undefined ? await this.#settled(order.pane, order.agent) : await this.#panes.capture(order.pane);
    if (snapshot === null)
      throw usageError('send', order.pane.paneId, 'there is no such pane', '`bridge list` shows those there are');
    const agent = order.agent ?? this.#panes.agentProgram(snapshot).name;
    const bound = order.keys === 'in-dialog' ? this.#openDialog(snapshot, agent) : {};
    const id = this.#mint() as EnvelopeId;
    const posted = this.#post.post(
      {
        id,
        thread: id,
        from: order.from,
        to: order.pane.paneId,
        inReplyTo: null,
        kind: order.command ? 'command' : order.keys === undefined ? 'message' : 'keys',
        body: order.text,
        notes: '',
        expectsReply: false,
        createdAt: this.#clock.now(),
      },
      snapshot.identity,
      agent,
      order.command
        ? { force: false, allowShell: false, via: 'keyboard' }
        : { force: order.force, allowShell: order.allowShell, via: order.via ?? this.#viaFor(snapshot.identity) },
      this.#clock.now() + order.waitMs + orphanLimitMs,
      undefined,
      bound,
    );
    return this.#followed(posted, order.waitMs, closed);
  }

  /** Posts what `post` posts for this pane, and sees what becomes of it, as of a text that is sent. */
  async follow(pane: PaneAddress, post: () => Delivery, closed: AbortSignal): Promise<Delivery> {
    const stopNotifying = this.#notifyFor(pane);
    try {
      return await this.#followed(post(), 0, closed);
    } finally {
      stopNotifying();
    }
  }

  async #followed(posted: Delivery, waitMs: number, closed: AbortSignal): Promise<Delivery> {
    this.#remember(posted.id, closed);
    const last = await this.#triedUntil(posted, this.#waits.now() + waitMs, closed);
    if (!isWaiting(last.state)) return last;
    const why = last.state.is === 'held' ? `held: ${last.state.reason}: ${last.state.detail}` : 'held: interrupted';
    this.#post.cancel(posted.id, why);
    return this.#stored(posted);
  }

  /**
   * The answer to a request, on its way to the worker that asked.
   * @param how.dialog fingerprint of the dialog in which the body is the label of the option to choose
   */
  answer(
    request: Request,
    answer: Pick<Answer, 'by' | 'instructions' | 'notes'>,
    how: { readonly id: DeliveryId | undefined; readonly deadlineAt: number | null; readonly dialog?: string },
  ): DeliveryId {
    const envelope = this.#about(request, {
      kind: 'response',
      from: answer.by,
      to: request.worker,
      inReplyTo: request.id,
      body: answer.instructions,
      notes: answer.notes,
    });
    const plain = { force: false, allowShell: false, via: this.#viaFor(request.pane) };
    const bound = {
      ...(how.dialog === undefined ? {} : { dialog: how.dialog }),
      ...(request.turnMark === undefined ? {} : { turnMark: request.turnMark }),
      ...('askedAt' in request.state ? { askedAt: request.state.askedAt } : {}),
    };
    return this.#post.post(envelope, request.pane, request.agent, plain, how.deadlineAt, how.id, bound).id;
  }

  /**
   * A request, on its way to the live controller's pane; it waits there no longer than the answer is waited for. After a
   * restart the one that was posted before goes on, or has arrived: it is not typed there twice.
   * @throws BridgeError when nobody can tell whether it arrived there before
   */
  async askPane(pane: PaneFacts, body: string, request: Request, deadlineAt: number | null): Promise<void> {
    const snapshot = await this.#panes.capture(pane);
    if (snapshot === null)
      throw new BridgeError({ what: 'controller', target: pane.paneId, reason: 'the pane is gone' });
    const before = this.#journal
      .deliveries({ thread: request.id })
      .findLast(({ envelope, recipient }) => envelope.kind === 'request' && sameAgent(recipient, snapshot.identity));
    if (before?.state.is === 'uncertain' || before?.state.is === 'typed-not-submitted') {
      const reason = `nobody can tell whether the request arrived there: ${before.state.reason}`;
      throw new BridgeError({ what: 'controller', target: pane.paneId, reason });
    }
    if (before && (!isEnded(before.state) || before.state.is === 'acknowledged')) return;
    const envelope = this.#about(request, {
      kind: 'request',
      from: request.worker,
      to: 'controller',
      inReplyTo: null,
      body,
      notes: '',
    });
    const plain = { force: false, allowShell: false, via: this.#viaFor(snapshot.identity) };
    this.#post.post(envelope, snapshot.identity, this.#panes.agentProgram(snapshot).name, plain, deadlineAt);
  }

  /** The delivery of a request's answer, newest first. */
  deliveryOf(requestId: string): Delivery | null {
    const inThread = this.#journal.deliveries({ thread: requestId });
    return inThread.findLast((delivery) => delivery.envelope.inReplyTo === requestId) ?? null;
  }

  /**
   * Waits until the delivery of this request's answer has ended or is held. Two holds are waited out, for they may be over
   * in a moment: whoever sees the pane for the first time, as a command without a daemon does, cannot tell at once whether
   * it rests; and a dialog may be drawn anew, further down, between the look and the key.
   * @param limits how long an attempt may take to begin, and how long one that is under way then may take to end
   */
  async settled(
    requestId: string,
    limits: { readonly beginMs: number; readonly endMs: number },
    closed: AbortSignal,
  ): Promise<Delivery | null> {
    const stage = () => {
      const state = this.deliveryOf(requestId)?.state;
      const request = this.#journal.request(requestId);
      if (request !== null && !isAnswerTyped(request)) return 'settled';
      if (state === undefined || state.is === 'queued') return null;
      return isEnded(state) || state.is === 'held' ? 'settled' : 'begun';
    };
    const isSettled = () => (stage() === 'settled' ? true : null);
    const before = this.deliveryOf(requestId);
    this.#awaited.add(requestId);
    try {
      // what holds it may be over, and another process may have been the last to try
      if (before?.state.is === 'held') await this.#post.paneMoved(before.recipient);
      await this.#changes.until(isSettled, closed, limits.beginMs);
      if (stage() === 'begun') await this.#changes.until(isSettled, closed, limits.endMs);
      const delivery = this.deliveryOf(requestId);
      if (delivery !== null && isMomentary(delivery)) {
        await this.#triedUntil(delivery, this.#waits.now() + settleMs, closed);
      }
    } finally {
      this.#awaited.delete(requestId);
    }
    return this.deliveryOf(requestId);
  }

  /** True while whoever answered the request waits to be told what becomes of the answer. */
  isAnswerAwaited(requestId: string): boolean {
    return this.#awaited.has(requestId);
  }

  /** Tries a delivery whenever its pane looks as if it could take it, until it has ended, or is held at `giveUpAt` of `waits`. */
  async #triedUntil(posted: Delivery, giveUpAt: number, closed: AbortSignal): Promise<Delivery> {
    const pane = posted.recipient;
    const isTried = () => {
      const { state } = this.#stored(posted);
      return isEnded(state) || state.is === 'held' ? state : null;
    };
    let seen = this.#panes.outputCount(pane);
    while (!closed.aborted) {
      const state = await this.#changes.until(isTried, closed, roundMs);
      if (state === null) {
        // being typed; or a hand failed in the middle of it, and what became of it is read from the screen
        this.#post.tick(this.#clock.now());
        continue;
      }
      if (state.is !== 'held' || this.#waits.now() >= giveUpAt) break;
      await this.#panes.nextOutput(pane, Math.min(lookAgainMs, giveUpAt - this.#waits.now()), seen);
      seen = this.#panes.outputCount(pane);
      // it is posted: that nobody can look just now is for its own attempt to say, and no end of it
      const snapshot = await this.#panes.capture(pane).catch(() => null);
      const isLast = this.#waits.now() >= giveUpAt;
      const isForDialog = posted.envelope.kind === 'keys' || posted.dialog !== undefined;
      if (snapshot === null || isLast || isForDialog || isReady(this.#panes.readAs(snapshot, posted.agent))) {
        await this.#post.paneMoved(pane);
      }
    }
    return this.#stored(posted);
  }

  /** Keys are meant for the dialog that whoever sends them sees. */
  #openDialog(snapshot: Snapshot, agent: string): Pick<Delivery, 'dialog' | 'turnMark'> {
    const reading = this.#panes.readAs(snapshot, agent);
    if (reading.dialog !== null) return { dialog: reading.dialog.fingerprint, turnMark: markTurn([], reading) };
    const { paneId } = snapshot.identity;
    throw usageError('--in-dialog', paneId, 'no dialog is read on its screen', '`bridge explain` says what is');
  }

  #stored(delivery: Delivery): Delivery {
    return this.#journal.delivery(delivery.id) ?? delivery;
  }

  /** Looks until the pane is ready or plainly is not; only a screen that may still become quiet is waited for. */
  async #settled(pane: PaneAddress, agent: string | null): Promise<Snapshot | null> {
    const giveUpAt = this.#waits.now() + settleMs;
    for (;;) {
      const seen = this.#panes.outputCount(pane);
      const snapshot = await this.#panes.capture(pane);
      if (snapshot === null) return null;
      const reading = agent === null ? this.#panes.read(snapshot) : this.#panes.readAs(snapshot, agent);
      if (isReady(reading) || !mayComeToRest(reading) || this.#waits.now() >= giveUpAt) return snapshot;
      await this.#panes.nextOutput(pane, 100, seen);
    }
  }

  #about(request: Request, letter: Pick<Envelope, 'kind' | 'from' | 'to' | 'inReplyTo' | 'body' | 'notes'>): Envelope {
    return {
      id: this.#mint() as EnvelopeId,
      thread: request.id,
      ...letter,
      expectsReply: letter.kind === 'request',
      createdAt: this.#clock.now(),
    };
  }
}

/** Held for what a further look may find over; a text that a dialog holds back waits for whoever decides in it. */
function isMomentary({ state, dialog }: Delivery): boolean {
  return state.is === 'held' && (state.reason === 'unknown' || (state.reason === 'dialog' && dialog !== undefined));
}
