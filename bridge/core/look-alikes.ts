/**
 * Characters of a command or a file's name that a person cannot tell from others, or not see at all: `npm tеst` with a
 * Cyrillic е, a zero-width space, a letter that turns the direction. The field's standard is Unicode's UTS 39 (its
 * `single script` restriction, and confusables of ASCII); what is wholly in another script is a name as any other.
 */

/** Whether any character of the text is of that sort. Line ends and tabs are not: they are seen, or shell characters. */
export function hasLookAlikes(text: string): boolean {
  return suspectsIn(text).length > 0;
}

/** The same text with each such character as its escape: `npm t\u{435}st`. */
export function withEscapes(text: string): string {
  let shown = '';
  let from = 0;
  for (const [start, end] of suspectsIn(text)) {
    shown += text.slice(from, start) + [...text.slice(start, end)].map(escapeOf).join('');
    from = end;
  }
  return shown + text.slice(from);
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0)!;
  return code < 0x7f && code > 0x1f ? character : `\\u{${code.toString(16)}}`;
}

/** Ranges of the text, in order. */
function suspectsIn(text: string): Array<readonly [start: number, end: number]> {
  if (/^[\x20-\x7e\t\n]*$/.test(text)) return [];
  const found: Array<readonly [number, number]> = [];
  for (const part of text.matchAll(parts)) {
    if (!isSuspect(part[0])) continue;
    found.push([part.index, part.index + part[0].length]);
  }
  return found;
}

/** Words (letters with their marks, and figures), and every other character alone. */
const parts = /[\p{L}\p{M}\p{N}]+|./gsu;

function isSuspect(part: string): boolean {
  if (/^[\x20-\x7e\t\n]*$/.test(part)) return false;
  if (hidden.test(part)) return true;
  // full-width and mathematical letters, ligatures, Greek's question mark: drawn as the ASCII that they decompose to
  for (const character of part) if (!isAscii(character) && isAscii(character.normalize('NFKC'))) return true;
  if (!/[\p{L}\p{M}\p{N}]/u.test(part)) return asciiLikeSigns.test(part);
  return isWordSuspect(part.normalize('NFC'));
}

/** Control and format characters, whatever is not drawn at all, blanks that are not the blank, and what no font has. */
const hidden = /(?![\t\n])[\p{C}\p{DI}\p{Zl}\p{Zp}]|(?! )\p{Zs}|[\u2800\ufffc]/u;

/** Dashes, quotes, strokes and dots that are drawn as the ASCII ones, to the eye: a shell takes none of them for those. */
const asciiLikeSigns =
  /(?![\x20-\x7e])[\p{Pd}\p{Pi}\p{Pf}\p{Pc}\u00a6\u00b4\u00b7\u00b8\u00a8\u00af\u02b0-\u02ff\u0375\u0387\u0589\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u066a-\u066d\u06d4\u1801-\u1803\u2016-\u2017\u201a\u201e\u2022\u2024-\u2027\u2032-\u2038\u203a\u2039\u203c\u2041-\u2044\u204e-\u204f\u2052\u2053\u2212\u2215-\u2219\u2223\u2225\u2236\u223c\u226a\u226b\u2295\u22c5\u22ef\u2303\u23bc\u2500-\u257f\u2758\u276e-\u2771\u27cb\u27cd\u29f5-\u29f9\u2a74\u3003\u3008-\u300b\ua4f8-\ua4ff\ua789\ua78c]/u;

function isWordSuspect(word: string): boolean {
  const letters = [...word].filter((character) => /[\p{L}\p{M}\p{N}]/u.test(character));
  const ofScripts = scripts.filter((script) => letters.some((letter) => script.test(letter)));
  const [only] = ofScripts;
  if (ofScripts.length !== 1) return true;
  const isAnyFigureOther = letters.some((letter) => /\p{Nd}/u.test(letter) && !isAscii(letter));
  if (isAnyFigureOther && letters.some(isAscii)) return true;
  if (only === latin) return letters.some((letter) => !isAscii(letter) && !isMarkedLatin(letter));
  if (asciiLikeScripts.test(word)) return true;
  // a name in another script passes where at least one of its letters says so
  return letters.every((letter) => !/\p{L}/u.test(letter) || asciiLikeLetters.includes(letter));
}

const latin = /[\p{Script=Latin}]/u;
/** Each is written by itself; Chinese, Japanese and Korean mix theirs. Anything else is one by one of its own name. */
const scripts = [
  latin,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Georgian}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Arabic}/u,
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u,
  /\p{Script=Thai}/u,
  /\p{Script=Devanagari}/u,
  /(?![\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Devanagari}\p{Script=Common}\p{Script=Inherited}])[\p{L}\p{M}\p{N}]/u,
];

/** Scripts with whole alphabets of letters that are drawn as ASCII's. */
const asciiLikeScripts = /[\p{Script=Cherokee}\p{Script=Lisu}\p{Script=Coptic}\p{Script=Deseret}\p{Script=Tifinagh}]/u;

/** Letters that most fonts draw as an ASCII letter or figure. */
const asciiLikeLetters =
  'аеорсухкгпіјѕһѵԁԛԝӏүьАВЕЗКМНОРСТУХІЈЅЬҮӀѴԌԚԜ' +
  'αβγικνορτυχωϲϳηΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ' +
  'օոսհցզքյԼՕՍՏԱ' +
  'וןסיןא' +
  'اهةەوہ';

/** A Latin letter that is ASCII's with a mark, or one that nobody takes for another. */
function isMarkedLatin(letter: string): boolean {
  return /^[a-zA-Z]\p{M}+$/u.test(letter.normalize('NFD')) && !/^\p{M}/u.test(letter)
    ? letter.normalize('NFC').length === letter.length
    : 'ßæÆœŒøØđĐłŁðÐþÞħĦŋŊəƏ'.includes(letter);
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
}
