import type { Composer } from '../core/reading.ts';

/** Whether a draft has only grown since the paste, as far as looks showed it. */
export class Growth {
  #length = 0;
  hasShrunk = false;

  saw(composer: Composer): void {
    // rows of a composer that scrolls differ in length; one that is hidden shows nothing
    if (composer.is === 'absent' || (composer.is === 'draft' && composer.cut === true)) return;
    const length = composer.is === 'draft' ? composer.text.replace(/\s+/g, '').length : 0;
    if (length < this.#length) this.hasShrunk = true;
    this.#length = length;
  }
}
