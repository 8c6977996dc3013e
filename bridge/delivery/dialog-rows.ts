import { withoutEnd } from '../core/ends.ts';
import type { PaneCondition } from '../core/pane-condition.ts';
import type { Dialog, DialogOption } from '../core/reading.ts';
import type { FreshLook } from './attempt.ts';
import { flat } from './condition.ts';

/**
 * What tmux itself checks in the step that presses a key in a dialog: that the rows with its question, its command or
 * file and the option stand where the look saw them, to the letter. A dialog that took its place has other rows, or the
 * same ones elsewhere: a longer command moves what is above it or below it.
 * @returns null where the screen does not show them so that they can be told from others
 */
export function conditionInDialog(look: FreshLook, dialog: Dialog, option: DialogOption): PaneCondition | null {
  const { facts, rows, firstVisible } = look.snapshot;
  const visible = rows.slice(firstVisible).map((row) => row.text);
  // where the terminal has wrapped a row, rows cannot be counted; one that wide characters wrapped makes tmux hold
  if (visible.some((text) => text.replace(zeroWidth, '').length > facts.width)) return null;
  const asked = locate(visible, dialog.question) ?? [];
  // a short command has its letters in other rows as well: its own comes first, and it stands above the options
  const [first] = dialog.options;
  const options = first === undefined ? null : ownRow(visible, first.label);
  const above = visible.slice(0, options?.[0]);
  const subject = (dialog.subject?.text ?? '')
    .split('\n')
    .map((line) => subjectRow(above, line) ?? locate(visible, line));
  const chosen = ownRow(visible, option.label) ?? locate(visible, option.label);
  if (chosen === null || subject.includes(null)) return null;
  const isTelling = (at: number) => visible.indexOf(visible[at]!) === at;
  // of a command of many lines some are alike (`done`), and tmux takes a condition of a few thousand characters
  const rowsOfSubject = [...new Set(subject.flatMap((found) => found!))];
  const telling = rowsOfSubject.filter(isTelling);
  if (rowsOfSubject.length > 0 && telling.length === 0) return null;
  const ends = [...telling.slice(0, mostAtEachEnd), ...telling.slice(-mostAtEachEnd)];
  if (![...asked, ...chosen].every(isTelling)) return null;
  const pinned = [...new Set([...asked, ...ends, ...chosen])];
  return {
    panePid: facts.panePid,
    sessionActivity: look.snapshot.sessionActivity,
    command: facts.command,
    notTitles: [],
    notOnScreen: [],
    onScreen: pinned.map((at) => ({ row: at + 1, text: visible[at]! })),
  };
}

/** Rows of a long command that are checked, from its beginning and from its end. */
const mostAtEachEnd = 4;

const zeroWidth = /[\p{M}\p{Cf}]/gu;

/** The row of an option that stands in one: nothing else is in it but marks, its number and its key. Others may begin with its words. */
function ownRow(rows: readonly string[], label: string): number[] | null {
  const wanted = flat(label);
  const at = rows.findLastIndex((drawn) => {
    const row = flat(drawn);
    const begins = row.indexOf(wanted);
    if (begins < 0) return false;
    const rest = row.slice(begins + wanted.length).replace(/\((?:[\w+]+)(?: to \w+)?\)/, '');
    return (
      !/[\p{L}\p{N}]/u.test(row.slice(0, begins).replace(/\d{1,2}[.)]|[[(]\w+[\])]/, '')) && !/[\p{L}\p{N}]/u.test(rest)
    );
  });
  return at < 0 ? null : [at];
}

/** The rows of a line of the subject, of the rows above the options: it stands alone in its row, or at the end of one. */
function subjectRow(above: readonly string[], line: string): number[] | null {
  const wanted = flat(line);
  if (wanted === '') return [];
  const alone = ownRow(above, wanted);
  if (alone !== null) return alone;
  const at = above.findLastIndex((row) => withoutFrame(row).endsWith(` ${wanted}`));
  return at < 0 ? locate(above, wanted) : [at];
}

/** The rows that show a text, the lowest ones; the dialog may have wrapped it. Null where it is not to be seen. */
function locate(rows: readonly string[], text: string): number[] | null {
  const wanted = flat(text);
  if (wanted === '') return [];
  const whole = rows.findLastIndex((row) => flat(row).includes(wanted));
  if (whole >= 0) return [whole];
  for (let first = rows.length - 1; first >= 0; first--) {
    const found = wrappedFrom(rows, first, wanted);
    if (found !== null) return found;
  }
  return null;
}

/** The beginning of the text ends the first row; each further row is the next part of it and nothing else. */
function wrappedFrom(rows: readonly string[], first: number, wanted: string): number[] | null {
  let rest = wanted;
  const found: number[] = [];
  for (let at = first; at < rows.length && rest !== ''; at++) {
    const row = withoutFrame(rows[at]!);
    let length = Math.min(rest.length, row.length);
    const fits = (part: string) => (at === first ? row.endsWith(part) : row === part || row.startsWith(`${rest} `));
    while (length > 0 && !fits(rest.slice(0, length).trimEnd())) length--;
    if (length === 0) return null;
    found.push(at);
    rest = rest.slice(length).trimStart();
  }
  return rest === '' ? found : null;
}

/** A row without the borders of a box around it. */
function withoutFrame(row: string): string {
  return flat(withoutEnd(row.replace(/^[\s\u2500-\u259f]+/, ''), /[\s\u2500-\u259f]/));
}
