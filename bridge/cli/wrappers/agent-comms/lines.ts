import { isBlank } from '../../../core/cleaning.ts';
import { visibleLine } from '../../../core/visible.ts';
import { print } from '../../output.ts';
import { Refusal } from '../wrapper.ts';

/** `«agent-msg» from=claude 14:23Z | build the parser` */
export function lineOf(from: string, text: string): string {
  return `${marker()} from=${visibleLine(from)} ${stamp(16).slice(11)}Z | ${text}`;
}

export function marker(): string {
  return process.env.AGENT_COMMS_MARKER || '«agent-msg»';
}

export function textOf(words: readonly string[], how: string): string {
  const text = words.join(' ');
  if (isBlank(text)) throw new Refusal(`usage: agent_comms ${how}`, 2);
  return text;
}

export function oneLine(text: string): string {
  return visibleLine(text.replace(/\s+/g, ' ').trim());
}

/** UTC, so many characters of `2026-11-30T14:23:05`. */
export function stamp(length: number): string {
  return new Date().toISOString().slice(0, length);
}

export function said(text: string): number {
  print(text);
  return 0;
}

export function note(text: string): void {
  print(`agent_comms: ${text}`, process.stderr);
}
