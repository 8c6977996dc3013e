import { createHash } from 'node:crypto';
import type { Reading } from '../core/reading.ts';

/**
 * A mark of the turn that was on the screen before a text was typed, kept with the delivery: after a crash it tells the
 * echo of that text from an older, equal one. Two hashes: of the input that opened the turn, and of the first thing said.
 */
export function turnFingerprint({ turn }: Pick<Reading, 'turn'>): string {
  return `${digest(turn.inputs.at(-1))}:${turn.cut ? '' : digest(turn.words[0])}`;
}

/** True only where it is certain that another input has opened the turn since. */
export function isAnotherTurn(fingerprint: string, reading: Pick<Reading, 'turn'>): boolean {
  const [input, said] = fingerprint.split(':');
  const [inputNow, saidNow] = turnFingerprint(reading).split(':');
  if (input !== inputNow) return true;
  return !!said && !!saidNow && said !== saidNow;
}

function digest(text: string | undefined): string {
  return text === undefined ? '' : createHash('sha256').update(text).digest('hex').slice(0, 16);
}
