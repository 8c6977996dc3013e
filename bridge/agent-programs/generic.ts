import type { Row, Snapshot } from '../core/pane.ts';
import type { Reading } from '../core/reading.ts';
import { makeDialog } from '../screen/dialog.ts';
import { type PromptScreen, readPromptScreen } from '../screen/prompt.ts';
import type { Motion } from '../screen/screen-reader.ts';
import { type Verdict, verdict } from '../screen/verdict.ts';
import type { AgentProgram } from './agent-program.ts';

/** How long nothing may be drawn before a program that tells nothing counts as waiting. */
const quietMs = 600;

/** Programs write their words piece by piece, with shorter pauses than this. */
const stillMs = 200;

/** A program that draws what it likes and reads at the cursor. Never chosen by itself: only by name. */
export const generic: AgentProgram = {
  name: 'generic',
  programs: [],
  seenWith: [],
  // One Enter, and nothing taken for granted beyond bracketed paste. What begins with `!` or `/` may be a command of it
  // (`!touch x` ran as a shell command in Copilot 1.0.102), and nobody knows what would make it plain.
  composer: {
    agent: 'generic',
    bracketed: true,
    maxLineBytes: 4000,
    submitKey: 'Enter',
    settleMs: 50,
    longPasteMarkers: [],
    commandOpenings: [{ pattern: '^\\s*[!/]', prefix: null }],
    references: [],
    commandEndings: [],
    changes: {},
    dialogTitles: [],
    dialogWords: [],
    rescueEnters: 0,
  },
  screen: {
    quietStepsMs: [stillMs, quietMs],
    read(snapshot, motion) {
      const screen = readPromptScreen(snapshot, motion.quietForMs >= stillMs);
      const hint = hintOfChoice(snapshot.rows.slice(snapshot.firstVisible));
      const { state, why } = decide(snapshot, motion, screen, hint);
      const isDialog = state === 'dialog';
      const hasNone = isDialog || state === 'exited' || (state === 'unknown' && hint !== null);
      return {
        state,
        agent: 'generic',
        why,
        composer: hasNone ? { is: 'absent' } : screen.composer,
        dialog: isDialog ? makeDialog({ kind: 'other', question: screen.confirmation ?? '' }) : null,
        turn: screen.turn,
      } satisfies Reading;
    },
  },
};

function decide(
  { facts, foreground, cursorRow }: Snapshot,
  { quietForMs }: Motion,
  screen: PromptScreen,
  hint: string | null,
): Verdict {
  if (facts.dead) return verdict('exited', 'dead', 'the pane is dead');
  if (foreground === 'shell') return verdict('exited', 'shell', 'a shell is in the foreground');
  if (foreground !== 'program' && foreground !== 'agent')
    return verdict('unknown', 'foreground', `the foreground program is of the kind ${foreground}`);
  if (screen.confirmation !== null)
    return verdict('dialog', 'confirmation', `it asks "${screen.confirmation}"`, cursorRow);
  if (hint !== null) return verdict('unknown', 'choice', `it may be a dialog: "${hint}"`);
  if (quietForMs < quietMs) return verdict('busy', 'drawing', 'it was drawing a moment ago');
  if (screen.composer.is === 'absent') {
    const why = facts.cursorVisible ? 'there is no prompt where the cursor is' : 'the cursor is hidden';
    return verdict('unknown', 'no-prompt', why, cursorRow);
  }
  return verdict('idle', 'quiet', `nothing was drawn for ${quietMs} ms`, cursorRow);
}

/** Rows from the bottom in which a choice and its keys stand. */
const keyRows = 3;
const optionRows = 12;

const keys =
  /\b(?:esc|enter|return)\b[^.]{0,30}\b(?:cancel|confirm|select|choose|continue|close|decline)\b|\bany key\b/i;
const marked = /^\s*[│┃]?\s*[›❯▶●◉→>]\s+\d{1,2}[.)]\s+\S/;

/**
 * What looks like a dialog of a program that nobody has measured: keys that confirm or cancel at the very bottom, or a numbered
 * option with a mark near it (Copilot 1.0.102, Kimi Code 2.1.0, grok-cli 0.0.34, Kilo 7.7.9). Null where nothing does.
 */
function hintOfChoice(rows: readonly Row[]): string | null {
  const filled = rows.map(({ text }) => text.trim()).filter((text) => text !== '');
  const confirms = filled.slice(-keyRows).findLast((text) => keys.test(text));
  return confirms ?? filled.slice(-optionRows).findLast((text) => marked.test(text)) ?? null;
}
