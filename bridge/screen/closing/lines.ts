import { firstOf, type Row, rows } from './row.ts';

/** What a line is by itself; prose where no row says otherwise. */
export type LineKind = 'prose' | 'item' | 'heading' | 'code' | 'quote';

const itemMark =
  /^(?:(?:[-*+•◦▪‣○→✓✔☐]|\[[ x]\]|\(?\d{1,2}[.):]|\(?[a-h][.)]|(?:option|choice) [\da-h][:.)])\s+|\d{1,2}[）、．])(?=\S)/i;

/** Over a line without its indent. Code that is set within it is spelled with `x`. */
export const lineRows: readonly Row<LineKind>[] = [
  ...rows('quote', {
    quote: { pattern: /^>(?: |$)/, like: '> Should we drop it?', unlike: '>>> print(1)' },
    message: {
      pattern: /^(?:\[[^\][]{1,200} -> [^\][]{1,200}\]|\[tmux-bridge from:|«agent-msg» )/,
      like: '[lead? -> coder #a3f2] Should we drop it?',
      unlike: '[Draft] Should we drop it, a -> b?',
    },
  }),
  ...rows('heading', {
    heading: {
      pattern: /^(?:#{1,6} \S.*|\*\*[^*]+(?:\*\*:?)?)$/,
      like: '**Why not a trigger?**',
      unlike: '**Done.** All tests pass.',
    },
  }),
  ...rows('code', {
    statement: {
      pattern: /^(?!.*(?:\b[a-z']+,? ){5}).*(?:[;{]|=>.*|[=!]==?.*|&&.*|\?\?.*|\?\.\w.*|::.*|<\/?\w+[^>]*>)$/,
      like: 'const id = params?.id ?? null;',
      unlike: 'it is late, so we stop here;',
    },
  }),
  ...rows('item', {
    item: { pattern: itemMark, like: 'A) Delete them', unlike: 'A list of them' },
  }),
];

/** A line's kind, and its text without indent, marks and emphasis. */
export function lineOf(raw: string, table: readonly Row<LineKind>[]): { kind: LineKind; text: string } {
  const line = raw.trim();
  const spelled = line.replace(/`[^`]{1,200}`/g, (code) => 'x'.repeat(code.length));
  const kind = firstOf(table, spelled)?.says ?? 'prose';
  if (kind === 'code') return { kind, text: line };
  const said = kind === 'item' ? line.replace(itemMark, '') : line.replace(/^#{1,6} /, '');
  return { kind, text: said.replace(/\*\*/g, '').trim() };
}
