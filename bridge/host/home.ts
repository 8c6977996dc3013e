import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { BridgeError } from '../core/failure.ts';
import { digestOf, readConfigFile } from './config-file.ts';
import { inUserFolder } from './user-folder.ts';

export interface FoundHome {
  readonly folder: string;
  /** `older`: a folder with a trusted bridge.yaml in which an older bridge has kept its journal */
  readonly because: 'flag' | 'environment' | 'older' | 'default';
  /** `older`: the bridge.yaml whose bytes are the trusted ones; what is used of it is this, not what is there later */
  readonly trusted?: { readonly path: string; readonly text: string };
  /** what was looked at on the way up and could not be read, in words */
  readonly passedOver: readonly string[];
}

/** What a command needs to reach this state directory from anywhere: nothing for the usual one. For a shell. */
export function homeFlag(home: string, userFolder: string): string {
  if (home === join(userFolder, '.bridge')) return '';
  return ` --home ${/^[\w./~@%+=:,-]+$/.test(home) ? home : `'${home.replaceAll("'", "'\\''")}'`}`;
}

/** The state directory: `--home`, else `$BRIDGE_HOME`, else `~/.bridge`; a folder upward that has been one stays one. */
export function findHome(given: {
  flag: string | null;
  env: string | undefined;
  cwd: string;
  userFolder: string;
}): FoundHome {
  const passedOver: string[] = [];
  const at = (path: string) => resolve(given.cwd, inUserFolder(path, given.userFolder));
  if (given.flag) return { folder: at(given.flag), because: 'flag', passedOver };
  if (given.env) return { folder: at(given.env), because: 'environment', passedOver };
  const fallback = join(given.userFolder, '.bridge');
  for (let folder = resolve(given.cwd); ; folder = dirname(folder)) {
    const text = folder === fallback ? null : trustedIn(folder, given.userFolder, passedOver);
    if (text !== null) {
      return { folder, because: 'older', trusted: { path: join(folder, 'bridge.yaml'), text }, passedOver };
    }
    if (dirname(folder) === folder) return { folder: fallback, because: 'default', passedOver };
  }
}

/** The trusted bridge.yaml of a folder that has been a home; null where it is none. Whoever may write above us cannot stop us. */
function trustedIn(folder: string, userFolder: string, passedOver: string[]): string | null {
  if (!existsSync(join(folder, 'bridge.db'))) return null;
  const file = join(folder, 'bridge.yaml');
  try {
    const found = readTrusted(file, userFolder);
    return found.is === 'trusted' ? found.text : null;
  } catch (fault) {
    if (!(fault instanceof BridgeError) || fault.target !== file) throw fault;
    passedOver.push(`${file} ${fault.reason}, and is passed over`);
    return null;
  }
}

/**
 * Makes the home and its folders: 0700, ours. A folder that somebody linked to keeps its mode, which others may rely on; of a
 * mailbox folder that is a link the mailbox makes no use.
 */
export function prepareHome(folder: string): void {
  for (const path of [folder, join(folder, 'inbox'), join(folder, 'outbox'), join(folder, 'archive')]) {
    try {
      if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
      const facts = statSync(path);
      if (!facts.isDirectory()) throw fault(path, 'is not a folder', 'move it away');
      if (process.getuid && facts.uid !== process.getuid()) {
        throw fault(path, 'belongs to another user', 'choose a folder of your own with --home');
      }
      const isLink = lstatSync(path).isSymbolicLink();
      if (isLink && (facts.mode & 0o022) !== 0) {
        const remedy = `chmod go-w ${realpathSync(path)}, or choose a folder of your own with --home`;
        throw fault(path, 'is a link to a folder that others may write in', remedy);
      }
      if (!isLink && (facts.mode & 0o077) !== 0) chmodSync(path, 0o700);
    } catch (cause) {
      if (cause instanceof BridgeError) throw cause;
      const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
      throw fault(path, `cannot be used (${code})`, remedy(code), cause);
    }
  }
}

function remedy(code: string): string {
  if (code === 'ENOSPC') return 'the disk is full: free some space';
  if (code === 'EROFS' || code === 'EACCES') return 'choose a folder that you can write to with --home';
  return 'choose another folder with --home';
}

function fault(target: string, reason: string, nextStep: string, cause?: unknown): BridgeError {
  return new BridgeError({ what: 'home', target, reason, nextStep, cause });
}

/**
 * Records that a bridge.yaml of these very bytes may decide for this user.
 * @param digest of the bytes that were read and understood
 */
export function trust(file: string, digest: string, userFolder: string): void {
  const store = trustStore(userFolder);
  const known = { ...trustedDigests(userFolder), [realpathSync(file)]: digest };
  mkdirSync(dirname(store), { recursive: true, mode: 0o700 });
  const draft = `${store}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(known, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, store);
}

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

/** The digests of the files that are trusted, by their real paths. */
function trustedDigests(userFolder: string): Record<string, string> {
  const store = trustStore(userFolder);
  if (!existsSync(store)) return {};
  try {
    return JSON.parse(readFileSync(store, 'utf8')) as Record<string, string>;
  } catch (cause) {
    throw fault(store, 'is not readable JSON', 'move it away and run `bridge trust` again', cause);
  }
}

function trustStore(userFolder: string): string {
  return join(userFolder, '.bridge', 'trusted.json');
}

/** True when `inner` is `outer` or lies below it, links resolved: whoever may write in `outer` may write in `inner`. */
export function liesWithin(inner: string, outer: string): boolean {
  const real = (path: string) => (existsSync(path) ? realpathSync(path) : resolve(path));
  const [a, b] = [real(inner), real(outer)];
  return a === b || a.startsWith(b.endsWith(sep) ? b : b + sep);
}
