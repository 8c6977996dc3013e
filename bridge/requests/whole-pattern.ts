import { hasLookAlikes } from '../core/look-alikes.ts';
import { matches, type WordPattern } from './pattern.ts';

/** A pattern that names a whole command or file: `^npm test$`. Made by `readWholePattern` only. */
export interface WholePattern {
  readonly written: string;
  /** the same, over subjects whose shell characters are replaced by their stand-ins */
  readonly translated: WordPattern;
}

/**
 * What makes one command two, or hands it another's output. None of these is ever matched by a wildcard, a class or an
 * escape: a pattern has to write each one out. Control characters and line ends belong to them.
 */
const shellCharacter = /[;&|><`$()\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const allShellCharacters = new RegExp(shellCharacter, 'g');

/** Private-use characters that stand for them; a subject that holds one itself is matched by nothing. */
const standIns = '[\\ue000-\\ue1ff]';
const anyStandIn = new RegExp(standIns);
const controlEscapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' };
const longest = 500;

/**
 * The subject's shell characters become stand-ins, and so do those that the pattern writes out; everything in the
 * pattern that stands for more than one character is kept off the stand-ins. So `^npm .*$` cannot reach past a `;`.
 * @returns the pattern, or what is wrong with it in words that follow the key
 */
export function readWholePattern(written: string): WholePattern | { readonly fault: string } {
  if (written.length > longest) return { fault: `is longer than ${longest} characters` };
  if (anyStandIn.test(written)) return { fault: 'holds a character of the private-use area' };
  const body = /^\^(.*)\$$/s.exec(written)?.[1];
  if (body === undefined || /(?:^|[^\\])(?:\\\\)*\\$/.test(body)) {
    return { fault: 'must begin with ^ and end with $: it names the whole of it, as ^npm test$ does' };
  }
  if (body === '') return { fault: 'names nothing' };
  const translated = translate(body);
  if (typeof translated !== 'string') return translated;
  const source = `^(?:${translated})$`;
  for (const candidate of [written, source]) {
    try {
      new RegExp(candidate);
    } catch (error) {
      return { fault: error instanceof Error ? error.message : String(error) };
    }
  }
  return { written, translated: { source, flags: '' } };
}

/**
 * Whether the pattern names exactly this subject; `undecided` where it could not be tried to its end. A subject with
 * characters that cannot be told from others is named by none: whoever wrote the pattern could not have meant it.
 */
export function isWholly(pattern: WholePattern, subject: string): 'yes' | 'no' | 'undecided' {
  if (anyStandIn.test(subject) || hasLookAlikes(subject)) return 'no';
  return matches(pattern.translated, subject.replace(allShellCharacters, standInOf));
}

function standInOf(character: string): string {
  // U+2028 and U+2029 become U+E128 and U+E129
  return String.fromCharCode(0xe000 + (character.charCodeAt(0) & 0x1ff));
}

function translate(body: string): string | { readonly fault: string } {
  let made = '';
  for (let at = 0; at < body.length; at++) {
    const character = body[at]!;
    switch (character) {
      case '\\': {
        const escaped = body[++at]!;
        const control = controlEscapes[escaped];
        if (control !== undefined) made += standInOf(control);
        else if (/[dDwWsS]/.test(escaped)) made += guarded(`\\${escaped}`);
        else if (/[bB]/.test(escaped)) made += `\\${escaped}`;
        else if (/[0-9a-z]/i.test(escaped)) return { fault: `uses \\${escaped}: write the character itself` };
        else made += shellCharacter.test(escaped) ? standInOf(escaped) : `\\${escaped}`;
        break;
      }
      case '[': {
        const set = /^\[(?:\\.|[^\]\\])*\]/s.exec(body.slice(at))?.[0];
        if (set === undefined) return { fault: 'has a [ without its ]' };
        made += guarded(set);
        at += set.length - 1;
        break;
      }
      case '.':
        made += guarded('.');
        break;
      case '(':
        if (body[at + 1] === '?' && body[at + 2] !== ':') return { fault: 'has a group other than (…) and (?:…)' };
        made += character;
        break;
      case ')':
      case '|':
        made += character;
        break;
      case '^':
      case '$':
        return { fault: `has a ${character} in its middle; the character itself is written \\${character}` };
      default:
        made += shellCharacter.test(character) ? standInOf(character) : character;
    }
  }
  return made;
}

function guarded(atom: string): string {
  return `(?:(?!${standIns})${atom})`;
}
