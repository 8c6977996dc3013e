/** The program's own words for a long paste, where they name the size that ours has; of one line some name none. */
export function markerOf(shown: string, text: string, patterns: readonly string[]): string | null {
  const oneRow = shown.replace(/\s+/g, ' ');
  for (const pattern of patterns) {
    const match = new RegExp(pattern).exec(oneRow);
    if (match === null) continue;
    if (match[1] === undefined ? isLongLine(text) : sizesOf(text).has(Number(match[1]))) return match[0];
  }
  return null;
}

/** A marker that names no size can only mean a text like this: no program shortens what fits a few rows. */
function isLongLine(text: string): boolean {
  return !text.includes('\n') && text.length >= leastUnnamed;
}

const leastUnnamed = 400;

/** Programs count differently: UTF-16 units (gemini), code points (codex), bytes, lines, line breaks. */
function sizesOf(text: string): ReadonlySet<number> {
  const breaks = text.split('\n').length - 1;
  return new Set([text.length, [...text].length, Buffer.byteLength(text), breaks + 1, breaks]);
}
