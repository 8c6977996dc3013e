import { type BridgeError, usageError } from '../core/failure.ts';

/**
 * Splits a command line into words as a POSIX shell does, with quotes and backslashes, and does nothing else a shell
 * does: no variables, no globs, no pipes. What would need a shell is refused rather than passed on as a strange word.
 * @param option the option the text came from, for the error
 */
export function splitCommand(text: string, option: string): readonly string[] | BridgeError {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index]!;
    const next = text[index + 1];
    if (quote === "'") {
      if (letter === "'") quote = null;
      else word += letter;
    } else if (letter === '\\' && next !== undefined && (quote === null || /["\\$`]/.test(next))) {
      word = (word ?? '') + next;
      index += 1;
    } else if (quote === '"') {
      if (letter === '"') quote = null;
      else word += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (/\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (/[|&;<>`]/.test(letter) || (letter === '$' && next === '(')) {
      return usageError(option, text, `"${letter}" needs a shell, and none is used`, `quote it, or write: sh -c '…'`);
    } else {
      word = (word ?? '') + letter;
    }
  }
  if (quote !== null) return usageError(option, text, `the quote ${quote} is never closed`);
  if (word !== null) words.push(word);
  return words;
}
