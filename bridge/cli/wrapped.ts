/** Longer lines are hard to read; shorter ones no longer hold two columns. */
const widest = 100;
const narrowest = 24;
/** Where less than this is left beside the first column, what it says stands below it. */
const leastBeside = 24;

/**
 * Lays a text out for a terminal: no word is cut that fits into a line, and a second column goes on in its own. Lines that
 * begin at the edge are one paragraph.
 */
export function wrapped(text: string, columns: number): string {
  const width = Math.max(narrowest, Math.min(columns, widest));
  return text
    .replace(/^(\S[^\n]*[^\n:])\n(?=\S)/gm, '$1 ')
    .split('\n')
    .map((line) => wrappedLine(line, width))
    .join('\n');
}

function wrappedLine(line: string, width: number): string {
  if (line.length <= width) return line;
  const [, indent = '', term = '', gap = '', says = ''] = /^( *)(\S.*?)(?:( {2,})(\S.*))?$/.exec(line) ?? [];
  if (says === '') return fill(term, indent, `${indent}${indent === '' ? '' : '  '}`, width);
  const beside = indent.length + term.length + gap.length;
  const below = `${indent}    `;
  if (width - beside >= leastBeside) return fill(says, line.slice(0, beside), ' '.repeat(beside), width);
  return `${fill(term, indent, below, width)}\n${fill(says, below, below, width)}`;
}

function fill(text: string, first: string, next: string, width: number): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = next;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}
