import type { Row, Snapshot } from '../../core/pane.ts';
import type { Composer, DialogKind, DialogSubject, Turn } from '../../core/reading.ts';
import { type DialogOnScreen, makeDialog, readOptions } from '../../screen/dialog.ts';
import { subjectOf } from '../../screen/dialog-subject.ts';
import { cleanLines, columnsOf } from '../../screen/frame.ts';
import { isDim, lastFilled, tidy } from '../../screen/rows.ts';

/** The parts of a gemini-cli 0.61.0 screen: transcript, status, composer between half-block bars, footer. */
export interface GeminiScreen {
  readonly turn: Turn;
  readonly composer: Composer;
  readonly composerRow: number | null;
  readonly cursorInComposer: boolean;
  readonly isShellMode: boolean;
  readonly dialog: DialogOnScreen | null;
  readonly status: { readonly rule: string; readonly detail: string; readonly row: number } | null;
  /** the last row, where it restarts: the dialog above it was answered */
  readonly restartRow: number | null;
  readonly isStartScreen: boolean;
  readonly showsBranch: boolean;
}

export function readGeminiScreen({ rows, firstVisible, cursorRow, facts }: Snapshot): GeminiScreen {
  const bars = findBars(rows);
  const last = lastFilled(rows);
  const lastBar = bars.at(-1);
  // The cursor is in it; failing that, nothing but the footer's rows stand below it. After a resize there may be more
  // below, and copies of it above: remains that gemini does not clear away.
  const isLast = lastBar !== undefined && last - lastBar.bottom <= 4 ? lastBar : undefined;
  const composer =
    bars.findLast(({ top, bottom }) => top !== null && cursorRow > top && cursorRow < bottom) ??
    (isLast?.top == null ? null : isLast);
  const dialog = composer ? null : findDialog({ rows, facts }, last);
  const echoes = bars.filter(
    (bar) => bar !== composer && (composer === null || bar.bottom < composer.bottom) && !isRemains(rows, bar),
  );
  const chrome = composer ? findChrome(rows, composer.top!) : null;
  const from = (echoes.at(-1)?.bottom ?? -1) + 1;
  const end = dialog?.rows[0] ?? chrome?.first ?? rows.length;
  const lines = composer ? rows.slice(composer.top! + 1, composer.bottom) : [];
  const words = readWords(rows, from, end, facts.width);
  const footer = composer ? rows.slice(composer.bottom + 1).map((row) => row.text) : [];
  const isCut = echoes.length === 0 && words.length > 0 && facts.historySize > firstVisible;
  return {
    turn: {
      inputs: echoes.map((bar) => echoedText(rows, bar)),
      words,
      ...(isCut ? { cut: true } : {}),
      ...errorAtEnd(rows, from, end),
    },
    composer: composer ? readComposer(lines, cursorRow === composer.top! + 1 ? facts.cursorX : null) : { is: 'absent' },
    composerRow: composer ? composer.top! + 1 : null,
    cursorInComposer: composer !== null && cursorRow > composer.top! && cursorRow < composer.bottom,
    isShellMode: lines[0] !== undefined && !/^ [>*](?: |$)/.test(lines[0].text),
    dialog,
    status: chrome?.status ?? null,
    restartRow: last >= 0 && composer === null && restarting.test(rows[last]!.text) ? last : null,
    // what stood in the terminal before gemini was started is no turn of its own, be it a shell's or another gemini's
    isStartScreen:
      echoes.length === 0 ||
      (echoes.every(({ bottom }) => bottom < firstVisible) &&
        readWords(rows, Math.max(from, firstVisible), end, facts.width).length === 0),
    showsBranch: footer.some((text) => /\bbranch\b/.test(text)),
  };
}

const restarting = /^ Gemini CLI is restarting to apply the \w+ changes\.\.\.$/;

/** An input, echoed or being written, stands between a row of ▄ and a row of ▀. The top of the first may have scrolled off. */
interface Bar {
  readonly top: number | null;
  readonly bottom: number;
}

function findBars(rows: readonly Row[]): Bar[] {
  const bars: Bar[] = [];
  let top: number | null = null;
  for (const [at, { text }] of rows.entries()) {
    if (/^▄{10,}$/.test(text)) top = at;
    else if (/^▀{10,}$/.test(text) && (top !== null || bars.length === 0)) {
      bars.push({ top, bottom: at });
      top = null;
    }
  }
  return bars;
}

/** A copy of the composer that a resize left behind: it holds the placeholder, or has the composer's hint above it. */
function isRemains(rows: readonly Row[], { top, bottom }: Bar): boolean {
  if (top === null) return false;
  const hasHint = /^ \S/.test(rows[top - 1]?.text ?? '') && /^─{10,}$/.test(rows[top - 2]?.text ?? '');
  return hasHint || rows.slice(top + 1, bottom).some(({ text }) => /^ [>*] {3}Type your message/.test(text));
}

function echoedText(rows: readonly Row[], { top, bottom }: Bar): string {
  const lines = rows.slice(top === null ? 0 : top + 1, bottom).map((row) => row.text);
  const text = tidy(lines.map((line) => line.slice(3))).join('\n');
  return top === null && !/^ [>*!] /.test(lines[0] ?? '') ? `…${text}` : text;
}

function readComposer(lines: readonly Row[], cursorX: number | null): Composer {
  const text = tidy(lines.map((row) => row.text.slice(3))).join('\n');
  if (text === '') return { is: 'empty' };
  // the placeholder stands one column right of the cursor, where no typed text begins
  const isPlaceholder =
    lines.length === 1 &&
    /^ [>*] {3}Type your message or @path\/to\/file$/.test(lines[0]!.text) &&
    (cursorX === null || cursorX === 3);
  const isGhost = lines.every((row) => row.text.slice(3).trim() === '' || isDim(row, 3));
  return isPlaceholder || isGhost ? { is: 'empty' } : { is: 'draft', text };
}

/** What gemini draws between the transcript and the composer: queue, spinner line, a rule, a hint. */
function findChrome(rows: readonly Row[], composerTop: number): { first: number; status: GeminiScreen['status'] } {
  let first = composerTop;
  let status: GeminiScreen['status'] = null;
  for (let at = composerTop - 1; at >= 0 && composerTop - at <= 5; at--) {
    if (!/^─{10,}$/.test(rows[at]!.text)) continue;
    first = at;
    break;
  }
  const line = rows[first - 1]?.text ?? '';
  if (/\(esc to cancel, [^)]*\)/.test(line) && /^ [⠀-⣿] /.test(line)) {
    status = { rule: 'spinner', detail: `the screen says "${line.trim().replace(/\s{2,}.*$/, '')}"`, row: first - 1 };
  }
  if (/^ (?:[⠀-⣿] |Press )|\? for shortcuts$/.test(line)) first--;
  const queued = rows.findLastIndex((row, at) => at < first && /^ {2}Queued \(press ↑ to edit\):$/.test(row.text));
  if (queued >= 0 && rows.slice(queued + 1, first).every((row) => /^ {4}|^\s*$/.test(row.text))) {
    first = queued;
    status ??= { rule: 'queued', detail: 'inputs are queued', row: queued };
  }
  return { first, status };
}

/** Entries begin with a glyph in column 0: `✦` the agent's words, a box a tool, anything else a notice. */
function readWords(rows: readonly Row[], from: number, end: number, width: number): string[] {
  const words: string[] = [];
  let isOwn = true;
  let message: string[] = [];
  const close = () => {
    words.push(...cleanLines(message, width - 2), '');
    message = [];
  };
  for (const row of rows.slice(from, end)) {
    if (/^\S/.test(row.text)) {
      close();
      isOwn = row.text.startsWith('✦');
    }
    if (isOwn) message.push(row.text.slice(2));
  }
  close();
  return tidy(words);
}

/** The last entry of the turn, where it tells of an error: `✕ [API Error: …]`, and below some of them how to learn more. */
function errorAtEnd(rows: readonly Row[], from: number, end: number): { error?: string } {
  const opensEntry = (before: number) => rows.findLastIndex(({ text }, at) => at < before && /^\S/.test(text));
  const last = opensEntry(end);
  const isHint = rows[last]?.text.startsWith('ℹ This request failed. Press F12 ') === true;
  const [first, to] = isHint ? [opensEntry(last), last] : [last, end];
  if (first < from || !rows[first]!.text.startsWith('✕ ')) return {};
  return { error: tidy(rows.slice(first, to).map(({ text }) => text.slice(2))).join('\n') };
}

/** A dialog takes the composer's place: a box at the very bottom, with numbered options, one of them marked. */
function findDialog({ rows, facts }: Pick<Snapshot, 'rows' | 'facts'>, last: number): GeminiScreen['dialog'] {
  if (last < 0 || !/^\s*╰─+╯$/.test(rows[last]!.text)) return null;
  let first = last;
  while (first > 0 && !/^\s*╭─+╮$/.test(rows[first]!.text)) first--;
  const inner = rows.slice(first + 1, last).map(({ text }) => text.replace(/^\s*│ ?/, '').replace(/\s*│$/, ''));
  const asks = inner.findLastIndex((text) => /\?$/.test(text.trim()) && !/^\? /.test(text));
  const options = readOptions(inner.slice(Math.max(0, asks)));
  if (options.length === 0 || !options.some(({ isHighlighted }) => isHighlighted)) return null;
  const question = (inner[asks] ?? inner.find((text) => text.trim() !== '') ?? '').trim();
  const kind = kindOf(question, inner.find((text) => text.trim() !== '')?.trim() ?? '');
  const subject = subjectIn(inner, kind, facts.width);
  return { dialog: makeDialog({ kind, question, subject, options }), rows: [first, last] };
}

/**
 * Right above the question stands a box with the command; a file's name stands in the tool's row (`?  WriteFile  Writing to …`).
 * Neither is ever known to the letter: gemini-cli 0.61.0 leaves out a title that a command sets (OSC 0) with all words in it, so that
 * `npm test` may be what is left of `npm test`, ESC `]0;; rm -rf x` BEL; and a run of 200 blanks is drawn as a line's end is.
 */
function subjectIn(inner: readonly string[], kind: DialogKind, columns: number): DialogSubject | null {
  if (kind !== 'approval' && kind !== 'edit') return null;
  const room = { isAccounted: false, columns };
  const asks = inner.findLastIndex((text) => question[kind].test(text.trim()));
  const bottom = asks - 1;
  if (!/^╰─+╯$/.test(inner[bottom]?.trim() ?? '')) return null;
  let top = bottom - 1;
  while (top > 0 && /^\s*│.*│\s*$/.test(inner[top]!)) top--;
  if (!/^╭─+╮$/.test(inner[top]?.trim() ?? '')) return null;
  if (kind === 'edit') {
    const name = /^\? +WriteFile +Writing to (.+)$/.exec(inner[0]!.trim())?.[1];
    return name === undefined ? null : subjectOf('file', [{ text: name, endsAt: 0 }], room);
  }
  const rows = inner.slice(top + 1, bottom).map((text) => {
    const bare = text.replace(/^\s*│ ?/, '').replace(/\s*│\s*$/, '');
    return { text: bare, endsAt: columnsOf(text.replace(/\s*│\s*$/, '')) + 2 };
  });
  return subjectOf('command', rows, room);
}

const question = { approval: /^(?:Allow|Apply)\b.*\?$/, edit: /^Apply this change\?$/ };

/**
 * By the dialog's own rows, to the letter: its first one and the one that asks. Below the row of a tool (`?  Shell …`) stand
 * the model's words.
 */
function kindOf(question: string, head: string): DialogKind {
  if (question === 'Apply this change?') return 'edit';
  if (head === 'Do you trust the files in this folder?' && question === head) return 'trust';
  if (head === '? Get started' && question === 'How would you like to authenticate for this project?') return 'login';
  return /^(?:Allow|Apply)\b/.test(question) || /^\? /.test(head) ? 'approval' : 'choice';
}
