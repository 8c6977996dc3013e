/**
 * What of a text survives its way through a terminal and a TUI: its visible characters in their order, without the
 * wrapping, the indents and what has no width. Two screens show the same text when their visible texts are equal.
 */
export type VisibleText = (text: string) => string;

/** Terminals disagree about these: they are dropped, merged or drawn as replacement characters. */
const fragile = /[\p{M}\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\ufffd]/gu;

/** One measure for a text and for what a screen shows of it. Fragile characters count only where there is nothing else. */
export function visibleTextFor(text: string): VisibleText {
  const plain = strict(text).replace(fragile, '');
  return plain === '' || plain === strict(text) ? strict : (shown) => strict(shown).replace(fragile, '');
}

function strict(text: string): string {
  return text.normalize('NFC').replace(/[\s\p{Cf}]+/gu, '');
}

/** What markdown writes and a TUI draws otherwise or not at all, and the frames that a TUI draws around words. */
const marks = /[`*_~#>|+\-•◦▪‣○●❯›\u2500-\u259f]/gu;

/** A visible without those, for an input that is drawn as markdown: codex 0.169.0 makes `- a` a `• a`, and drops backticks. */
export function drawnFor(text: string): VisibleText {
  const visible = visibleTextFor(text);
  const drawn: VisibleText = (shown) => visible(shown).replace(marks, '');
  return drawn(text) === '' ? visible : drawn;
}
