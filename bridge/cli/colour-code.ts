const names: readonly string[] = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/**
 * What a terminal is told for a colour as tmux names it: `red`, `brightred`, `colour208`, `#ff8700`. Figures and `;` alone.
 * @returns null for one that it does not know
 */
export function colourCode(colour: string): string | null {
  const given = colour.toLowerCase();
  const [, isBright, name = ''] = /^(bright)?([a-z]+)$/.exec(given) ?? [];
  const at = names.indexOf(name === 'grey' || name === 'gray' ? 'white' : name);
  if (at >= 0) return `${(isBright ? 90 : 30) + at}`;
  const [, number] = /^colou?r(\d{1,3})$/.exec(given) ?? [];
  if (number !== undefined) return Number(number) < 256 ? `38;5;${Number(number)}` : null;
  const [, red, green, blue] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(given) ?? [];
  if (red === undefined) return null;
  return `38;2;${[red, green!, blue!].map((part) => Number.parseInt(part, 16)).join(';')}`;
}
