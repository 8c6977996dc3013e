/**
 * What most programs leave out of a command when they show it: control characters, escape sequences, and the blanks at a line's end. All
 * other words stay in sight (gemini 0.61, codex 0.169 and 0.171, Copilot 1.0.102, Kimi 2.1.0).
 */
export const controls = '\\x1b\\[[0-9;]*[A-Za-z]|[\\x00-\\x08\\x0b-\\x1f\\x7f]| +$';

/** The same, and tabs (codex 0.169 and 0.171): two words may stand there as one. */
export const controlsAndTabs = `\\t|${controls}`;
