import { neutraliseDelimiters } from '../core/block-protocol.ts';
import { cleaned } from '../core/cleaning.ts';
import { withoutUnseen } from '../core/visible.ts';
import { maskSecrets } from './mask.ts';

/** More of a request than this is no question any more; the middle is left out, and said to be. */
const requestLimit = 60_000;
/** Screen text: what is newest stands last, so the end is kept. */
const contextLimit = 40_000;

/** The worker's own question, made safe to quote to a controller. */
export function quoteRequest(text: string): string {
  const clean = tame(text);
  if (clean.length <= requestLimit) return clean;
  const half = requestLimit / 2;
  return `${clean.slice(0, half)}\n[… ${clean.length - requestLimit} characters left out …]\n${clean.slice(-half)}`;
}

/** The worker's recent screen text, made safe to quote to a controller. */
export function quoteContext(text: string): string {
  const clean = tame(text);
  return clean.length <= contextLimit ? clean : `[… the beginning is left out …]\n${clean.slice(-contextLimit)}`;
}

/** One line of at most 200 characters: for names and attributes, which the worker may have chosen. */
export function quoteWord(text: string): string {
  return tame(text).replace(/\s+/g, ' ').trim().slice(0, 200);
}

/**
 * Puts untrusted text between two lines that only we can have written.
 * @param nonce unguessable to the writer of `text`: random, or minted after the text was written
 */
export function fence(name: string, text: string, nonce: string): string {
  const inner = text.replaceAll(nonce, '[masked fence]');
  return `----- BEGIN ${name} ${nonce} (untrusted) -----\n${inner}\n----- END ${name} ${nonce} -----`;
}

/** Text in which nothing hides: without escape sequences, controls, and characters that are drawn as nothing. */
export function plainText(text: string): string {
  return withoutUnseen(cleaned(text));
}

/** Plain, delimiters disarmed, secrets masked. */
function tame(text: string): string {
  return neutraliseDelimiters(maskSecrets(plainText(text))).trimEnd();
}
