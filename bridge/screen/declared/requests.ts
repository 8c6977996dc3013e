import { Delimiter, neutraliseDelimiters } from '../../core/block-protocol.ts';
import type { Pattern } from './facts.ts';
import { pattern } from './lines.ts';

/** What stands for a mark of which the program has left only its brackets, until it is known what the turn says. */
const erased = '<<\u0000>>';

/** An own row, with what a mark became put apart from words that look like it. */
export function withErasedMark(row: string, mark: Pattern | undefined): string {
  return mark !== undefined && pattern(mark).test(row) ? row.replace(/\S.*$/u, erased) : row;
}

/**
 * The words of a turn in a program that erases the marks of a request block. A block counts only where it ends a turn that
 * is over, as the worker is told to write it: with its marks, which survive in code, or with exactly two erased ones. What
 * stands anywhere else, or is still being written, may be documentation.
 */
export function endingRequest(words: readonly string[], isOver: boolean): readonly string[] {
  const last = words.length - 1;
  const marks = words.flatMap((line, at) => (line.trim() === erased ? [at] : []));
  const start = words.findLastIndex((line) => line.trim().startsWith('<<CONTROLLER_REQUEST') && !isEnd(line));
  const shown = words.map((line) => line.replace(erased, '<>'));
  const harmless = shown.map(neutraliseDelimiters);
  if (!isOver) return harmless;
  if (start >= 0 && isEnd(words[last]!)) return [...harmless.slice(0, start), ...shown.slice(start)];
  const [first, second] = marks;
  if (marks.length !== 2 || second !== last || second - first! < 2 || answers.test(words[first! + 1]!)) return harmless;
  return harmless.map((line, at) =>
    at === first ? Delimiter.requestStart : at === second ? Delimiter.requestEnd : line,
  );
}

function isEnd(line: string): boolean {
  return line.trimEnd().endsWith(Delimiter.requestEnd);
}

/** How a controller's answer begins, whose marks are erased as well. */
const answers = /^\s*(?:WORKER INSTRUCTIONS|NOTES|ESCALATE)\b/;
