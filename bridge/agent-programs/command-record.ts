import type { Dialog } from '../core/reading.ts';

/** A program's own record of the commands that it calls. Its dialog leaves characters of them out. */
export interface CommandRecord {
  /** true where the dialog alone shows the command to the letter */
  isShownWhole(dialog: Dialog): boolean;
  /** of the files that the program holds open, those in which it notes its calls */
  isFile(path: string): boolean;
  /** a process that keeps the record for programs in other panes, too */
  isShared(process: { readonly argv: readonly string[]; readonly executable: string | null }): boolean;
  /** @returns the commands that were called and have no result yet, from the lines at the end of such a file */
  pending(lines: readonly string[]): readonly string[];
}

/** What the record says of the command that a dialog shows. */
export type Recorded =
  | { readonly is: 'the same' }
  /** the commands that would be drawn so */
  | { readonly is: 'another'; readonly commands: readonly string[] }
  /** the program has noted no such call */
  | { readonly is: 'not noted' };

/**
 * Of several calls that are drawn alike nobody can tell which one the dialog is about: all of them have to be what it shows.
 * @param shown the command as the dialog shows it
 */
export function compared(shown: string, pending: readonly string[]): Recorded {
  const alike = pending.filter((command) => drawn(command) === drawn(shown));
  if (alike.length === 0) return { is: 'not noted' };
  const others = alike.filter((command) => command.trimEnd() !== shown.trimEnd());
  return others.length === 0 ? { is: 'the same' } : { is: 'another', commands: [...new Set(others)] };
}

/** What is left of a command wherever it is drawn: neither blanks, nor line ends, nor what has no sign of its own. */
function drawn(command: string): string {
  return command.replace(/[\s\p{C}\p{M}\p{Default_Ignorable_Code_Point}\u{fffd}]/gu, '');
}
