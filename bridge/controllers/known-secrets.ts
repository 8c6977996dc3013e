import { maskSecrets } from './mask.ts';
import { plainText } from './untrusted.ts';

/**
 * Characters that are searched at once. The package's patterns are bounded, and none has any business with two of our
 * pieces: what a hostile worker writes costs a few milliseconds.
 */
const pieceLimit = 4_000;

/** In a text of a worker's it would switch the others off. */
const switchedByText = '@secretlint/secretlint-rule-filter-comments';

/**
 * What we use of a rule of secretlint 12. Its own engine is not used: it keeps a measurement of each run for as long as the
 * process lives.
 */
interface SecretRule {
  readonly meta: { readonly id: string };
  create(
    context: {
      createTranslator(messages: object): (key: string) => { readonly message: string };
      report(found: { readonly range: Range }): void;
    },
    options: object,
  ): { file?(source: object): void | Promise<void> };
}
type Range = readonly [number, number];

/**
 * Takes out what our own shapes know (`maskSecrets`), and what secretlint's recommended rules know besides: keys of some
 * twenty providers, kept by others.
 * @throws where the rules cannot be loaded or fail: nothing is shown to a program then
 */
export async function withoutSecrets(text: string): Promise<string> {
  const { rules } = await import('@secretlint/secretlint-rule-preset-recommend');
  const chosen = (rules as readonly SecretRule[]).filter(({ meta }) => meta.id !== switchedByText);
  const pieces = piecesOf(maskSecrets(plainText(text)));
  const masked = await Promise.all(pieces.map(async (piece) => without(piece, await rangesIn(piece, chosen))));
  return masked.join('');
}

async function rangesIn(content: string, rules: readonly SecretRule[]): Promise<Range[]> {
  const ranges: Range[] = [];
  const context = {
    createTranslator: () => (key: string) => ({ message: key }),
    report: ({ range }: { readonly range: Range }) => void ranges.push(range),
  };
  const source = { filePath: 'screen.txt', ext: '.txt', contentType: 'text', content };
  await Promise.all(rules.map((rule) => rule.create(context, {}).file?.(source)));
  return ranges;
}

/** Whole lines where they are short enough. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const line of text.split(/(?<=\n)/)) {
    if (piece !== '' && piece.length + line.length > pieceLimit) {
      pieces.push(piece);
      piece = '';
    }
    piece += line;
    while (piece.length > pieceLimit) {
      pieces.push(piece.slice(0, pieceLimit));
      piece = piece.slice(pieceLimit);
    }
  }
  return [...pieces, piece];
}

function without(text: string, ranges: readonly Range[]): string {
  let end = 0;
  let kept = '';
  for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
    if (from >= end) kept += `${text.slice(end, from)}[masked secret]`;
    end = Math.max(end, to);
  }
  return kept + text.slice(end);
}
