import type { Snapshot } from '../../core/pane.ts';
import { reportedEnd } from '../../screen/hook-state.ts';
import type { Motion, ScreenReader } from '../../screen/screen-reader.ts';
import { agentIsGone, readingOf, type Verdict, verdict } from '../../screen/verdict.ts';
import { type CodexScreen, readCodexScreen } from './screen.ts';

/** A hook event and the screen agree: what is still being drawn has this long. */
const afterHookMs = 300;

export const codexScreen: ScreenReader = {
  isAlternate: true,
  // of an escape sequence and of a string for the terminal (OSC, DCS) it leaves out the control character alone (0.171)
  undrawn: '[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f]| +$',
  logMarks: ['\\]7501;', 'app=codex'],
  quietStepsMs: [afterHookMs, 500, 1000, 2000],
  read(snapshot, motion) {
    const screen = readCodexScreen(snapshot);
    return readingOf('codex', agentIsGone(snapshot, 'codex') ?? decide(snapshot, motion, screen), screen);
  },
};

function decide({ facts }: Snapshot, { quietForMs, signals }: Motion, screen: CodexScreen): Verdict {
  const title = facts.title.trim();
  const isNamed = namesThread(title, screen);
  if (screen.dialog)
    return verdict('dialog', 'dialog', `a dialog is open: ${screen.dialog.dialog.question}`, ...screen.dialog.rows);
  if (asking.test(title) && !isNamed) {
    return screen.composer.is === 'absent'
      ? verdict('dialog', 'title', `the title says "${title}"`)
      : verdict('unknown', 'contradiction', `the title says "${title}" but no dialog is on the screen`);
  }
  const { composerRow } = screen;
  if (composerRow === null) return verdict('unknown', 'no-composer', 'there is no composer on the screen');
  if (screen.isLoading) return verdict('starting', 'loading', 'the header says loading');
  if (screen.isStarting) return verdict('starting', 'start-screen', 'its model and folder are not shown yet');

  if (screen.isScrolledBack)
    return verdict('unknown', 'scrolled', 'somebody has scrolled the transcript back', composerRow);
  const hasSpinner = /^[⠀-⣿] /.test(title) && !isNamed;
  const says = signals.state;
  const saysResting = says === 'idle' || says === 'done' || says === 'error';
  if (hasSpinner && saysResting)
    return verdict('unknown', 'contradiction', `the title says working, OSC 7501 says ${says}`);
  if (hasSpinner) return verdict('busy', 'title', `the title begins with a spinner: "${title}"`);
  if (says === 'working') return verdict('busy', 'signal', 'OSC 7501 says working');
  if (screen.status) return verdict('busy', screen.status.rule, screen.status.detail, screen.status.row);
  if (says === 'blocked')
    return verdict('unknown', 'contradiction', 'OSC 7501 says blocked but no dialog is on the screen');
  if (!facts.cursorVisible || !screen.cursorInComposer)
    return verdict('unknown', 'cursor', 'the cursor is not in the composer', composerRow);

  // one that followed a spinner is of a codex that shows by its title whether it works
  const hasTurned = title !== '' && title === signals.restingTitle;
  const isOwnTitle = isNamed || threadIn(title, screen) !== null || hasTurned;
  const isMidTurn = screen.isMidTurn && !hasTurned;
  if (isOwnTitle && (saysResting || (quietForMs >= 500 && !isMidTurn)))
    return verdict('idle', 'title', `the title is at rest: "${title}"`);
  if (saysResting && quietForMs >= 300) return verdict('idle', 'signal', `OSC 7501 says ${says}`);
  const hasToldEnd = reportedEnd(signals.hookState, quietForMs) && quietForMs >= afterHookMs;
  if (hasToldEnd && isOwnTitle)
    return verdict('idle', 'hook', `its own hook says that the turn has ended, and the title is at rest: "${title}"`);
  if (hasToldEnd && screen.turnEndRow !== null)
    return verdict('idle', 'hook', 'its own hook and the screen say that the turn has ended', screen.turnEndRow);
  // whoever configures titles without a spinner has such a one while text comes in too
  if (isOwnTitle && isMidTurn && quietForMs >= 500)
    return verdict('unknown', 'no-end', `the title is at rest ("${title}"), but no end of the turn is to be seen`);
  if (isOwnTitle || saysResting)
    return verdict('unknown', 'moving', 'it looks idle, but was still drawing a moment ago');
  if (screen.turnEndRow !== null && quietForMs >= 1000)
    return verdict('idle', 'turn-end', 'the turn has ended, and nothing moves', screen.turnEndRow);
  if (screen.isStartScreen && quietForMs >= 2000)
    return verdict('idle', 'start-screen', 'nothing was sent yet, and nothing moves');
  return verdict(
    'unknown',
    'no-proof',
    `the title "${title}" is not codex's own, and its screen alone cannot prove idle`,
  );
}

const asking = /^\[ [!.] \] Action Required/;

/**
 * At rest the title is the folder's name (0.169.0), or `<thread> | <folder>` from the first turn on (0.171.0). The thread's
 * name, empty in the first case; null where the title is not codex's own.
 */
function threadIn(title: string, { folders }: CodexScreen): string | null {
  for (const folder of folders) {
    if (title === folder) return '';
    if (title.endsWith(` | ${folder}`)) return title.slice(0, -` | ${folder}`.length);
  }
  return null;
}

/**
 * A thread is named by words of its user or of the model, which may begin like the title of a codex that works, or asks. The
 * footer names it as well, and there no sign of codex's own stands before it: where both name the same, the title is at rest.
 */
function namesThread(title: string, screen: CodexScreen): boolean {
  const thread = threadIn(title, screen);
  return thread !== null && thread !== '' && screen.footer.some((row) => row.trimEnd().endsWith(` · ${thread}`));
}
