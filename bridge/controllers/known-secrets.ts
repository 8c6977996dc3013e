import { maskSecrets } from './mask.ts';
import { plainText } from './untrusted.ts';

/**
 * Characters that are searched at once. The package's patterns are bounded, and none has any business with two of our
 * pieces: what a hostile worker writes costs a few milliseconds.
 */
const pieceLimit = 4_000;

/** In a text of a worker's it would switch the rules off. */
const switchedByText = '@secretlint/secretlint-rule-filter-comments';

/**
 * Takes out what our own shapes know (`maskSecrets`), and what secretlint's recommended rules know besides: keys of some
 * twenty providers, kept by others.
 * @throws where the rules cannot be loaded or fail: nothing is shown to a program then
 */
export async function withoutSecrets(text: string): Promise<string> {
  const search = await rules();
  const pieces = await Promise.all(piecesOf(maskSecrets(plainText(text))).map(search));
  return pieces.join('');
}

let loaded: Promise<(text: string) => Promise<string>> | null = null;

function rules(): Promise<(text: string) => Promise<string>> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<(text: string) => Promise<string>> {
  const [{ lintSource }, preset] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  const chosen = preset.rules.filter(({ meta }) => meta.id !== switchedByText);
  const config = { rules: chosen.map((rule) => ({ id: rule.meta.id, rule })) };
  return async (content) => {
    const source = { filePath: 'screen.txt', ext: '.txt', contentType: 'text' as const, content };
    const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true } });
    return without(
      content,
      messages.map(({ range }) => range),
    );
  };
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

function without(text: string, ranges: ReadonlyArray<readonly [number, number]>): string {
  let end = 0;
  let kept = '';
  for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
    if (from >= end) kept += `${text.slice(end, from)}[masked secret]`;
    end = Math.max(end, to);
  }
  return kept + text.slice(end);
}
