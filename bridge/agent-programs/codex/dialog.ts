import type { Row } from '../../core/pane.ts';
import type { DialogKind, DialogOption, DialogSubject } from '../../core/reading.ts';
import { type DialogOnScreen, makeDialog, readOptions } from '../../screen/dialog.ts';
import { fillsScreen, subjectOf } from '../../screen/dialog-subject.ts';
import { columnsOf } from '../../screen/frame.ts';
import { lastFilled } from '../../screen/rows.ts';

/** The screen it stands on. */
interface Room {
  readonly firstVisible: number;
  readonly facts: { readonly width: number; readonly height: number; readonly title: string };
}

/**
 * A dialog of Codex 0.169.0 takes the composer's place: numbered options, one chosen with `›`, and at the very bottom
 * the line that names its keys. The same words anywhere above are prose.
 */
export function codexDialog(rows: readonly Row[], { firstVisible, facts }: Room): DialogOnScreen | null {
  const last = lastFilled(rows);
  if (last < 0 || !keys.test(rows[last]!.text)) return null;
  const chosen = rows.findLastIndex((row) => /^\s{0,2}[›>] \d+\. /.test(row.text));
  if (chosen < 0) return null;
  const firstOption = firstOptionAbove(rows, chosen);
  let first = firstOption;
  while (first > 0 && !/^\S/.test(rows[first - 1]!.text)) first--;
  // the transcript begins its rows in column 0, and a command none: without one in sight the dialog's own beginning is not
  const isCut = fillsScreen([first, last], { firstVisible, height: facts.height });
  const options = optionsIn(rows.slice(firstOption, last));
  const opening = isCut ? null : firstDialog(rows.slice(firstVisible, last + 1).map(({ text }) => text.trim()));
  if (opening !== null) {
    const { kind, at } = opening;
    const head = paragraphFrom(rows, firstVisible + at, firstOption);
    return { dialog: makeDialog({ kind, question: head, options }), rows: [firstVisible + at, last] };
  }
  const asked = rows.slice(first, firstOption).map(({ text }) => text.trim());
  const question =
    asked.find((text) => /^Would you like to /.test(text)) ??
    asked.find((text) => /\?$/.test(text)) ??
    asked.find((text) => text !== '') ??
    '';
  const from = first + Math.max(0, asked.indexOf(question));
  const asking = asked.filter((text) => /^Would you like to /.test(text)).length;
  // what asks may be out of sight, and a row of a command may be worded like it
  const kind = isCut || asking > 1 ? 'approval' : kindOf(question, facts.title);
  const room = { isAccounted: asking === 1 && !isCut, columns: facts.width };
  const body = rows.slice(from, firstOption);
  const command = kind === 'approval' ? commandIn(body, room) : null;
  const subject =
    kind === 'edit'
      ? filesIn(body)
      : command && { ...command, isWhole: command.isWhole && !isOtherwiseNamed(command.text, options) };
  return { dialog: makeDialog({ kind, question, subject, options }), rows: [from, last] };
}

/**
 * Codex draws no tab (0.169.0): `npm test<tab>touch` stands there as `npm testtouch`. Where it offers to remember the command
 * it names the words that this begins with, and those stand apart, each blank of it. Nor does it draw control characters, which are
 * blanks there, and characters without a width (0.171.0), but quotes the word that holds them, which nothing that is drawn of it needs.
 * The offer is cut at the pane's edge: what is seen of it tells.
 */
function isOtherwiseNamed(command: string, options: readonly DialogOption[]): boolean {
  const [named] = options.flatMap(({ label }) => /commands that start with `([^`]*)/.exec(label)?.[1] ?? []);
  if (named === undefined) return false;
  return needlesslyQuoted.test(named) || !unquoted(command).startsWith(unquoted(named));
}

/** A shell takes such a word as it is. */
const needlesslyQuoted = /(?:^|\s)'[\w./:=@%+,-]+'(?=\s|$)/;

function unquoted(command: string): string {
  return command.replace(/["'\\]/g, '').trimStart();
}

/**
 * The dialogs of its start (0.169.0) stand alone on the screen: their first row, and the row of keys that no other dialog
 * has. What a model wrote stands above neither of them.
 */
const firstDialogs: ReadonlyArray<{ readonly kind: DialogKind; readonly head: RegExp }> = [
  { kind: 'trust', head: /^(?:Folder access|Hooks need review)$|^Do you trust the contents of this directory\?/ },
  { kind: 'login', head: /^Welcome to Codex, |^Sign in with ChatGPT to use Codex$/ },
  { kind: 'update', head: /^(?:✨ )?Update available\b/ },
];
const firstKeys = /^(?:press )?enter(?: to)? (?:continue|confirm)(?: · esc \w+)?$/i;

function firstDialog(screen: readonly string[]): { readonly kind: DialogKind; readonly at: number } | null {
  const at = screen.findIndex((text) => text !== '');
  const known = firstDialogs.find(({ head }) => head.test(screen[at]!));
  return known !== undefined && firstKeys.test(screen.at(-1)!) ? { kind: known.kind, at } : null;
}

function paragraphFrom(rows: readonly Row[], from: number, until: number): string {
  const texts = rows.slice(from, until).map(({ text }) => text.trim());
  const end = texts.indexOf('');
  return texts.slice(0, end < 0 ? texts.length : end).join(' ');
}

/**
 * Its numbers are no keys: `1` only moves the highlight in "Folder access", where `2` chooses at once. All options can be
 * highlighted and confirmed. Where the first ones are out of sight a number is more than a position, and is kept.
 */
function optionsIn(rows: readonly Row[]): DialogOption[] {
  const options = readOptions(rows.map(({ text }) => text));
  const areCounted = /^\s{0,2}[›>]? *1\. /.test(rows[0]?.text ?? '');
  return areCounted ? options.map((one) => (/^\d+$/.test(one.key ?? '') ? { ...one, key: null } : one)) : options;
}

/** The options are numbered from 1; a numbered row above the first is not theirs. */
function firstOptionAbove(rows: readonly Row[], chosen: number): number {
  let number = Number(/\d+/.exec(rows[chosen]!.text)![0]);
  let first = chosen;
  for (let at = chosen - 1; number > 1 && at >= 0 && chosen - at < 40; at--) {
    const { text } = rows[at]!;
    if (new RegExp(`^\\s+${number - 1}\\. `).test(text)) {
      first = at;
      number--;
    } else if (!/^\s{4}/.test(text) && text.trim() !== '') break;
  }
  return first;
}

/**
 * Codex 0.169 and 0.171 draw the question, a blank row, `Environment: …`, a blank row, the model's `Reason: …` where it gave
 * one, a blank row, `$ ` and the command, two blank rows, the options. What is wrapped, and each further line of a command,
 * stands at the same indent: a row of the reason may begin with `$ ` as well. So a command is known only where all of them
 * stand in that order, and one row alone begins with `$ `.
 */
function commandIn(
  rows: readonly Row[],
  room: { readonly isAccounted: boolean; readonly columns: number },
): DialogSubject | null {
  const begins = rows.flatMap(({ text }, at) => (/^ {2}\$ /.test(text) ? [at] : []));
  const [at] = begins;
  if (at === undefined) return null;
  const end = lastFilled(rows) + 1;
  const above = rows.slice(0, at).map(({ text }) => (text.trim() === '' ? '' : text));
  const shown = rows.slice(at, end);
  const isAccounted =
    room.isAccounted &&
    begins.length === 1 &&
    isOwnHead(above) &&
    rows.length - end <= 2 &&
    shown.every(({ text }) => /^(?: {2}|$)/.test(text));
  const lines = shown.map(({ text }, index) => ({ text: text.slice(index === 0 ? 4 : 2), endsAt: columnsOf(text) }));
  return subjectOf('command', lines, { ...room, isAccounted });
}

/**
 * The files of a patch (0.171), each behind `Destination: `, wrapped at any character; a name may hold that word, and beyond some
 * number they are left out (`[… 34 lines]`). One patch may change, move and delete several, so that none of them is named for
 * certain: they are there to be seen.
 */
function filesIn(rows: readonly Row[]): DialogSubject | null {
  const at = rows.findIndex(({ text }) => destination.test(text));
  if (at < 0) return null;
  const shown = rows.slice(at, lastFilled(rows) + 1).map(({ text }) => text.replace(destination, '').trim());
  return { is: 'file', text: shown.filter((text) => text !== '').join('\n'), isWhole: false };
}

const destination = /^ {2}Destination:(?= |$)/;

/** What stands between the question and the command: nothing, or paragraphs that codex begins with a word of its own. */
function isOwnHead([asks, ...rest]: readonly string[]): boolean {
  if (asks !== `  ${runs}`) return false;
  const paragraphs = rest
    .join('\n')
    .split(/\n{2,}/)
    .map((text) => text.replace(/^\n+|\n+$/g, ''))
    .filter((text) => text !== '');
  const isBlankLast = rest.at(-1) === '';
  const [environment, reason, ...more] = paragraphs[0]?.startsWith('  Environment: ')
    ? paragraphs
    : ['', ...paragraphs];
  if (!isBlankLast || more.length > 0 || environment?.includes('\n')) return false;
  return reason === undefined || reason.startsWith('  Reason: ');
}

const runs = 'Would you like to run the following command?';

const keys =
  /\b(?:press )?enter\b.*\b(?:confirm|continue|select|submit|choose)\b|\besc\b.*\b(?:cancel|skip|go back|exit)\b/i;

/** By the dialog's own words alone; of one that is not known, the title tells whether the agent waits to act. */
function kindOf(question: string, title: string): DialogKind {
  if (/^Would you like to make the following edits/.test(question)) return 'edit';
  if (/^Would you like to /.test(question) || /^\[ [!.] \] Action Required/.test(title.trim())) return 'approval';
  return 'choice';
}
