/** One line of a longer text, for lists and logs. */
export function firstLine(text: string, limit = 72): string {
  const line =
    text
      .split('\n')
      .find((candidate) => candidate.trim() !== '')
      ?.trim() ?? '';
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
