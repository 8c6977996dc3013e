import { isBlank } from '../../../core/cleaning.ts';
import { visibleLine } from '../../../core/visible.ts';
import { Refusal } from '../refusal.ts';
import type { Place } from './place.ts';

/** `from=claude 14:23Z | build the parser`, which stands behind the marker */
export function tagged(from: string, text: string): string {
  return `from=${visibleLine(from)} ${stamp(16).slice(11)}Z | ${text}`;
}

/** @throws Refusal for a message of nothing, or of more than AGENT_COMMS_MAX_MSG_LEN allows */
export function textOf(words: readonly string[], how: string, { settings }: Place): string {
  const text = words.join(' ');
  if (isBlank(text)) throw new Refusal(`usage: agent_comms ${how}`, 2);
  const { mostCharacters: most } = settings;
  if (most !== null && text.length > most)
    throw new Refusal(
      `the message has ${text.length} characters, and AGENT_COMMS_MAX_MSG_LEN is ${most}; nothing is cut or sent`,
    );
  return text;
}

export function oneLine(text: string): string {
  return visibleLine(text.replace(/\s+/g, ' ').trim());
}

/** UTC, so many characters of `2026-11-30T14:23:05`. */
export function stamp(length: number, at: Date = new Date()): string {
  return at.toISOString().slice(0, length);
}

export function said(text: string, { run }: Pick<Place, 'run'>): number {
  run.say(text);
  return 0;
}

export function note(text: string, { run }: Pick<Place, 'run'>): void {
  run.warn(`agent_comms: ${text}`);
}
