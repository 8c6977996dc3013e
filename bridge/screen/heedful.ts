import { doubt } from './agent-word.ts';
import { evidence } from './rows.ts';
import type { Profile } from './screen-reader.ts';

const made = new WeakMap<Profile, Profile>();

/**
 * The profile, held back by the agent's own word: where that stands against a screen at rest, the screen is `unknown`.
 * A word never makes anything ready by itself; what it adds to a screen at rest, each profile weighs for itself.
 */
export function heedful(profile: Profile): Profile {
  const known = made.get(profile);
  if (known !== undefined) return known;
  const careful: Profile = {
    ...profile,
    read(snapshot, motion) {
      const reading = profile.read(snapshot, motion);
      const against = reading.state === 'idle' ? doubt(motion.signals.word) : null;
      if (against === null) return reading;
      return { ...reading, state: 'unknown', why: [evidence('contradiction', against), ...reading.why] };
    },
  };
  made.set(profile, careful);
  return careful;
}
