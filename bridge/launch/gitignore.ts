import { execFile } from 'node:child_process';
import { relative, sep } from 'node:path';

/** How long git may take to say what it ignores. */
const limitMs = 5_000;

/**
 * The lines of .gitignore that keep these files out of a repository's history: none where it is no repository of git, or
 * ignores them already.
 */
export async function gitignoreLines(repository: string, files: readonly string[]): Promise<string[]> {
  const paths = files.map((file) => relative(repository, file).split(sep).join('/'));
  const left = await Promise.all(
    paths.map(async (path) => ((await isIgnored(repository, path)) === false ? [path] : [])),
  );
  return [...new Set(left.flat().map(lineFor))];
}

/** What lies in a skill's folder is ours as a whole; beside tmux's notes lies its socket. */
function lineFor(path: string): string {
  const [, skill] = /^(\.(?:codex|claude)\/skills\/[^/]+\/)/.exec(path) ?? [];
  return `/${skill ?? path.replace(/^\.codex\/tmux[-.].*$/, '.codex/tmux*')}`;
}

/** Null where git cannot tell: it is not installed, or this is none of its repositories. */
function isIgnored(repository: string, path: string): Promise<boolean | null> {
  return new Promise((resolve) => {
    execFile(
      'git',
      ['-C', repository, 'check-ignore', '-q', '--no-index', '--', path],
      { timeout: limitMs },
      (fault) => {
        resolve(fault === null ? true : fault.code === 1 ? false : null);
      },
    );
  });
}
