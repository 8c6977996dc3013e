import { realpathSync } from 'node:fs';
import { digestOf, readConfigFile } from './config-file.ts';
import { trustedDigests } from './home.ts';

export type ProjectFile =
  | { readonly is: 'absent' }
  | { readonly is: 'trusted'; readonly text: string }
  | { readonly is: 'untrusted'; readonly why: string };

/** One read: its hash is compared and its text is what is used, so that nothing can change in between. */
export function readTrusted(file: string, userFolder: string): ProjectFile {
  const bytes = readConfigFile(file);
  if (bytes === null) return { is: 'absent' };
  const known = trustedDigests(userFolder)[realpathSync(file)];
  if (known === digestOf(bytes)) return { is: 'trusted', text: bytes.toString('utf8') };
  return { is: 'untrusted', why: known === undefined ? 'is not trusted' : 'changed since it was trusted' };
}
