import { usageError } from './failure.ts';

/** One word of a command line that every POSIX shell, and fish, reads back as exactly `word`. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export function quoteCommand(argv: readonly string[]): string {
  return argv.map(quoteWord).join(' ');
}

/**
 * Splits as a shell would, and expands nothing: quotes and backslashes are honoured, `$`, backticks, `~` and globs stay
 * the characters they are.
 * @param name the flag or variable, for the message
 * @param shell `refused`: what would need one is a fault, rather than a strange word
 */
export function splitCommand(text: string, name: string, shell: 'refused' | 'ignored' = 'ignored'): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quote === "'") {
      if (character === "'") quote = null;
      else word += character;
    } else if (character === '\\') {
      const next = text[at + 1];
      if (next === undefined) throw usageError(name, text, 'ends in a backslash');
      if (quote === '"' && !'\\"$`\n'.includes(next)) word = `${word ?? ''}\\`;
      if (next !== '\n') word = `${word ?? ''}${next}`;
      at++;
    } else if (quote === '"') {
      if (character === '"') quote = null;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (shell === 'refused' && (/[|&;<>`]/.test(character) || text.startsWith('$(', at))) {
      throw usageError(name, text, `"${character}" needs a shell, and none is used`, `quote it, or write: sh -c '…'`);
    } else {
      word = `${word ?? ''}${character}`;
    }
  }
  if (quote !== null) throw usageError(name, text, `a ${quote} is never closed`);
  if (word !== null) words.push(word);
  return words;
}
