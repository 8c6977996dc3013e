import type { ProcessInfo } from '../core/process-info.ts';

/**
 * A program's own record of its threads, where a server of the program runs those of several panes: processes do not tell then which
 * thread a pane shows.
 */
export interface ThreadRecord {
  /** the thread that an MCP client names in a call's `_meta`; null where it names none */
  named(meta: Readonly<Record<string, unknown>>): string | null;
  /** a process of the program: its server, or what draws in a pane */
  isItsOwn(process: Pick<ProcessInfo, 'argv' | 'executable'>): boolean;
  isServer(process: Pick<ProcessInfo, 'argv'>): boolean;
  /** of a path that such a process holds open: the thread that is its own to write, and the folder of all records */
  held(path: string): HeldThread | null;
  /** the file in that folder in which the names of threads are noted */
  readonly namesFile: string;
  /** from the last lines of it, by thread */
  names(lines: readonly string[]): ReadonlyMap<string, string>;
  /** whether a pane in this folder, with this title, may show a thread of this name */
  isShown(name: string, pane: { readonly title: string; readonly currentPath: string }): boolean;
}

export interface HeldThread {
  readonly thread: string;
  readonly folder: string;
}
