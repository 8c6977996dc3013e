const contextLines = 2;

/** What changes between two texts, as lines that a person can read: from the first line that differs to the last. */
export function diffOf(path: string, before: string | null, after: string | null): string {
  const [old, now] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const from = Math.max(0, head - contextLines);
  const lines = [
    ...old.slice(from, head).map((line) => ` ${line}`),
    ...old.slice(head, old.length - tail).map((line) => `-${line}`),
    ...now.slice(head, now.length - tail).map((line) => `+${line}`),
    ...old
      .slice(old.length - tail)
      .slice(0, contextLines)
      .map((line) => ` ${line}`),
  ];
  const counts = (all: readonly string[]) => `${from + 1},${all.length}`;
  const removed = lines.filter((line) => !line.startsWith('+'));
  const added = lines.filter((line) => !line.startsWith('-'));
  return [
    `--- ${path}`,
    `+++ ${after === null ? '(gone)' : path}`,
    `@@ -${counts(removed)} +${counts(added)} @@`,
    ...lines,
  ].join('\n');
}

function linesOf(text: string | null): string[] {
  return text === null ? [] : text.replace(/\n$/, '').split('\n');
}
