import type { AgentProgram } from '../../agent-programs/agent-program.ts';
import { approvalIn, isReadable } from '../../core/approval.ts';
import { messageOf } from '../../core/failure.ts';
import type { TurnId } from '../../core/ids.ts';
import type { InputMark } from '../../core/input-mark.ts';
import { identityKey, type PaneIdentity, type Snapshot, sameAgent } from '../../core/pane.ts';
import type { Reading } from '../../core/reading.ts';
import { markTurn } from '../../core/turn-mark.ts';
import { systemClock } from '../../host/clock.ts';
import { RecordedCommands } from '../../panes/recorded-commands.ts';
import type { Bridge } from '../bridge.ts';
import { type CommandDoubt, doubtAbout } from './command-doubt.ts';

/** That no dialog is there any more is believed when a second look finds the same. */
const absentMs = 60;
/**
 * So is a dialog, a little later: a program draws it before it reads keys, and drops those that come sooner. Of Claude Code 2.1.332
 * a rule's key 70 ms after it was drawn was lost once in eight times, on a quick machine.
 */
const standsMs = 250;
/** A dialog that cannot be read may be one that is still being drawn. */
const unreadLookMs = 1_500;

/** A program notes a command before it asks; on a busy machine a little later. After so many looks it has not noted it. */
const recordLooks = 4;

/** What a look shows: a dialog's fingerprint, null for positively none, undefined where nothing can be said. */
type Shown = string | null | undefined;

type Needed = Pick<Bridge, 'panes' | 'journal' | 'opener' | 'requests'>;

/** The dialogs of one watched pane: a request for each that opens, and its withdrawal where it was answered in the pane. */
export class DialogWatch {
  readonly #bridge: Needed;
  readonly #pane: { readonly worker: string; readonly identity: PaneIdentity; readonly program: AgentProgram };
  readonly #humanOnly: () => string | null;
  readonly #inputs: () => readonly InputMark[];
  readonly #broke: (reason: string) => void;
  readonly #recorded = new RecordedCommands();
  /** looks at the dialog that is not settled on, at which its command was in no record */
  #unrecordedLooks = 0;
  #settled: Shown;
  /** the request about the dialog that was settled on last */
  #request = '';
  #cancel: (() => void) | null = null;
  #closed = false;

  /**
   * @param parts.humanOnly why only the human may decide what stands there now; null where others may
   * @param parts.inputs of the pane, as far as they are known
   */
  constructor(parts: {
    bridge: Needed;
    pane: { readonly worker: string; readonly identity: PaneIdentity; readonly program: AgentProgram };
    humanOnly: () => string | null;
    inputs: () => readonly InputMark[];
    broke: (reason: string) => void;
  }) {
    this.#bridge = parts.bridge;
    this.#pane = parts.pane;
    this.#humanOnly = parts.humanOnly;
    this.#inputs = parts.inputs;
    this.#broke = parts.broke;
  }

  seen(reading: Reading): void {
    const shown = shownIn(reading);
    if (shown !== undefined && shown !== this.#settled) this.#lookAgain(shown, reading);
  }

  /** The courier saw the dialog closed by its own key: one that is open now is another one, even if it looks the same. */
  chosen(): void {
    this.#settled = null;
    this.#lookAgain(undefined, null);
  }

  /** The courier saw that the dialog of this request has gone: one like it that is open now is another one. */
  passed(requestId: string): void {
    if (this.#request === requestId && this.#settled !== null) this.chosen();
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
  }

  #lookAgain(shown: Shown, reading: Reading | null): void {
    if (this.#closed) return;
    this.#cancel?.();
    const dialog = reading?.dialog ?? null;
    const laterMs = dialog === null ? absentMs : isReadable(dialog) ? standsMs : unreadLookMs;
    this.#cancel = systemClock.after(laterMs, () => {
      this.#cancel = null;
      this.#confirm(shown).catch((fault) => this.#broke(messageOf(fault)));
    });
  }

  async #confirm(first: Shown): Promise<void> {
    const { identity, program } = this.#pane;
    const snapshot = await this.#bridge.panes.capture(identity);
    if (snapshot === null || this.#closed || !sameAgent(snapshot.identity, identity)) return;
    const reading = this.#bridge.panes.readAs(snapshot, program.name);
    const shown = shownIn(reading);
    // what cannot be read now is read again when the pane draws
    if (shown === undefined || shown === this.#settled) return;
    if (shown !== first) {
      this.#unrecordedLooks = 0;
      return this.#lookAgain(shown, reading);
    }
    const isNew = this.#settled !== undefined;
    if (shown !== null) {
      const doubt = doubtAbout(reading.dialog!, identity, program, this.#recorded);
      if (doubt.mayEnd && ++this.#unrecordedLooks < recordLooks) return this.#lookAgain(shown, reading);
      this.#open(reading, snapshot, { isNew, ...doubt });
    }
    this.#unrecordedLooks = 0;
    this.#bridge.requests.dialogNow(identity, shown);
    this.#settled = shown;
  }

  /** @param found.isNew it was seen to open; else it may be the one that stood there before a restart */
  #open(reading: Reading, snapshot: Snapshot, found: { readonly isNew: boolean } & CommandDoubt): void {
    const dialog = reading.dialog!;
    const { journal, opener, requests } = this.#bridge;
    const { worker, identity, program } = this.#pane;
    const humanOnly = this.#humanOnly() ?? found.humanOnly ?? null;
    const why = {
      ...(humanOnly === null ? {} : { humanOnly }),
      ...(found.noChoice === undefined ? {} : { noChoice: found.noChoice }),
    };
    const turnMark = markTurn(this.#inputs(), reading);
    const request = journal.transact(() => {
      const openAs = (number: number) => {
        journal.saveMemory(memoryKey(identity), number);
        return opener.fromScreen({
          worker,
          pane: identity,
          agent: program.name,
          // each dialog is an occasion of its own, whatever turn it stands in: the same command may be asked twice in one
          turn: `${identity.agentPid ?? identity.panePid}.${identity.agentStartedAt ?? 0}!${number}` as TurnId,
          detection: approvalIn(dialog),
          snapshot,
          turnMark,
          ...why,
        });
      };
      const number = journal.memory<number>(memoryKey(identity)) ?? 0;
      const known = openAs(found.isNew ? number + 1 : number);
      // these ends are known only of a dialog that was seen to be gone
      return ['delivered', 'settled', 'withdrawn'].includes(known.state.is) ? openAs(number + 1) : known;
    });
    this.#request = request.id;
    requests.confirm(request.id, { turnMark, ...why });
  }
}

function shownIn({ state, dialog }: Reading): Shown {
  if (state === 'dialog' && dialog !== null) return dialog.fingerprint;
  return state === 'idle' || state === 'busy' ? null : undefined;
}

function memoryKey(identity: PaneIdentity): string {
  return `dialogs|${identityKey(identity)}|${identity.agentPid}|${identity.agentStartedAt}`;
}
