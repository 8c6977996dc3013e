import { listOptions } from '../../core/choice.ts';
import { quoteCommand } from '../../core/command-line.ts';
import type { Documents } from '../../core/documents.ts';
import { messageOf } from '../../core/failure.ts';
import { identityKey, type PaneAddress, type PaneIdentity, placeIn, type Snapshot } from '../../core/pane.ts';
import type { Reading } from '../../core/reading.ts';
import { systemClock } from '../../host/clock.ts';
import type { Bridge } from '../bridge.ts';

/** A dialog that stands so long is waited at; one that cannot be read may still be drawn. */
const standsMs = 1_000;

/**
 * A controller that waits at a dialog answers nobody, and nobody is asked for it: a person is called, once for each dialog,
 * also over a restart; and it is said when that dialog is gone.
 */
export class DialogAlert {
  readonly #emit: Bridge['emit'];
  readonly #memory: Documents;
  readonly #name: string;
  readonly #key: string;
  readonly #broke: (reason: string) => void;
  /** of the dialog that stands there; null: positively none; undefined: nobody has looked yet */
  #fingerprint: string | null | undefined;
  #cancel: () => void = () => {};

  /** @param parts.broke what was seen could not be kept */
  constructor(parts: {
    emit: Bridge['emit'];
    memory: Documents;
    name: string;
    identity: PaneIdentity;
    broke: (reason: string) => void;
  }) {
    this.#emit = parts.emit;
    this.#memory = parts.memory;
    this.#name = parts.name;
    this.#key = memoryKey(parts.identity);
    this.#broke = parts.broke;
  }

  seen({ state, dialog }: Reading, { identity, facts }: Snapshot): void {
    if (!['dialog', 'idle', 'busy', 'exited'].includes(state)) return;
    const fingerprint = state === 'dialog' ? (dialog?.fingerprint ?? '') : null;
    if (fingerprint === this.#fingerprint) return;
    this.#fingerprint = fingerprint;
    this.#cancel();
    if (fingerprint === this.#memory.memory<string>(this.#key)) return;
    this.gone(identity);
    if (fingerprint === null) return;
    const blocked = {
      type: 'controller-blocked',
      worker: this.#name,
      ...identity,
      dialog: dialog?.kind ?? 'other',
      question: dialog?.question || 'it could not be read',
      options: dialog && dialog.options.length > 0 ? listOptions(dialog) : '',
      attach: attachLine(identity, facts),
    } as const;
    this.#cancel = systemClock.after(standsMs, () => {
      try {
        this.#memory.saveMemory(this.#key, fingerprint);
        this.#emit(blocked);
      } catch (fault) {
        this.#broke(messageOf(fault));
      }
    });
  }

  /** The dialog for which a person was called is there no more; or its agent is not. */
  gone(pane: PaneAddress): void {
    if (this.#memory.memory<string>(this.#key) === null) return;
    this.#memory.saveMemory(this.#key, null);
    this.#emit({ type: 'controller-unblocked', worker: this.#name, ...placeIn(pane) });
  }

  close(): void {
    this.#cancel();
  }
}

function attachLine({ socketPath }: PaneIdentity, { sessionName, windowId }: Snapshot['facts']): string {
  return quoteCommand(['tmux', '-S', socketPath, 'attach-session', '-t', `=${sessionName}:${windowId}`]);
}

/** Of the dialog for which a person was called last; of that agent. */
function memoryKey(identity: PaneIdentity): string {
  return `controller-dialog|${identityKey(identity)}|${identity.agentPid}|${identity.agentStartedAt}`;
}
