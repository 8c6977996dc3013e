import type { Row } from '../core/pane.ts';

/** Rows from the bottom in which a choice and its keys stand. */
const keyRows = 3;
const optionRows = 12;

const keys =
  /\b(?:esc|enter|return)\b[^.]{0,30}\b(?:cancel|confirm|select|choose|continue|close|decline)\b|\bany key\b/i;
const marked = /^\s*[│┃]?\s*[›❯▶●◉→>]\s+\d{1,2}[.)]\s+\S/;

/**
 * What looks like a dialog of a program that nobody has measured: keys that confirm or cancel at the very bottom, or a numbered
 * option with a mark near it (Copilot 1.0.102, Kimi Code 2.1.0, grok-cli 0.0.34, Kilo 7.7.9). Null where nothing does.
 */
export function hintOfChoice(rows: readonly Row[]): string | null {
  const filled = rows.map(({ text }) => text.trim()).filter((text) => text !== '');
  const confirms = filled.slice(-keyRows).findLast((text) => keys.test(text));
  return confirms ?? filled.slice(-optionRows).findLast((text) => marked.test(text)) ?? null;
}
