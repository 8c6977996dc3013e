import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../core/failure.ts';
import { putInPlace, readSmallFile } from './files.ts';
import { packageRoot } from './package-root.ts';

/** The names under which other tools' scripts and skills call what bridge does for them. */
export const wrapperNames = [
  'tmux-bridge',
  'agent-send.sh',
  'send-message.sh',
  'agent_comms',
  'agent-comms',
  'agent-chat',
] as const;

/** In the state directory: which links are ours, each with what it leads to. */
export const linksName = 'wrappers.json';

export interface Link {
  readonly path: string;
  readonly target: string;
}

export interface Linked {
  readonly linked: readonly Link[];
  /** they led there already */
  readonly kept: readonly Link[];
  readonly refused: ReadonlyArray<{ readonly path: string; readonly why: string }>;
}

/** Links the names where they are free, and remembers which it made. What lies there is somebody's, and stays. */
export function linkWrappers(home: string, bin: string): Linked {
  const links = wrapperNames.map((name) => ({
    path: join(resolve(bin), name),
    target: join(packageRoot, 'scripts', name),
  }));
  const linked: Link[] = [];
  const kept: Link[] = [];
  const refused: Array<{ path: string; why: string }> = [];
  for (const link of links) {
    const there = whatLies(link.path);
    if (there === link.target) kept.push(link);
    else if (there !== null)
      refused.push({ path: link.path, why: there === '' ? 'a file lies there' : `it is a link to ${there}` });
    else
      try {
        mkdirSync(bin, { recursive: true });
        symlinkSync(link.target, link.path);
        linked.push(link);
      } catch (fault) {
        refused.push({ path: link.path, why: messageOf(fault) });
      }
  }
  if (linked.length > 0) {
    const made = new Set(linked.map(({ path }) => path));
    save(home, [...linksOf(home).filter(({ path }) => !made.has(path)), ...linked]);
  }
  return { linked, kept, refused };
}

/** The links that were made, and lead where they led then: nobody has put anything in their place. */
export function standingLinks(home: string): Link[] {
  return linksOf(home).filter(({ path, target }) => whatLies(path) === target);
}

/** Takes one away. It is looked at once more: only the link that was made goes. */
export function unlinkWrapper(home: string, link: Link): void {
  if (whatLies(link.path) === link.target) rmSync(link.path, { force: true });
  save(
    home,
    linksOf(home).filter(({ path }) => path !== link.path),
  );
}

/** Where a link leads; empty: it is no link; null: nothing lies there. */
function whatLies(path: string): string | null {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return null;
  return facts.isSymbolicLink() ? readlinkSync(path) : '';
}

/** Names of ours only: a record is no word to take anything else away. */
function linksOf(home: string): Link[] {
  const isOurs = (link: Partial<Link> | null) =>
    typeof link?.path === 'string' &&
    typeof link.target === 'string' &&
    wrapperNames.some((name) => link.path!.endsWith(`/${name}`) && link.target!.endsWith(`/scripts/${name}`));
  try {
    const value: unknown = JSON.parse(readSmallFile(join(home, linksName)) ?? '[]');
    return Array.isArray(value) ? (value as Link[]).filter(isOurs) : [];
  } catch {
    return [];
  }
}

function save(home: string, links: readonly Link[]): void {
  const path = join(home, linksName);
  if (links.length === 0) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(home, { recursive: true, mode: 0o700 });
  putInPlace(path, `${JSON.stringify(links, null, 2)}\n`, 0o600);
}
