import { doubt } from './hook-state.ts';
import { evidence } from './rows.ts';
import type { ScreenReader } from './screen-reader.ts';

/**
 * The reader, held back by the agent's own hook state: where that stands against a screen at rest, the screen is `unknown`.
 * A hook state never makes anything ready by itself; what it adds to a screen at rest, each reader weighs for itself.
 */
export function withHookState(reader: ScreenReader): ScreenReader {
  return {
    ...reader,
    read(snapshot, motion) {
      const reading = reader.read(snapshot, motion);
      const against = reading.state === 'idle' ? doubt(motion.signals.hookState) : null;
      if (against === null) return reading;
      return { ...reading, state: 'unknown', why: [evidence('contradiction', against), ...reading.why] };
    },
  };
}
