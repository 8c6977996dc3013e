/**
 * Text of others as it is shown: what a terminal would obey, and what nobody would see, stands there as an escape
 * (`\x1b`, `\u202e`, `\u{e0041}`). Line ends and tabs stay. A text that has been through it is not changed again.
 */
export function visible(text: string): string {
  return text.replace(unseen, (found) => [...found].map(escapeOf).join(''));
}

/** The same without them: what nobody sees says nothing to a reader who is no terminal either. */
export function withoutUnseen(text: string): string {
  return text.replace(/[\u2028\u2029]/g, '\n').replace(unseen, '');
}

/** The same for what must stay on one line: a name, a cell of a table, a log line. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\n\t]/g, escapeOf);
}

/** JSON on one line, its values unchanged, written so that a terminal may show it. */
export function safeJson(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

/** JSON that somebody else wrote, with such characters as `\u…`: they stand in strings only. */
export function escapeJson(json: string): string {
  const written = (unitOfText: string) => (unitOfText === '\r' ? unitOfText : unit(unitOfText.charCodeAt(0)));
  return json.replace(unseen, (found) => found.split('').map(written).join(''));
}

/** Joiners, and what chooses a variant of the character before it (an emoji, a Chinese, Mongolian or Egyptian one). */
const modifier = String.raw`[\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\u{13430}-\u{1343f}]`;

/**
 * Controls of C0 and C1; characters that turn the direction of writing, break a line or are drawn as nothing; tags; and
 * halves of surrogate pairs. A joiner is seen where it joins (emoji, scripts that need it), and is nothing elsewhere; a modifier
 * is nothing behind ASCII, but in a key's picture (1️⃣), and behind what is nothing itself.
 */
const unseen = new RegExp(
  [
    `(?:${[
      String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f]`,
      String.raw`[\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]`,
      String.raw`(?<![\p{M}\p{Emoji_Modifier}\p{Extended_Pictographic}]|(?=\p{L})[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\u200c\u200d]`,
      String.raw`\p{Surrogate}`,
    ].join('|')})${modifier}*`,
    String.raw`(?<=^|[\u0000-\u007f])(?!\ufe0f\u20e3)${modifier}+`,
  ].join('|'),
  'gu',
);

function escapeOf(found: string): string {
  if (found === '\n') return '\\n';
  if (found === '\t') return '\\t';
  const code = found.codePointAt(0)!;
  if (code > 0xffff) return `\\u{${code.toString(16)}}`;
  return code > 0xff ? unit(code) : `\\x${code.toString(16).padStart(2, '0')}`;
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
