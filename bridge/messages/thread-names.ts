import { createHash } from 'node:crypto';
import { usageError } from '../core/failure.ts';
import { isThreadName } from '../core/mail-lines.ts';

/** Of one folder or file; a file system takes 255 and the ending needs a few. */
const longestPart = 200;
const longestName = 128;

/**
 * The name of a thread as somebody gives it. It names a file too, and no name leads out of its folder.
 * @throws BridgeError where it is none
 */
export function threadNamed(given: string): string {
  const name = given.normalize('NFC');
  const reason = whyBad(name);
  if (reason !== null) throw usageError('thread', given, `invalid: ${reason}`);
  return name;
}

function whyBad(name: string): string | null {
  if (!isThreadName(name) || name.length > longestName || / (?:\/|$)/.test(name))
    return `letters, digits, . _ + - and blanks, / for folders, ${longestName} characters at most`;
  const parts = name.split('/');
  if (parts.some((part) => Buffer.byteLength(part) > longestPart))
    return `a part of it is longer than ${longestPart} bytes`;
  // `a.md` is the file of thread `a`: it is no folder
  return parts.slice(0, -1).some((part) => /\.md$/i.test(part)) ? 'a folder cannot end with .md, as files do' : null;
}

/** The thread of these people, whoever of them writes. @param shown their names as people see them, no two the same */
export function threadOf(shown: readonly string[]): string {
  const names = [...new Set(shown)].sort().map((name) =>
    name
      .normalize('NFC')
      .replaceAll('/', '.')
      .replace(/[^\p{L}\p{N}\p{M}._ -]/gu, inCode),
  );
  const name = names
    .join('+')
    .replace(/^[^\p{L}\p{N}]/u, 'x$&')
    .trimEnd();
  if (name.length <= longestName && Buffer.byteLength(name) <= longestPart) return name;
  const digest = createHash('sha256').update(names.join('+')).digest('hex').slice(0, 8);
  return `${names.length} members ${digest}`;
}

/** What a name of a pane may hold and that of a file may not. */
function inCode(character: string): string {
  return `u${character.codePointAt(0)!.toString(16)}`;
}
