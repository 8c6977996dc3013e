import { firstOf, type Row, rows } from './row.ts';

/** What a line is by itself; prose where no row says otherwise. */
export type LineKind = 'prose' | 'item' | 'heading' | 'code' | 'quote';

const itemMark =
  /^(?:(?:[-*+•◦▪‣○→✓✔☐]|\[[ x]\]|\(?\d{1,2}[.):]|\(?[a-h][.)]|(?:option|choice) [\da-h][:.)])\s+|\d{1,2}[）、．])(?=\S)/i;

/** Over a line without its indent. Code that is set within it is spelled with `x`. */
export const lineRows: readonly Row<LineKind>[] = [
  ...rows('quote', {
    quote: [/^>(?: |$)/, ['> Should we drop it?', '>>> print(1)']],
    message: [
      /^(?:\[[^\][]{1,200} -> [^\][]{1,200}\]|\[tmux-bridge from:|«agent-msg» )/,
      ['[lead? -> coder #a3f2] Should we drop it?', '[Draft] Should we drop it, a -> b?'],
    ],
  }),
  ...rows('heading', {
    heading: [/^(?:#{1,6} \S.*|\*\*[^*]+(?:\*\*:?)?)$/, ['**Why not a trigger?**', '**Done.** All tests pass.']],
  }),
  ...rows('code', {
    statement: [
      /^(?!.*(?:\b[a-z']+,? ){3}).*(?:[;{]|=>.*|[=!]==?.*|&&.*|\?\?.*|\?\.\w.*|::.*|<\/?\w+[^>]*>)$/,
      ['const id = params?.id ?? null;', 'it is late, so we stop here;'],
    ],
  }),
  ...rows('item', {
    item: [itemMark, ['A) Delete them', 'A list of them']],
  }),
];

/** A line's kind, and its text without indent, marks and emphasis. */
export function lineOf(raw: string, table: readonly Row<LineKind>[]): { kind: LineKind; text: string } {
  const line = raw.trim();
  const kind =
    firstOf(
      table,
      line.replace(/`[^`]{1,200}`/g, (code) => 'x'.repeat(code.length)),
    )?.says ?? 'prose';
  if (kind === 'code') return { kind, text: line };
  const said = line.replace(kind === 'item' ? itemMark : /^#{1,6} /, '');
  return { kind, text: said.replace(/\*\*/g, '').trim() };
}
