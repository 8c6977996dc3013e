import type { Snapshot } from '../../core/pane.ts';
import type { Composer, Evidence, Turn } from '../../core/reading.ts';
import type { DialogOnScreen } from '../dialog.ts';
import { columnsOf, indexOfColumn } from '../frame.ts';
import { evidence } from '../rows.ts';
import { type ComposerPlace, findComposer, findStatus, ownFrom, promptOf, readComposer } from './composer.ts';
import { findDialog } from './dialog.ts';
import type { ScreenFacts } from './facts.ts';
import { findRow, type Line, pattern } from './lines.ts';
import { readCells, readTurn } from './transcript.ts';

/** The parts of a screen, read by an agent program's facts. */
export interface DeclaredScreen {
  readonly turn: Turn;
  readonly composer: Composer;
  readonly composerRow: number | null;
  readonly cursorInComposer: boolean;
  /** right behind the prompt */
  readonly cursorAtStart: boolean;
  readonly dialog: DialogOnScreen | null;
  readonly busy: Evidence | null;
  /** somebody has scrolled the transcript back */
  readonly scrolledBack: Evidence | null;
  readonly isStarting: Evidence | null;
  readonly ended: Evidence | null;
  readonly restingFooter: Evidence | null;
  /** the last entry is an input or a tool's, where every turn ends in words */
  readonly isUnanswered: Evidence | null;
  readonly hasBareFooter: boolean;
  /** nothing was sent yet, as far as the screen shows */
  readonly isStartScreen: boolean;
  /** no turn can be under way: none has begun, or its end stands above the composer */
  readonly isBetweenTurns: boolean;
}

export function readDeclaredScreen(snapshot: Snapshot, facts: ScreenFacts): DeclaredScreen {
  const { width } = snapshot.facts;
  const hasSidebar = facts.sidebar !== undefined && width >= facts.sidebar.fromWidth;
  const edge = hasSidebar ? width - facts.sidebar.columns : width;
  // without a sidebar a row may be longer than the pane: one that the terminal wrapped
  const lines = snapshot.rows.map((row) => ({
    text: withoutScrollBar(hasSidebar ? untilColumn(row.text, edge) : row.text, edge),
    row,
  }));
  const dialog = findDialog(lines, facts.dialogs, {
    firstVisible: snapshot.firstVisible,
    height: snapshot.facts.height,
    columns: edge,
  });
  const found = dialog ? null : findComposer(lines, facts.composer, edge);
  // what begins out of sight is no composer of now
  const place = found !== null && found.start >= snapshot.firstVisible ? found : null;
  // a footer may run on below the sidebar
  const below = place ? snapshot.rows.slice(place.end).map((row) => ({ text: row.text, row })) : [];
  const footer = place ? { from: place.end, lines: lines.slice(place.end) } : { from: lines.length, lines: [] };
  const end = dialog?.rows[0] ?? place?.start ?? lines.length;
  const composer: Composer = place ? readComposer(lines, place, facts, snapshot) : { is: 'absent' };
  const status = findStatus(lines, place ? ownFrom(lines, end, composer, facts) : end, facts);
  const cells = readCells(lines, status.from, facts);
  const read = readTurn(cells, facts, snapshot);
  const { from } = read;
  const scrolledBack =
    place === null ? null : scrollHint(lines.slice(snapshot.firstVisible, place.start), facts, snapshot);
  const turn: Turn = scrolledBack === null ? read.turn : { inputs: [], words: [], cut: true };
  const last = cells.findLast(({ kind }) => kind !== 'blank');
  const isFirst =
    facts.firstScreen !== undefined && findRow({ from: 0, lines }, [facts.firstScreen], 'first-screen') !== null;
  const hasScrolled = snapshot.facts.historySize > 0 && !snapshot.facts.alternateScreen;
  const isFresh =
    // where a cleared screen stands in the history, and the row is not drawn yet
    (!hasScrolled || facts.firstScreen !== undefined) &&
    turn.inputs.length === 0 &&
    turn.cut !== true &&
    cells.every(({ kind }) => kind !== 'own' && kind !== 'tool');
  const hasEnded = facts.rest?.ended !== undefined && last?.kind === 'ended';
  return {
    turn,
    composer,
    composerRow: place?.first ?? null,
    cursorInComposer: place !== null && snapshot.cursorRow >= place.first && snapshot.cursorRow < place.last,
    cursorAtStart:
      place !== null &&
      snapshot.cursorRow === place.first &&
      snapshot.facts.cursorX === columnsOf(promptOf(lines[place.first]!.text, facts.composer)),
    dialog,
    busy:
      findRow({ from: footer.from, lines: below }, facts.busy?.footer, 'footer') ??
      status.busy ??
      findRow(ruleOf(place, lines), facts.busy?.rule, 'rule') ??
      findRow({ from, lines: lines.slice(from, status.from) }, facts.busy?.turn, 'turn'),
    scrolledBack,
    isStarting: findRow({ from: 0, lines }, facts.starting, 'starting'),
    ended: hasEnded ? evidence('turn-end', `the turn has ended: "${last.lines[0]!.text.trim()}"`, last.first) : null,
    restingFooter: findRow(
      footer,
      facts.rest?.footer === undefined ? undefined : [facts.rest.footer],
      'resting-footer',
    ),
    isUnanswered:
      facts.rest?.inWords === true && (last?.kind === 'input' || last?.kind === 'tool')
        ? evidence('unanswered', `nothing was said since "${last.lines[0]!.text.trim()}"`, last.first)
        : null,
    hasBareFooter:
      facts.rest?.bareFooter !== undefined && findRow(footer, [facts.rest.bareFooter], 'bare-footer') !== null,
    isStartScreen: composer.is === 'empty' && (isFirst || isFresh),
    isBetweenTurns: isFresh || hasEnded || turn.error !== undefined,
  };
}

function scrollHint(
  above: readonly Line[],
  { scrolledBack }: ScreenFacts,
  { firstVisible }: Snapshot,
): Evidence | null {
  const near = above.slice(-3);
  const found = scrolledBack === undefined ? -1 : near.findLastIndex(({ text }) => pattern(scrolledBack).test(text));
  if (found < 0) return null;
  const at = above.length - near.length + found;
  return evidence('scrolled', 'somebody has scrolled the transcript back', firstVisible + at);
}

/** What stands between the transcript and the composer's text. */
function ruleOf(place: ComposerPlace | null, lines: readonly Line[]): { from: number; lines: readonly Line[] } {
  return place === null ? { from: 0, lines: [] } : { from: place.start, lines: lines.slice(place.start, place.first) };
}

function untilColumn(text: string, edge: number): string {
  return columnsOf(text) <= edge ? text : text.slice(0, indexOfColumn(text, edge)).trimEnd();
}

/** A scroll bar stands in the last column, alone. */
function withoutScrollBar(text: string, width: number): string {
  // alone in its row and far from the edge it is the cursor of a text that comes in (grok 0.0.34)
  if (/\S {4,}[█▄▀▐]$/.test(text)) return text.slice(0, -1).trimEnd();
  if (!/[│┃█▄▀▐]$/.test(text) || columnsOf(text) < width || /[│┃█▄▀▐─]{2}$/.test(text)) return text;
  return text.slice(0, -1).trimEnd();
}
