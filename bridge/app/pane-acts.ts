import type { Clock } from '../core/clock.ts';
import { isWaiting } from '../core/delivery-machine.ts';
import type { Delivery, Envelope } from '../core/envelope.ts';
import { BridgeError, usageError } from '../core/failure.ts';
import type { EnvelopeId } from '../core/ids.ts';
import { keysOf, submits } from '../core/keys.ts';
import { addressKey, identityKey, type PaneAddress, type PaneIdentity, type Row, type Snapshot } from '../core/pane.ts';
import { isFresh, type ReadMark } from '../core/read-mark.ts';
import type { Reading } from '../core/reading.ts';
import { markRead } from '../delivery/as-read.ts';
import { composerHolds, isWhole } from '../delivery/evidence.ts';
import { executes } from '../delivery/guard.ts';
import { prepareDraft, wholeDraft } from '../delivery/text.ts';
import type { Caller } from '../host/caller.ts';
import type { Journal } from '../journal/journal.ts';
import type { DeliveryQueue } from '../messages/delivery-queue.ts';
import type { Panes } from '../panes/panes.ts';
import { refuseForgedBehind } from './forged.ts';
import { ReadMarks } from './read-marks.ts';
import type { TextSender } from './send-text.ts';
import { settledLook } from './settled-look.ts';

/** Nobody expects any more what its sender has not seen typed by then. */
const orphanLimitMs = 30_000;

/** Who reads a pane, or acts on it. */
export interface Party {
  /** the same for the same agent, or person, at each call */
  readonly key: string;
  /** as deliveries and envelopes name it */
  readonly name: string;
  /** where it sits; null where that is not known */
  readonly pane: PaneAddress | null;
}

export interface ActOrder {
  readonly pane: PaneAddress;
  readonly by: Party;
  readonly caller: Caller | null;
  /** the program that the pane is read as; null: the one that is found there */
  readonly agent: string | null;
  /** `draft`: the text is typed and left in the composer; `keys`: it names keys */
  readonly is: 'draft' | 'keys';
  readonly text: string;
  /** keys for the dialog that is open */
  readonly inDialog: boolean;
  readonly takesLines: boolean;
}

export interface Acted {
  readonly delivery: Delivery;
  /** null where the text was typed as it was given */
  readonly typedAs: string | null;
}

/** What was read of a pane. `rows` are its last lines. */
export interface PaneRead {
  readonly snapshot: Snapshot;
  readonly reading: Reading;
  readonly rows: readonly Row[];
}

/**
 * What agents do by hand in each other's panes: read, then act on what was read. A read leaves a mark; an act takes it, and the
 * courier compares it with the pane in the step before it types.
 */
export class PaneActs {
  readonly #clock: Clock;
  readonly #mint: () => string;
  readonly #journal: Journal;
  readonly #panes: Panes;
  readonly #post: DeliveryQueue;
  readonly #texts: TextSender;
  readonly #marks: ReadMarks;

  constructor(parts: {
    clock: Clock;
    mint: () => string;
    journal: Journal;
    panes: Panes;
    post: DeliveryQueue;
    texts: TextSender;
  }) {
    this.#clock = parts.clock;
    this.#mint = parts.mint;
    this.#journal = parts.journal;
    this.#panes = parts.panes;
    this.#post = parts.post;
    this.#texts = parts.texts;
    this.#marks = new ReadMarks(parts.journal);
  }

  /** The pane's last `lines` lines; with that it is read. */
  async read(
    pane: PaneAddress,
    { by, lines, agent }: { readonly by: Party; readonly lines: number; readonly agent: string | null },
    closed: AbortSignal,
  ): Promise<PaneRead> {
    const look = await settledLook(this.#panes, pane, closed, agent);
    if (look === null) throw noSuchPane('read', pane);
    const { snapshot } = look;
    this.#marks.keep(markRead(by.key, look));
    const isShort = snapshot.rows.length < lines && snapshot.firstVisible < snapshot.facts.historySize;
    const longer = isShort ? await this.#panes.capture(pane, { lines }) : null;
    return { ...look, rows: lastRows(longer?.rows ?? snapshot.rows, lines) };
  }

  /** @throws BridgeError where nothing was read, or it is refused before anything is looked at: then the mark stays */
  async act(order: ActOrder, closed: AbortSignal): Promise<Acted> {
    const { pane, by, is, text, inDialog } = order;
    if (is === 'keys') keysOf(text, { inDialog });
    if (by.pane !== null && addressKey(by.pane) === addressKey(pane)) {
      throw usageError(is === 'keys' ? 'keys' : 'type', pane.paneId, 'is your own pane');
    }
    this.#refuseUnread(this.#marks.of(by.key, pane), pane);
    const snapshot = await this.#panes.capture(pane);
    if (snapshot === null) throw noSuchPane(is, pane);
    const agent = order.agent ?? this.#panes.agentProgram(snapshot).name;
    const look = { snapshot, reading: this.#panes.readAs(snapshot, agent) };
    const last = this.#lastDraft(snapshot.identity);
    const mine = last === null || last.mark?.reader !== by.key ? [] : this.#standing(last, agent);
    const draft = mine.find((one) => isWhole(composerHolds(look.reading, snapshot, one, this.#facts(agent, snapshot))));
    if (is === 'draft' && draft !== undefined)
      refuseForgedBehind(draft, { text, target: pane.paneId, caller: order.caller });
    const isSubmitted = is === 'keys' && !inDialog && this.#isSubmitted(order, { last, mine, draft, agent, snapshot });
    const dialog = inDialog ? look.reading.dialog?.fingerprint : undefined;
    if (inDialog && dialog === undefined)
      throw usageError('--in-dialog', pane.paneId, 'no dialog is read on its screen');
    const envelope = this.#envelope(
      order,
      snapshot.identity,
      isSubmitted ? { kind: 'submit', body: draft ?? mine[0]! } : { kind: is, body: text },
    );
    const allowShell = executes(snapshot);
    const options = { force: false, allowShell, via: 'keyboard', takesLines: order.takesLines } as const;
    const post = () =>
      this.#journal.transact(() => {
        const mark = this.#marks.take(by.key, pane);
        this.#refuseUnread(mark, pane);
        const bound = {
          mark: mark!,
          ...(draft === undefined ? {} : { draft }),
          ...(dialog === undefined ? {} : { dialog }),
        };
        const deadlineAt = this.#clock.now() + orphanLimitMs;
        return this.#post.post(envelope, mark!.pane, agent, options, deadlineAt, undefined, bound);
      });
    const delivery = await this.#texts.follow(pane, post, closed);
    return { delivery, typedAs: this.#typedAs(delivery) };
  }

  /** The text as it was typed, where that is not as it was given: what would begin a command is made plain. */
  #typedAs(delivery: Delivery): string | null {
    const { envelope, agent, recipient, state } = delivery;
    if (envelope.kind !== 'draft' || state.is !== 'acknowledged') return null;
    const prepared = prepareDraft(delivery, this.#panes.composerFacts(agent, recipient));
    return prepared.is === 'refused' || prepared.text === envelope.body ? null : prepared.text;
  }

  /**
   * Enter alone submits the draft that its sender left there, or is refused where that has gone.
   * @throws BridgeError for keys that would submit the draft besides
   */
  #isSubmitted(
    { text }: ActOrder,
    found: {
      readonly last: Delivery | null;
      readonly mine: readonly string[];
      readonly draft: string | undefined;
      readonly agent: string;
      readonly snapshot: Snapshot;
    },
  ): boolean {
    const { submitKey } = this.#facts(found.agent, found.snapshot);
    const keys = keysOf(text, { inDialog: false });
    const isEnter = keys.length === 1 && [submitKey, 'Enter', 'C-m'].includes(keys[0]!);
    if (found.draft !== undefined && !isEnter && submits(keys, submitKey))
      throw usageError('keys', text, 'would submit your draft', 'press Enter alone for that');
    const isExpected = found.last?.envelope.kind === 'draft' && found.mine.length > 0;
    return isEnter && (found.draft !== undefined || isExpected);
  }

  #refuseUnread(mark: ReadMark | null, { paneId }: PaneAddress): void {
    const nextStep = 'read it first: bridge read TARGET';
    if (mark === null)
      throw new BridgeError({
        what: 'read',
        target: paneId,
        reason: 'you have not read it since you last acted on it',
        nextStep,
      });
    const now = this.#clock.now();
    if (isFresh(mark, now)) return;
    const seconds = Math.round((now - mark.at) / 1000);
    throw new BridgeError({
      what: 'read',
      target: paneId,
      reason: `you read it ${seconds} s ago, and a minute is the most`,
      nextStep,
    });
  }

  /** The last text that was typed into a pane and left there, or was submitted then. */
  #lastDraft(identity: PaneIdentity): Delivery | null {
    return this.#journal.deliveries({ thread: threadOf(identity), limit: 1 })[0] ?? null;
  }

  /** What of it may stand in the composer. */
  #standing(last: Delivery, agent: string): readonly string[] {
    const { state, draft, envelope } = last;
    const before = draft === undefined ? [] : [draft];
    if (envelope.kind === 'submit') return state.is === 'acknowledged' ? [] : [envelope.body];
    if (isWaiting(state) || ['cancelled', 'expired', 'failed'].includes(state.is)) return before;
    const whole = wholeDraft(last, this.#panes.composerFacts(agent, last.recipient));
    const after = whole === null ? [] : [whole];
    return state.is === 'acknowledged' ? after : [...after, ...before];
  }

  #facts(agent: string, { identity }: Snapshot) {
    return this.#panes.composerFacts(agent, identity);
  }

  #envelope(
    { by, pane }: ActOrder,
    identity: PaneIdentity,
    { kind, body }: { readonly kind: 'draft' | 'keys' | 'submit'; readonly body: string },
  ): Envelope {
    const id = this.#mint() as EnvelopeId;
    return {
      id,
      thread: kind === 'keys' ? id : threadOf(identity),
      from: by.name,
      to: pane.paneId,
      inReplyTo: null,
      kind,
      body,
      notes: '',
      expectsReply: false,
      createdAt: this.#clock.now(),
    };
  }
}

/** Drafts of one pane belong together: the last of them tells what of ours may stand in its composer. */
function threadOf(identity: PaneIdentity): string {
  return `drafts|${identityKey(identity)}`;
}

function lastRows(rows: readonly Row[], lines: number): readonly Row[] {
  const end = rows.findLastIndex(({ text }) => text.trimEnd() !== '') + 1;
  return rows.slice(0, end).slice(-lines);
}

function noSuchPane(what: string, { paneId }: PaneAddress): BridgeError {
  return usageError(what, paneId, 'there is no such pane', '`bridge list` shows those there are');
}
