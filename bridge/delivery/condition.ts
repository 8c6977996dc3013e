import type { ComposerFacts } from '../core/composer.ts';
import { withoutEnd } from '../core/ends.ts';
import type { PaneCondition } from '../core/pane-condition.ts';
import type { FreshLook } from './attempt.ts';
import type { Look } from './evidence.ts';
import { markerOf } from './paste-marker.ts';
import { drawnFor } from './visible-text.ts';

/**
 * What tmux itself checks in the step that types: the look and the act are one. The words of a dialog are left out where
 * they stand on the screen already and the reading explains them as the agent's own words, an input or our draft; a
 * worker that writes about a dialog could otherwise never be answered. Unexplained words stay, and hold.
 *
 * The cursor stands where the look saw it, in the row that it saw: what nobody has words for changes that too, such as a
 * dialog of an unknown program, or a person's first letter. And nobody has pressed a key in that session since
 * the look, drawn or not.
 * @param rests false for a program at work that is forced: it leaves its cursor wherever it draws
 * @param ours rows that show the text which Enter is to submit
 */
export function conditionFor(
  look: FreshLook,
  composerFacts: ComposerFacts,
  { rests, ours = [] }: { readonly rests: boolean; readonly ours?: RowsOnScreen },
): PaneCondition {
  const { panePid, command, cursorX, cursorY, cursorVisible } = look.snapshot.facts;
  const { explained } = sortWords(look, composerFacts);
  return {
    panePid,
    command,
    sessionActivity: look.snapshot.sessionActivity,
    notTitles: composerFacts.dialogTitles,
    notOnScreen: composerFacts.dialogWords.filter((pattern) => !explained.includes(pattern)),
    ...(rests ? { cursor: { x: cursorX, y: cursorY, visible: cursorVisible }, onScreen: rowsOf(look, ours) } : {}),
  };
}

export type RowsOnScreen = NonNullable<PaneCondition['onScreen']>;

function rowsOf(look: Look, ours: RowsOnScreen): RowsOnScreen {
  const { cursorY } = look.snapshot.facts;
  return [...namedRow(look, cursorY), ...ours.filter(({ row }) => row !== cursorY + 1)];
}

/** None where the terminal has wrapped what stands above, so that rows cannot be counted, and where the row tells nothing. */
function namedRow({ snapshot }: Look, at: number): RowsOnScreen {
  const { rows, firstVisible, facts } = snapshot;
  const visible = rows.slice(firstVisible).map((row) => row.text.trimEnd());
  const text = visible[at] ?? '';
  const isCounted = snapshot.cursorRow - firstVisible === facts.cursorY && text.length <= facts.width;
  return isCounted && visible.indexOf(text) === at && text !== '' ? [{ row: at + 1, text }] : [];
}

/** tmux takes a condition of a few thousand characters. */
const longestRow = 300;

/**
 * The topmost and the lowest row of the composer that show the text, or the program's own marker for it, and can be named:
 * where they still stand as Enter is pressed, the composer has not been emptied meanwhile. None where no row of it can be
 * told from others above.
 */
export function rowsShowing(look: Look, text: string, { longPasteMarkers }: ComposerFacts): RowsOnScreen {
  const { composer } = look.reading;
  const draft = composer.is === 'draft' ? composer.text : text;
  const marker = markerOf(draft, text, longPasteMarkers);
  const drawn = drawnFor(text);
  const wanted = drawn(marker ?? text);
  const visible = look.snapshot.rows.slice(look.snapshot.firstVisible).map((row) => row.text);
  const shown = visible.map(drawn);
  // a row may show more than the text: a hint at its right end, or what a wide character left there
  const isAll = (at: number) => shown[at]!.startsWith(wanted);
  const isPart = (at: number) =>
    isAll(at) || (shown[at]!.length >= Math.min(leastInRow, wanted.length) && wanted.includes(shown[at]!));
  const end = shown.findLastIndex((row, at) => isAll(at) || (isPart(at) && wanted.endsWith(row)));
  const { cursorRow, firstVisible } = look.snapshot;
  // the cursor stands behind the last line, however short that is
  const atCursor = shown[cursorRow - firstVisible] ?? '';
  const last = atCursor !== '' && wanted.endsWith(atCursor) ? Math.max(end, cursorRow - firstVisible) : end;
  if (last < 0) return [];
  const mayBeOurs = (at: number) =>
    shown[at] === '' ? !rule.test(visible[at]!) : isAll(at) || wanted.includes(shown[at]!);
  let rows: number[] = [];
  let isFromStart = false;
  for (let at = last; at >= 0 && !isFromStart && mayBeOurs(at); at--) {
    if (shown[at] !== '') rows.push(at);
    isFromStart = isPart(at) && (isAll(at) || wanted.startsWith(shown[at]!));
  }
  // without its beginning: of a text that repeats itself, rows above the composer may look the same
  if (!isFromStart && composer.is === 'draft') {
    const highest = last - composer.text.split('\n').length + 1;
    rows = rows.filter((at) => at >= highest);
  }
  const named = rows.filter((at) => namedRow(look, at).length > 0 && visible[at]!.length <= longestRow);
  const telling = named.filter(isPart);
  const chosen = telling.length > 0 ? telling : named;
  return [...new Set([chosen.at(-1), chosen[0]])].flatMap((at) => (at === undefined ? [] : namedRow(look, at)));
}

/** Above it the composer has ended. */
const rule = /[\u2500\u2501\u2550\u2580-\u2586]{3}/u;

/** A row with less of the text could be anything. */
const leastInRow = 4;

/** A title or a row that means a dialog although the reading knows of none; null when there is none. */
export function dialogWordsSeen(look: Look, composerFacts: ComposerFacts): string | null {
  const { title } = look.snapshot.facts;
  if (composerFacts.dialogTitles.some((pattern) => new RegExp(pattern).test(title))) return title;
  return sortWords(look, composerFacts).unexplained[0] ?? null;
}

/** The patterns whose every row is explained, and the rows that nothing explains. */
function sortWords(
  { snapshot, reading }: Look,
  composerFacts: ComposerFacts,
): { explained: string[]; unexplained: string[] } {
  const { inputs, words } = reading.turn;
  const draft = reading.composer.is === 'draft' ? [reading.composer.text] : [];
  const known = flat([...inputs, ...words, ...draft].join(' '));
  const rows = snapshot.rows.slice(snapshot.firstVisible).map((row) => row.text);
  const explained: string[] = [];
  const unexplained: string[] = [];
  for (const pattern of composerFacts.dialogWords) {
    const matching = rows.filter((row) => new RegExp(pattern).test(row));
    const open = matching.filter((row) => !known.includes(withoutFrame(row)));
    unexplained.push(...open.map(withoutFrame));
    if (matching.length > 0 && open.length === 0) explained.push(pattern);
  }
  return { explained, unexplained };
}

export function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A row without what a TUI draws around words: bullets, prompts, borders. */
function withoutFrame(row: string): string {
  return flat(withoutEnd(row.replace(/^[^\p{L}\p{N}$<([{"'`/]+/u, ''), /[\s\u2500-\u259f|]/));
}
