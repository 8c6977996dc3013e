import type { ComposerFacts } from '../core/composer.ts';
import { type DeliveryInput, isTyped, isWaiting, mustStep, typedAt } from '../core/delivery-machine.ts';
import { becausePassed, type Delivery, type DeliveryState, type HoldReason, type LastSeen } from '../core/envelope.ts';
import type { DeliveryKind } from '../core/events.ts';
import { submits as submitsBy } from '../core/keys.ts';
import type { InputMethod } from '../core/native-input.ts';
import { type FreshSnapshot, type PaneAddress, placeIn, type Snapshot, sameAgent } from '../core/pane.ts';
import type { PaneCondition } from '../core/pane-condition.ts';
import { because } from '../core/reading.ts';
import { whyPassed } from '../core/turn-mark.ts';
import type { TypedNote, Writer } from '../core/typed-note.ts';
import { composerHolds, isWhole, type Look, linesShowing } from './evidence.ts';
import { executes, guard, guardAsRead, guardKeys, hasEnded, type Verdict } from './guard.ts';
import { Notes } from './notes.ts';
import type { CourierParts, TakenPane } from './pane-io.ts';
import { StabilityTimer } from './stability-timer.ts';
import { oneLine, type Prepared, prepare, prepareDraft, withoutRefusals } from './text.ts';
import { turnFingerprint } from './turn-fingerprint.ts';

/** tmux tells a person's last key to the second: one that may lie after `instant` counts as after it. */
const keyGrainMs = 1_000;

/** What shows another turn must stand so long: a program that was stopped in the middle of drawing stands for many looks. */
export const passedStandsMs = 600;

/** Evidence of a receipt that no screen has shown yet. */
export const agentSaysSo = 'agent-signalled';

/** A terminal in line mode drops what goes beyond 4,096 bytes. */
const shellLineBytes = 4_000;

/** An agent calls its hook before it draws: `--force` does not override a dialog that is coming. */
const announcedDialog = {
  pass: false,
  reason: 'dialog',
  detail: 'its own hook says that it asks for approval',
} as const satisfies Verdict;

/** A look of this moment: it also tells who is at the keys. */
export interface FreshLook extends Look {
  readonly snapshot: FreshSnapshot;
}

/**
 * One delivery on its way, with what every step of the way needs: a look at its pane, what speaks against going on, and
 * its states, each committed before the act that it names.
 */
export class Attempt {
  readonly parts: CourierParts;
  readonly composerFacts: ComposerFacts;
  /** kept with every state from `typed` on, and in the receipt */
  inputMethod: InputMethod = { via: 'keyboard' };
  #delivery: Delivery;
  #lastLook: Look | null = null;
  #outputsSeen = 0;
  readonly #pane: TakenPane | null;
  readonly #notes: Notes | null;
  readonly #passing = new StabilityTimer(passedStandsMs);
  #isTurnInDoubt = false;

  /**
   * @param pane ours while this lasts
   * @param writer what its tmux server knows of whoever types there, where that is us
   */
  constructor(parts: CourierParts, delivery: Delivery, pane: TakenPane | null = null, writer?: Writer) {
    this.#pane = pane;
    this.#notes = writer === undefined ? null : new Notes(writer);
    this.parts = parts;
    this.composerFacts = parts.readers.composerFacts(delivery.agent, delivery.recipient);
    this.#delivery = delivery;
    if ('way' in delivery.state && delivery.state.way) this.inputMethod = delivery.state.way;
  }

  get delivery(): Delivery {
    return this.#delivery;
  }

  get pane(): PaneAddress {
    return this.#delivery.recipient;
  }

  get now(): number {
    return this.parts.clock.now();
  }

  /** A fresh look; null when the pane is gone. */
  async look(): Promise<FreshLook | null> {
    this.listen();
    const snapshot = await this.parts.io.capture(this.pane);
    if (snapshot === null) return null;
    const look = { snapshot, reading: this.parts.readers.read(snapshot, this.#delivery.agent) };
    this.#lastLook = look;
    return look;
  }

  /** The look that has just been taken shows no half of a frame, as far as the program tells. */
  isWholeFrame({ snapshot }: Look): boolean {
    return this.parts.readers.isWholeFrame(snapshot, this.#delivery.agent);
  }

  /** From now on all output counts for the next wait, also one that comes before anybody waits. A look listens by itself. */
  listen(): void {
    this.#outputsSeen = this.parts.io.outputCount(this.pane);
  }

  /** True when the pane drew something since the last look, or since `listen`. */
  drawsWithin(limitMs: number): Promise<boolean> {
    return this.parts.io.nextOutput(this.pane, Math.max(1, limitMs), this.#outputsSeen);
  }

  verdictOn(look: FreshLook | null): Verdict & { readonly lastHumanKeyAt: number | null } {
    const lastHumanKeyAt = look?.snapshot.lastHumanKeyAt ?? null;
    const { recipient, options, envelope, dialog, mark } = this.#delivery;
    const { snapshot, reading } = look ?? { snapshot: null, reading: null };
    const { whileBusy } = this.composerFacts;
    const situation = { snapshot, reading, recipient, options, whileBusy, lastHumanKeyAt, now: this.now };
    const keys = envelope.kind === 'keys' ? envelope.body.split(' ') : null;
    const verdict =
      mark !== undefined
        ? guardAsRead(situation, this.#actOn(look, keys))
        : keys !== null
          ? guardKeys(situation, keys, this.composerFacts.submitKey, dialog)
          : guard(situation);
    const asks = verdict.pass && snapshot !== null && this.parts.hookEvents?.asks(snapshot.identity) === true;
    return { ...(asks && dialog === undefined ? announcedDialog : verdict), lastHumanKeyAt };
  }

  /** What somebody does who has read the pane, as its guard asks. */
  #actOn(look: FreshLook | null, keys: readonly string[] | null): Parameters<typeof guardAsRead>[1] {
    const { envelope, dialog } = this.#delivery;
    const submits = envelope.kind === 'submit' || (keys !== null && submitsBy(keys, this.composerFacts.submitKey));
    const isOwnDraft = look !== null && this.holdsOwnDraft(look);
    return { keys, submits, isOwnDraft, isUnknown: look !== null && this.isUnknown(look), dialog };
  }

  /** The composer shows the text that the sender has typed before, and nothing else. */
  holdsOwnDraft({ snapshot, reading }: Look): boolean {
    const { draft } = this.#delivery;
    return draft !== undefined && isWhole(composerHolds(reading, snapshot, draft, this.composerFacts));
  }

  /** Nobody knows how the program reads its input. */
  isUnknown({ reading }: Look): boolean {
    return reading.agent === 'unknown';
  }

  /** True when a person may have pressed a key between the instant and this look. */
  humanSince(instant: number, { snapshot: { lastHumanKeyAt } }: FreshLook): boolean {
    return lastHumanKeyAt !== null && lastHumanKeyAt + keyGrainMs > instant;
  }

  /** The text of this delivery as it is typed, or was. */
  prepare(): Prepared {
    const { body, kind } = this.#delivery.envelope;
    if (this.#delivery.mark !== undefined) return prepareDraft(this.#delivery, this.composerFacts);
    if (this.inputMethod.via === 'native')
      return prepare(body, { ...this.composerFacts, ...this.composerFacts.nativeInput }, kind);
    const { allowShell } = this.#delivery.options;
    return prepare(body, allowShell ? withoutRefusals(this.composerFacts) : this.composerFacts, kind);
  }

  /** The same, for a pane that looks like this one. */
  prepareFor(snapshot: Snapshot): Prepared {
    const prepared = this.prepare();
    if (prepared.is === 'refused' || !executes(snapshot)) return prepared;
    // tmux does not tell whether a shell asked for brackets, and without them each line would be run as it arrives
    return oneLine(prepared.text, { maxLineBytes: Math.min(shellLineBytes, this.composerFacts.maxLineBytes) });
  }

  /** Why the turn that this answers has passed, by this look alone; null where it answers none, or that is not certain. */
  whyPassed({ snapshot, reading }: Look): string | null {
    const { turnMark } = this.#delivery;
    return turnMark === undefined || !this.isRecipient(snapshot) ? null : whyPassed(turnMark, reading);
  }

  /** While the text waits for Enter somebody else's turn seems to have begun, and it is not certain yet: no Enter now. */
  get isTurnInDoubt(): boolean {
    return this.#isTurnInDoubt;
  }

  /** A composer without our text has nothing that Enter could submit, and the new turn may be ours. */
  #passedSince(look: FreshLook): string | null {
    const passed = look.reading.composer.is === 'draft' ? this.whyPassed(look) : null;
    this.#isTurnInDoubt = passed !== null;
    this.#passing.saw(passed === null ? null : 'passed', look.snapshot);
    return this.#passing.isOver ? passed : null;
  }

  /** Why neither text nor Enter belongs into this pane any more; null when nothing speaks against it. */
  obstacle(look: FreshLook): string | null {
    const { snapshot, reading } = look;
    if (hasEnded(look)) return 'the program in the pane has ended';
    if (!this.isRecipient(snapshot)) return 'another program runs in the pane now';
    if (reading.state === 'dialog' || reading.dialog !== null) {
      return `a dialog opened: ${reading.dialog?.question || because(reading)}`;
    }
    if (this.parts.hookEvents?.asks(snapshot.identity)) return announcedDialog.detail;
    const shellNow = executes(snapshot) && !this.#delivery.options.allowShell;
    if (shellNow) return 'a shell or the like is in the foreground now';
    const passed = this.#passedSince(look);
    return passed === null ? null : `the turn that asked has passed: ${passed}`;
  }

  isRecipient({ identity }: Snapshot): boolean {
    return sameAgent(identity, this.#delivery.recipient);
  }

  claim(): Promise<Delivery> {
    return this.#take({ type: 'claimed', at: this.now });
  }

  release(): Promise<Delivery> {
    return this.#take({ type: 'released' });
  }

  /**
   * The text is about to be typed, on a screen that looks like this. It is claimed in the same commit: nothing is done
   * between the two, and a commit takes as long as the disk.
   */
  async typing({ reading }: Look, text: string, kind?: DeliveryKind): Promise<Delivery> {
    this.#pane?.typing();
    const at = this.now;
    const before = this.#delivery;
    const claimed = before.state.is === 'typed' ? before : mustStep(before, { type: 'claimed', at });
    const turnBefore = turnFingerprint(reading);
    const typed = mustStep(claimed, { type: 'typed', at, turnBefore, ...this.#noted(), ...this.#inputMethodNoted });
    return this.#commit(() => {
      if (claimed !== before) this.#save(claimed);
      return this.#save(typed, { bytes: Buffer.byteLength(text) }, kind);
    });
  }

  /**
   * Keys are about to be pressed that are no Enter behind a text.
   * @param isFirst false: others of it were pressed before, so that nothing can tell that none was
   */
  pressing(at: number, keys: object, isFirst = true): Promise<Delivery> {
    const noted = isFirst ? this.#noted() : {};
    return this.#take({ type: 'typed', at, ...noted, ...this.#inputMethodNoted }, keys, 'delivery-pressed');
  }

  /** Its tmux server said that it was not done, and it cannot be any more. */
  notTyped(): Promise<Delivery> {
    return this.#take({ type: 'not-typed' }, { note: this.#notes?.found }, 'delivery-not-typed');
  }

  /**
   * Whether what the state of a delivery names, `typed` or `submitted`, was done, by the word of its tmux server: by the bridge
   * that was about to do it, before this one became the writer. null where that is not known. Of several Enters, the first.
   */
  get wasDone(): boolean | null {
    const { state } = this.#delivery;
    const note = isTyped(state) ? state.note : undefined;
    if (note === undefined || this.#notes === null) return null;
    const { found } = this.#notes;
    return found === note.after ? true : found === note.before ? false : null;
  }

  /** Pastes what was committed as about to be typed. */
  async paste(text: string, condition: PaneCondition, { bracketed }: { bracketed: boolean }): Promise<'done' | 'held'> {
    const written = this.#notes?.written(true);
    const done = await this.parts.io.paste(this.pane, text, condition, { bracketed, ...(written && { written }) });
    if (done === 'done') this.#notes?.done();
    return done;
  }

  /** Presses the keys that were committed as about to be pressed. */
  async press(keys: string | readonly string[], condition: PaneCondition): Promise<'done' | 'held'> {
    const done = await this.parts.io.press(this.pane, keys, condition, this.#notes?.written(true));
    if (done === 'done') this.#notes?.done();
    return done;
  }

  /** Presses keys besides, by which nothing of the delivery is decided: no state names them. */
  pressBesides(keys: string | readonly string[], condition: PaneCondition): Promise<'done' | 'held'> {
    return this.parts.io.press(this.pane, keys, condition, this.#notes?.written(false));
  }

  /** The running turn is about to be broken off for this text. */
  interrupting(): Promise<Delivery> {
    return this.#take({ type: 'interrupting', at: this.now }, {}, 'delivery-interrupted');
  }

  /** Enter is about to be pressed. When it was typed, and the mark of the turn before it, stay with the delivery. */
  submitting(kind?: DeliveryKind): Promise<Delivery> {
    const { state } = this.#delivery;
    const isAgain = kind === 'delivery-enter-repeated' && state.is === 'submitted';
    const note = isAgain ? state.note && { note: state.note } : this.#noted();
    return this.#take({ type: 'submitted', at: this.now, ...note, ...this.#inputMethodNoted }, {}, kind);
  }

  /** The same hold again is no news, and nothing is written for it. */
  hold(reason: HoldReason, detail: string): Promise<Delivery> {
    return this.#take({ type: 'held', reason, detail, at: this.now });
  }

  /** The turn that it answers has passed, and nothing of it was typed, or handed over. */
  async cancelAsPassed(why: string): Promise<Delivery> {
    // what was about to be typed is taken back first
    if (!isWaiting(this.#delivery.state)) await this.hold('unknown', why);
    return this.cancel(becausePassed(why));
  }

  /** Its sender acts on what was read, and the pane is not so any more: nothing is typed. */
  cancelAsChanged(what: string): Promise<Delivery> {
    return this.cancel(`not as it was read: ${what}`);
  }

  cancel(reason: string): Promise<Delivery> {
    return this.#take({ type: 'cancelled', reason });
  }

  fail(reason: string): Promise<Delivery> {
    return this.#take({ type: 'failed', reason });
  }

  acknowledge(evidence: string, look: Look, text: string): Promise<Delivery> {
    const pane = placeIn(this.#delivery.recipient);
    const lines = linesShowing(look, text);
    const receipt = { pane, at: this.now, typedAt: typedAt(this.#delivery), evidence, lines, ...this.inputMethod };
    return this.#take({ type: 'acknowledged', receipt });
  }

  /** In the composer, or at least typed, and Enter did not submit it. */
  leave(reason: string): Promise<Delivery> {
    return this.#take({ type: 'left-in-composer', reason, ...this.#seen() });
  }

  doubt(reason: string): Promise<Delivery> {
    return this.#take({ type: 'lost-sight', reason, ...this.#seen() });
  }

  /** Commits what the event makes of the delivery; only then may the act that it names be done. */
  async #take(event: DeliveryInput, data: object = {}, kind?: DeliveryKind): Promise<Delivery> {
    const next = mustStep(this.#delivery, event);
    if (next === this.#delivery) return next;
    if (event.type === 'typed') this.#pane?.typing();
    const wasUnseen = isUnseen(this.#delivery.state);
    await this.#commit(() => this.#save(next, data, kind));
    if (wasUnseen && !isUnseen(next.state)) this.#pane?.settled();
    return next;
  }

  async #commit(save: () => Delivery): Promise<Delivery> {
    this.#delivery = await this.parts.memory.commit(save);
    return this.#delivery;
  }

  #save(next: Delivery, data: object = {}, kind: DeliveryKind = `delivery-${next.state.is}`): Delivery {
    const { id, state, attempts } = next;
    this.parts.memory.saveDelivery(next, { at: this.now, kind, subject: id, data: { state, attempts, ...data } });
    return next;
  }

  /** How tmux will note the act that is about to be committed. What goes in by another way passes no tmux. */
  #noted(): { note?: TypedNote } {
    const note = this.inputMethod.via === 'keyboard' ? this.#notes?.next() : undefined;
    return note === undefined ? {} : { note };
  }

  get #inputMethodNoted(): { way?: InputMethod } {
    const { via, because } = this.inputMethod;
    return via === 'keyboard' && because === undefined ? {} : { way: this.inputMethod };
  }

  /** What the last look showed, for whoever has to decide. */
  #seen(): { seen?: LastSeen } {
    const look = this.#lastLook;
    if (look === null) return {};
    const lines = linesShowing(look, this.#delivery.envelope.body);
    return { seen: { at: look.snapshot.takenAtMs, lines } };
  }
}

/** Typed, and as far as a screen has shown it may still be drawn as an input: an agent may say that it took it before it does. */
function isUnseen(state: DeliveryState): boolean {
  if (state.is === 'acknowledged') return state.receipt.evidence === agentSaysSo;
  return state.is === 'typed' || state.is === 'submitted' || state.is === 'uncertain';
}
