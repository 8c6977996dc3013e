import { listOptions } from '../../core/choice.ts';
import { quoteCommand } from '../../core/command-line.ts';
import { type PaneIdentity, placeIn, type Snapshot } from '../../core/pane.ts';
import type { Reading } from '../../core/reading.ts';
import { systemClock } from '../../host/clock.ts';
import type { Bridge } from '../bridge.ts';

/** A dialog that stands so long is waited at; one that cannot be read may still be drawn. */
const standsMs = 1_000;

/** A controller that waits at a dialog answers nobody, and nobody is asked for it: a person is called, once for each dialog. */
export class DialogAlert {
  readonly #emit: Bridge['emit'];
  readonly #name: string;
  /** of the dialog that stands there, or null for positively none */
  #fingerprint: string | null = null;
  #cancel: () => void = () => {};

  constructor(emit: Bridge['emit'], name: string) {
    this.#emit = emit;
    this.#name = name;
  }

  seen({ state, dialog }: Reading, { identity, facts }: Snapshot): void {
    if (!['dialog', 'idle', 'busy', 'exited'].includes(state)) return;
    const fingerprint = state === 'dialog' ? (dialog?.fingerprint ?? '') : null;
    if (fingerprint === this.#fingerprint) return;
    this.#fingerprint = fingerprint;
    this.#cancel();
    if (fingerprint === null) return;
    const said = dialog?.question || 'it could not be read';
    const options = dialog && dialog.options.length > 0 ? listOptions(dialog) : '';
    this.#cancel = systemClock.after(standsMs, () =>
      this.#emit({
        type: 'controller-blocked',
        worker: this.#name,
        ...placeIn(identity),
        dialog: dialog?.kind ?? 'other',
        question: said,
        options,
        attach: attachLine(identity, facts),
      }),
    );
  }

  close(): void {
    this.#cancel();
  }
}

function attachLine({ socketPath }: PaneIdentity, { sessionName, windowId }: Snapshot['facts']): string {
  return quoteCommand(['tmux', '-S', socketPath, 'attach-session', '-t', `=${sessionName}:${windowId}`]);
}
