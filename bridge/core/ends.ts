/**
 * The text without the characters at its end that `drop` matches, one at a time. A pattern such as `/[x]+$/` does the same
 * and tries it again from every character of a long run in the middle: its time grows with the square of that run.
 */
export function withoutEnd(text: string, drop: RegExp): string {
  let end = text.length;
  while (end > 0 && drop.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}
