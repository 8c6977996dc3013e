import type { ToldEvent } from '../core/events.ts';
import type { RequestEffects } from '../requests/effects.ts';

/**
 * What a dry run does where others would notice it: it tells what would have happened, and that is all. Nothing is written
 * into the mailbox, nothing is put away, nobody is called; the delivery of an answer ends before it is typed.
 */
export function dryEffects(perform: RequestEffects, tell: (event: ToldEvent) => void): RequestEffects {
  return {
    ...perform,
    publish: (request, why) => tell({ type: 'would-notify', request, why }),
    notify: (request, why) => tell({ type: 'would-notify', request, why }),
    archive: () => {},
    tellNotTyped: () => {},
  };
}
