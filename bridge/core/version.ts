/** Whether a version is newer than each of these, by its numbers; what has no numbers is not. */
export function isNewer(version: string, known: readonly string[]): boolean {
  const numbers = numbersOf(version);
  return numbers.length > 0 && known.every((one) => compare(numbers, numbersOf(one)) > 0);
}

function numbersOf(version: string): number[] {
  return (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '').split('.').filter(Boolean).map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
