import type { PaneId } from '../core/ids.ts';
import type { Written } from '../core/typed-note.ts';
import { type Claim, writerOption } from './claim.ts';
import type { OptionClause } from './condition.ts';
import { commandLine } from './control-mode.ts';
import type { Beside } from './pane-claims.ts';

/** What was typed there last, as an option of the pane. */
const noteOption = '@bridge-typed';

/** Whoever becomes the writer reads what was noted last; where nothing was yet, there is a note from then on. */
export const notesBeside: Beside = {
  set: (paneId, claim) => ['set-option', '-p', '-o', '-q', '-t', paneId, noteOption, `${writerName(claim)}.0`],
  unset: (paneId, claim) => {
    const isOurs = `#{m:${writerName(claim)}.*,#{${noteOption}}}`;
    return ['if-shell', '-F', '-t', paneId, isOurs, commandLine(['set-option', '-p', '-u', '-t', paneId, noteOption])];
  },
  says: `#{${noteOption}}`,
};

/** Begins the notes of one writer. */
export function writerName({ bridge, since }: Pick<Claim, 'bridge' | 'since'>): string {
  return `${bridge}.${since}`;
}

/** It was noted by this writer. */
export function isNoteOf(writer: Pick<Claim, 'bridge' | 'since'>, note: string): boolean {
  return note.startsWith(`${writerName(writer)}.`);
}

/** This writer has typed, and nobody since. */
export function hasTyped(writer: Pick<Claim, 'bridge' | 'since'>, note: string): boolean {
  return isNoteOf(writer, note) && note !== `${writerName(writer)}.0`;
}

/** What a bridge has noted, and nobody else: other words there are believed by none. */
export function isNote(text: string): boolean {
  return /^[0-9a-f]{2,32}\.\d{1,15}\.\d{1,6}$/.test(text);
}

/**
 * The one command that acts where a condition holds, done by the pane's writer alone, and noted. The note stands before the
 * act is done, and is taken back in the step that does not do it: so one that is not there says for certain that nothing was
 * done, and, once the claim is another, that nothing will be. The condition is asked last of all: a hook of the user's that
 * waits behind the setting of an option comes before it.
 *
 * @param format the condition, with what options of the pane must say besides
 * @param commands.act what is done and said; `otherwise` the same, with commands that come before
 */
export function inWriting(
  paneId: PaneId,
  written: Written | undefined,
  format: (options: readonly OptionClause[]) => string,
  commands: { readonly act: string; readonly otherwise: (undo: readonly string[][]) => string },
): string[] {
  const when = (condition: string, act: string, otherwise: string) => {
    return ['if-shell', '-F', '-t', paneId, condition, act, otherwise];
  };
  const { act, otherwise } = commands;
  if (written === undefined) return when(format([]), act, otherwise([]));
  const isOurs = { option: writerOption, says: written.claim };
  const { note } = written;
  if (note === undefined) return when(format([isOurs]), act, otherwise([]));
  const set = (text: string) => ['set-option', '-p', '-t', paneId, noteOption, text];
  const isNoted = { option: noteOption, says: note.after };
  const inner = when(format([isOurs, isNoted]), act, otherwise([set(note.before)]));
  const outer = `#{==:#{${writerOption}},${written.claim}}`;
  return when(outer, [set(note.after), inner].map(commandLine).join(' ; '), otherwise([]));
}
