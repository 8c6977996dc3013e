import type { Row, Snapshot } from '../../core/pane.ts';
import type { Composer, Turn } from '../../core/reading.ts';
import type { DialogOnScreen } from '../../screen/dialog.ts';
import { cleanLines } from '../../screen/frame.ts';
import { hasDim, isDim, isDimAt, lastFilled, tidy } from '../../screen/rows.ts';
import { codexDialog } from './dialog.ts';

/** The parts of a Codex 0.169.0 screen, top to bottom: transcript, status, composer, footer. */
export interface CodexScreen {
  readonly turn: Turn;
  readonly composer: Composer;
  readonly composerRow: number | null;
  readonly cursorInComposer: boolean;
  readonly dialog: DialogOnScreen | null;
  /** the line above the composer that only a working codex draws */
  readonly status: { readonly rule: string; readonly detail: string; readonly row: number } | null;
  /** `Worked for 7s • 17:53` as the last thing above the composer */
  readonly turnEndRow: number | null;
  readonly isLoading: boolean;
  /** drawn before it takes keys: the footer does not name the model yet */
  readonly isStarting: boolean;
  /** somebody scrolled the transcript: what stands there is old, and Enter goes back to the end instead of submitting */
  readonly isScrolledBack: boolean;
  readonly isStartScreen: boolean;
  /** names on the path of the working folder: its resting title is one of them, or ends with one */
  readonly folders: readonly string[];
  /** the rows below the composer; one of them names model, folder and thread */
  readonly footer: readonly string[];
  /** the last entry is the agent's own words, a tool or an input, and no end of a turn follows */
  readonly isMidTurn: boolean;
}

const footerWords = /^ {2}\S.* · \S|\? for shortcuts|\bf2 to view$/;
const isHint = (row: string) => /^ {2}\? for shortcuts$/.test(row.trimEnd());
const scrolledAbove = /\s{2,}↑$/;
const placeholder = 'Ask Codex to do anything';
const turnEnd = /^ {2}Worked for (?:<1s|\d+[hms](?: \d+[ms])*) • \d{1,2}:\d\d$/;

export function readCodexScreen(snapshot: Snapshot): CodexScreen {
  const { rows } = snapshot;
  const dialog = codexDialog(rows, snapshot);
  const composer = dialog ? null : findComposer(rows);
  const end = dialog?.rows[0] ?? composer?.first ?? rows.length;
  const cells = readCells(snapshot, end);
  const last = cells.findLast((cell) => cell.kind !== 'blank');
  const footer = composer ? rows.slice(composer.end).map((row) => row.text) : [];
  const header = rows.findIndex((row) => /^ {2}>_ OpenAI Codex/.test(row.text));
  // model, folder and, since 0.171, thread
  const shownPath = footer.flatMap((text) => text.trim().split(' · ').slice(1)).find((path) => path.includes('/'));
  const isUnused = header >= 0 && cells.every(({ kind }) => kind === 'blank' || kind === 'header');
  const hint = composer ? lastFilled(rows, composer.first) : -1;
  const isScrolledBack = hint >= 0 && /^\s{2,}↓ Back to bottom\b/.test(rows[hint]!.text);
  return {
    turn: isScrolledBack ? { inputs: [], words: [], cut: true } : readTurn(cells, snapshot.facts.width),
    isScrolledBack,
    composer: composer ? readComposer(rows, composer) : { is: 'absent' },
    composerRow: composer?.first ?? null,
    cursorInComposer: composer !== null && snapshot.cursorRow >= composer.first && snapshot.cursorRow < composer.end,
    dialog,
    status: last?.kind === 'tool' ? statusOf(last.rows[0]!.text, last.first) : null,
    turnEndRow: last?.kind === 'end' ? last.first : null,
    isStarting: isUnused && footer.some(isHint) && footer.every((row) => row.trim() === '' || isHint(row)),
    isLoading: header >= 0 && rows[header + 1]?.text.trim() === 'loading',
    isStartScreen: isUnused && shownPath !== undefined,
    footer,
    isMidTurn: last !== undefined && !restful.has(last.kind),
    folders: [snapshot.facts.currentPath, shownPath ?? ''].flatMap((path) => path.split('/')).filter(Boolean),
  };
}

/** A composer is the last `›` row that is no echo: an echo's glyph is dim, a composer's is not. */
function findComposer(rows: readonly Row[]): { first: number; end: number } | null {
  const dims = hasDim(rows);
  const first = rows.findLastIndex((row) => /^›(?: |$)/.test(row.text) && !(dims && isDimAt(row, 0)));
  if (first < 0 || rows.slice(first + 1).some((row) => /^\S/.test(row.text))) return null;
  const bottom = lastFilled(rows);
  let footer = bottom;
  while (footer > first && rows[footer]!.text.trim() !== '') footer--;
  // a tall draft leaves no room for the footer: then what follows its last empty line is still the draft
  const hasFooter = rows.slice(footer, bottom + 1).some((row) => footerWords.test(row.text));
  const end = footer === first || !hasFooter ? bottom + 1 : footer;
  return { first, end: Math.max(end, first + 1) };
}

function readComposer(rows: readonly Row[], { first, end }: { first: number; end: number }): Composer {
  const lines = rows.slice(first, end);
  // a draft taller than the composer scrolls in it: an arrow at the right end of its first row says so
  const cut = lines.length > 1 && scrolledAbove.test(lines[0]!.text);
  const text = tidy(lines.map((row) => row.text.slice(2).replace(cut ? scrolledAbove : '', ''))).join('\n');
  if (text === '') return { is: 'empty' };
  const isGhost = hasDim(rows)
    ? lines.every((row, at) => row.text.slice(2).trim() === '' || isDim(row, at === 0 ? 2 : 0))
    : text === placeholder;
  return isGhost ? { is: 'empty' } : { is: 'draft', text, ...(cut ? { cut } : {}) };
}

/** One entry of the transcript. `top` is what runs in from above the screen. */
interface Cell {
  kind: 'top' | 'header' | 'input' | 'input-tail' | 'pinned' | 'message' | 'tool' | 'notice' | 'end' | 'blank';
  readonly first: number;
  readonly rows: Row[];
}

/** What stands last where nothing is under way: `■ Conversation interrupted` and errors are notices. */
const restful: ReadonlySet<Cell['kind']> = new Set(['header', 'end', 'notice']);

/**
 * Each entry begins with a glyph in column 0. Codex tints the rows of an echoed input; it dims the bullet *and* its space before
 * the agent's own words, but not before a tool's name; and it pins the current turn's input, on one line, to the top
 * row once it has scrolled away. Without attributes (a plain recording) an input reaches to the next glyph.
 */
function readCells({ rows, firstVisible, facts }: Snapshot, end: number): Cell[] {
  const dims = hasDim(rows);
  const tints = rows.some((row) => row.tinted);
  const cells: Cell[] = [];
  for (let at = 0; at < end; at++) {
    const row = rows[at]!;
    const current = cells.at(-1);
    const mayBePinned = at === firstVisible && facts.alternateScreen && tints && rows[at + 1]?.tinted !== true;
    const isJoined = at > 0 && rows[at - 1]!.text.trim() !== '';
    const kind = kindOfRow(row, current?.kind ?? 'blank', { dims, tints, mayBePinned, isJoined });
    if (kind === null) current!.rows.push(row);
    else if (kind !== 'blank' || current?.kind !== 'blank') cells.push({ kind, first: at, rows: [row] });
  }
  return cells;
}

/** The kind of entry that a row begins, or null when it goes on with the one above. */
function kindOfRow(
  row: Row,
  above: Cell['kind'],
  {
    dims,
    tints,
    mayBePinned,
    isJoined,
  }: { dims: boolean; tints: boolean; mayBePinned: boolean /** the row above it is not blank */; isJoined: boolean },
): Cell['kind'] | null {
  const { text } = row;
  const isBlank = text.trim() === '';
  const isTinted = tints && row.tinted === true;
  if (/^›(?: |$)/.test(text) && (!dims || isDimAt(row, 0))) return mayBePinned ? 'pinned' : 'input';
  if (isTinted && !isBlank) return above === 'input' || above === 'input-tail' ? null : 'input-tail';
  if (ownNews.test(text)) return 'notice';
  if (/^•(?: |$)/.test(text)) {
    const isMessage = dims ? isDimAt(row, 0) && isDimAt(row, 1) : !toolNames.test(text);
    return isMessage ? 'message' : 'tool';
  }
  // what is wrapped of a notice begins in column 0, without a sign (0.171 at 60 columns)
  if (above === 'notice' && isJoined && /^[\w"'{}[\]()]/.test(text)) return null;
  if (/^\S/.test(text)) return 'notice';
  if (turnEnd.test(text) && (!dims || isDim(row))) return 'end';
  if (/^ {2}>_ OpenAI Codex/.test(text)) return 'header';
  if (above === 'blank' || above === 'pinned') return isBlank ? 'blank' : 'top';
  // indented and not tinted below an input: words whose first row was never drawn
  if (above.startsWith('input') && tints && !isBlank) return 'top';
  return null;
}

const toolNames =
  /^• (?:Ran|Running|Explored|Exploring|Edited|Added|Deleted|Updated|Viewed|Called|Calling|Searched|Waited|Waiting|Exited|Proposed|Working|Considering|Queued follow-up inputs|Read)\b/;

/** It draws what came of its own menus as it draws the agent's words. */
const ownNews = /^• (?:Model changed to \S+(?: \S+)?$|Unrecognized command '\/)/;

function statusOf(text: string, row: number): CodexScreen['status'] {
  if (/^• .*\(\d+[hms](?: \d+[ms])*(?: • esc to interrupt\)|…| •)/.test(text))
    return { rule: 'working', detail: `the screen says "${text}"`, row };
  if (/^• Queued follow-up inputs$/.test(text)) return { rule: 'queued', detail: 'inputs are queued', row };
  return /^• Running /.test(text) ? { rule: 'running', detail: `a tool is running: "${text}"`, row } : null;
}

function readTurn(cells: readonly Cell[], width: number): Turn {
  const inputs: string[] = [];
  let from = 0;
  for (const [at, cell] of cells.entries()) {
    if (cell.kind === 'input' || cell.kind === 'input-tail' || cell.kind === 'pinned') {
      const text = tidy(cell.rows.map((row) => row.text.slice(2))).join('\n');
      inputs.push(cell.kind === 'input' ? text : cell.kind === 'pinned' ? `${text} …` : `…${text}`);
      from = at + 1;
    }
  }
  const words = cells.slice(from).flatMap((cell) => [...wordsOf(cell, width), '']);
  const opener = cells[from - 1];
  const isCut = opener === undefined ? cells.some(({ kind }) => kind === 'top') : opener.kind === 'pinned';
  const last = cells.slice(from).findLast(({ kind }) => kind !== 'blank');
  const isError = last?.kind === 'notice' && /^■ (?!Conversation interrupted)/.test(last.rows[0]!.text);
  const error = isError ? { error: tidy(last.rows.map((row) => row.text.replace(/^(?:■ | {2})/, ''))).join('\n') } : {};
  return { inputs, words: tidy(words), ...(isCut ? { cut: true } : {}), ...error };
}

/** The agent's own words in an entry. Tool output is dim; so are tips, which hang on a `└`. */
function wordsOf(cell: Cell, width: number): string[] {
  if (cell.kind !== 'message' && cell.kind !== 'top') return [];
  const own = cell.rows.filter((row) => !isDim(row) && !(/^ {2}└ /.test(row.text) && isDimAt(row, 2)));
  return cleanLines(
    own.map((row) => row.text.slice(2)),
    width - 2,
  );
}
