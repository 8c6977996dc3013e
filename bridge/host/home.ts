import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { BridgeError } from '../core/failure.ts';

export interface FoundHome {
  readonly folder: string;
  readonly because: 'flag' | 'environment' | 'trusted bridge.yaml' | 'default';
  /** a bridge.yaml met on the way up that nobody trusted (or that changed since): not used */
  readonly untrusted: string | null;
}

/** `--home`, else `$BRIDGE_HOME`, else the nearest folder upward with a trusted bridge.yaml, else `~/.bridge`. */
export function findHome(world: {
  flag: string | null;
  env: string | undefined;
  cwd: string;
  userFolder: string;
}): FoundHome {
  if (world.flag) return { folder: resolve(world.cwd, world.flag), because: 'flag', untrusted: null };
  if (world.env) return { folder: resolve(world.cwd, world.env), because: 'environment', untrusted: null };
  const fallback = join(world.userFolder, '.bridge');
  let untrusted: string | null = null;
  for (let folder = resolve(world.cwd); ; folder = dirname(folder)) {
    const file = join(folder, 'bridge.yaml');
    if (existsSync(file)) {
      if (isTrusted(file, world.userFolder)) return { folder, because: 'trusted bridge.yaml', untrusted };
      untrusted ??= file;
    }
    if (dirname(folder) === folder) break;
  }
  return { folder: fallback, because: 'default', untrusted };
}

/** Makes the home and its folders: 0700, ours, no links. */
export function prepareHome(folder: string): void {
  for (const path of [folder, join(folder, 'inbox'), join(folder, 'outbox'), join(folder, 'archive')]) {
    try {
      if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
      const facts = statSync(path);
      if (!facts.isDirectory()) throw fault(path, 'is not a folder', 'move it away');
      if (process.getuid && facts.uid !== process.getuid()) {
        throw fault(path, 'belongs to another user', 'choose a folder of your own with --home');
      }
      if ((facts.mode & 0o077) !== 0) chmodSync(path, 0o700);
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

/** Records that this bridge.yaml, as it is now, may decide for this user. */
export function trust(file: string, userFolder: string): void {
  const store = trustStore(userFolder);
  const known = readTrust(store);
  known[realpathSync(file)] = digest(file);
  mkdirSync(dirname(store), { recursive: true, mode: 0o700 });
  const draft = `${store}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(known, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, store);
}

export function isTrusted(file: string, userFolder: string): boolean {
  return readTrust(trustStore(userFolder))[realpathSync(file)] === digest(file);
}

function trustStore(userFolder: string): string {
  return join(userFolder, '.bridge', 'trusted.json');
}

function readTrust(store: string): Record<string, string> {
  if (!existsSync(store)) return {};
  try {
    return JSON.parse(readFileSync(store, 'utf8')) as Record<string, string>;
  } catch (cause) {
    throw fault(store, 'is not readable JSON', 'move it away and run `bridge trust` again', cause);
  }
}

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** True when `inner` is `outer` or lies below it, links resolved: whoever may write in `outer` may write in `inner`. */
export function liesWithin(inner: string, outer: string): boolean {
  const real = (path: string) => (existsSync(path) ? realpathSync(path) : resolve(path));
  const [a, b] = [real(inner), real(outer)];
  return a === b || a.startsWith(b.endsWith(sep) ? b : b + sep);
}
