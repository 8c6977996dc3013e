import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { putInPlace, readSmallFile } from './files.ts';
import { packageRoot } from './package-root.ts';
import { skillFolders, workerSkills } from './repository-files.ts';

/** By repository: each file that a launcher put there, by its path within, with the digest of what was written. */
export type Installed = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Undone {
  readonly repository: string;
  /** removed, or what would be */
  readonly removed: readonly string[];
  readonly kept: ReadonlyArray<{ readonly path: string; readonly why: string }>;
}

/** In the state directory: what a repository holds could be anybody's word. */
const recordName = 'installed.json';

/** The names that launchers write. What a record says besides is nobody's to remove. */
const ours =
  /^(?:\.(?:codex|claude)\/skills\/[^/]+\/.+|\.codex\/(?:prompts\/controller\.md|tmux-bridge\.sh|macs-tmux-bridge\.txt|macs-path\.txt|tmux-(?:session|socket)\.txt))$/;

/** Remembers what was written, so that it can be taken back. */
export function noteInstalled(home: string, repository: string, files: readonly string[]): void {
  const root = realpathSync(repository);
  const known = installedIn(home);
  const written = files.flatMap((file) => {
    const path = relative(root, join(realpathSync(dirname(file)), file.slice(dirname(file).length + 1)));
    return ours.test(path) && isPlainFile(join(root, path)) ? [[path, digestOf(join(root, path))] as const] : [];
  });
  if (written.length === 0) return;
  save(home, { ...known, [root]: { ...known[root], ...Object.fromEntries(written) } });
}

export function installedIn(home: string): Installed {
  try {
    return JSON.parse(readSmallFile(join(home, recordName)) ?? '{}') as Installed;
  } catch {
    return {}; // damaged: what equals the bundled files is found all the same
  }
}

/**
 * Takes back what launchers put into a repository: files that are as they were written. A changed one is somebody's, and stays.
 * @param isDry says what would be removed
 */
export function undoInstalled(home: string, repository: string, isDry: boolean): Undone {
  const root = realpathSync(repository);
  const known = installedIn(home);
  const recorded = known[root] ?? {};
  const removed: string[] = [];
  const kept: Array<{ path: string; why: string }> = [];
  for (const [path, digest] of Object.entries({ ...likeBundled(root), ...recorded })) {
    const file = join(root, path);
    if (!ours.test(path) || lstatSync(file, { throwIfNoEntry: false }) === undefined) continue;
    if (!isPlainFile(file) || !liesIn(root, file))
      kept.push({ path: file, why: 'it is a link, or reached through one' });
    else if (digestOf(file) !== digest) kept.push({ path: file, why: 'it was changed since' });
    else removed.push(file);
  }
  if (isDry) return { repository: root, removed, kept };
  for (const file of removed) {
    rmSync(file, { force: true });
    removeEmpty(dirname(file), root);
  }
  const { [root]: _done, ...others } = known;
  if (_done !== undefined) save(home, others);
  return { repository: root, removed, kept };
}

/** The worker's skills as this package has them: what an older bridge wrote is not in the record. */
function likeBundled(root: string): Record<string, string> {
  return Object.assign({}, ...workerSkills.map((skill) => likeBundledSkill(root, skill)));
}

function likeBundledSkill(root: string, skill: string): Record<string, string> {
  const source = join(packageRoot, 'skills', skill);
  if (!existsSync(source)) return {};
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    isPlainFile(join(source, name)),
  );
  return Object.fromEntries(
    skillFolders.flatMap((folder) =>
      files.flatMap((name) => {
        const path = `${folder}/${skill}/${name.split(sep).join('/')}`;
        const digest = digestOf(join(source, name));
        return isPlainFile(join(root, path)) && digestOf(join(root, path)) === digest ? [[path, digest]] : [];
      }),
    ),
  );
}

function save(home: string, installed: Installed): void {
  if (!existsSync(home)) mkdirSync(home, { recursive: true, mode: 0o700 });
  putInPlace(join(home, recordName), `${JSON.stringify(installed, null, 2)}\n`, 0o600);
}

function removeEmpty(folder: string, root: string): void {
  for (let at = folder; at !== root && at.startsWith(root + sep) && readdirSync(at).length === 0; at = dirname(at)) {
    rmdirSync(at);
  }
}

function isPlainFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function liesIn(root: string, file: string): boolean {
  const folder = realpathSync(dirname(file));
  return folder === root || folder.startsWith(root + sep);
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
