/** More than so many slips of the finger are another word. */
const mostSlips = 3;

/**
 * The name that was most likely meant: by its beginning, or by a slip or two; null where none is near. Of a name in a folder
 * (`project/worker`) its last part may have been meant.
 */
export function closest(given: string, known: Iterable<string>): string | null {
  const word = given.toLowerCase();
  if (word.length < 2) return null;
  let best: { readonly name: string; readonly slips: number } | null = null;
  for (const name of known) {
    const slips = Math.min(...formsOf(name).map((form) => slipsBetween(word, form)));
    const isNear = slips <= mostSlips && slips * 2 < word.length;
    if (isNear && (best === null || slips < best.slips)) best = { name, slips };
  }
  const begun = [...known].filter((name) => formsOf(name).some((form) => form.startsWith(word)));
  return best?.name ?? (word.length > 2 && begun.length === 1 ? begun[0]! : null);
}

function formsOf(name: string): string[] {
  const whole = name.toLowerCase();
  return [whole, whole.slice(whole.lastIndexOf('/') + 1)];
}

/** Letters put in, left out, changed or exchanged with their neighbour. Names that differ by many in length are not compared. */
function slipsBetween(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > mostSlips) return mostSlips + 1;
  let twoBack: number[] = [];
  let back = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const now = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      let least = Math.min(back[column]! + 1, now[column - 1]! + 1, back[column - 1]! + (isSame ? 0 : 1));
      const isExchanged = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (row > 1 && column > 1 && isExchanged) least = Math.min(least, twoBack[column - 2]! + 1);
      now.push(least);
    }
    twoBack = back;
    back = now;
  }
  return back[other.length]!;
}
