import { withoutEnd } from '../core/ends.ts';
import type { Manner } from '../core/manner.ts';
import type { PaneCondition } from './hands.ts';
import type { Look } from './verify.ts';

/**
 * What tmux itself checks in the step that types: the look and the act are one. The words of a dialog are left out where
 * they stand on the screen already and the reading explains them as the agent's own words, an input or our draft; a
 * worker that writes about a dialog could otherwise never be answered. Unexplained words stay, and hold.
 */
export function conditionFor(look: Look, manner: Manner): PaneCondition {
  const { panePid, command } = look.snapshot.facts;
  const { explained } = sortWords(look, manner);
  return {
    panePid,
    command,
    notTitles: manner.dialogTitles,
    notOnScreen: manner.dialogWords.filter((pattern) => !explained.includes(pattern)),
  };
}

/** A title or a row that means a dialog although the reading knows of none; null when there is none. */
export function dialogWordsSeen(look: Look, manner: Manner): string | null {
  const { title } = look.snapshot.facts;
  if (manner.dialogTitles.some((pattern) => new RegExp(pattern).test(title))) return title;
  return sortWords(look, manner).unexplained[0] ?? null;
}

/** The patterns whose every row is explained, and the rows that nothing explains. */
function sortWords({ snapshot, reading }: Look, manner: Manner): { explained: string[]; unexplained: string[] } {
  const { inputs, words } = reading.turn;
  const draft = reading.composer.is === 'draft' ? [reading.composer.text] : [];
  const known = flat([...inputs, ...words, ...draft].join(' '));
  const rows = snapshot.rows.slice(snapshot.firstVisible).map((row) => row.text);
  const explained: string[] = [];
  const unexplained: string[] = [];
  for (const pattern of manner.dialogWords) {
    const matching = rows.filter((row) => new RegExp(pattern).test(row));
    const open = matching.filter((row) => !known.includes(withoutFrame(row)));
    unexplained.push(...open.map(withoutFrame));
    if (matching.length > 0 && open.length === 0) explained.push(pattern);
  }
  return { explained, unexplained };
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A row without what a TUI draws around words: bullets, prompts, borders. */
function withoutFrame(row: string): string {
  return flat(withoutEnd(row.replace(/^[^\p{L}\p{N}$<([{"'`/]+/u, ''), /[\s\u2500-\u259f|]/));
}
