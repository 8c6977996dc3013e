import { matches, type WordPattern } from './pattern.ts';

/** A repository as bridge.yaml names it: the exact name of its folder, or its whole path; `*` and `**` as in a shell. */
export interface FolderPattern {
  readonly written: string;
  readonly pattern: WordPattern;
  readonly isPath: boolean;
}

/** @returns the pattern, or what is wrong with it in words that follow the key */
export function readFolderPattern(written: string): FolderPattern | { readonly fault: string } {
  const plain = written.length > 1 ? written.replace(/\/$/, '') : written;
  if (plain.trim() === '') return { fault: 'is empty' };
  const isPath = plain.includes('/');
  if (isPath && !plain.startsWith('/')) return { fault: 'is neither the name of a folder nor an absolute path' };
  const source = plain.replace(/\*\*|\*|[^*]/gs, (token) => {
    if (token === '**') return '.*';
    return token === '*' ? '[^/]*' : token.replace(/[\\^$.|?+()[\]{}/]/, '\\$&');
  });
  return { written, pattern: { source: `^${source}$`, flags: 's' }, isPath };
}

/**
 * Under the time limit of every pattern: a path may be as long as a worker likes, and each further `**` tries it anew.
 * @param folder the repository's absolute path
 */
export function isFolder({ pattern, isPath }: FolderPattern, folder: string): 'yes' | 'no' | 'undecided' {
  return matches(pattern, isPath ? folder : folder.slice(folder.lastIndexOf('/') + 1));
}
