import type { Snapshot } from '../../core/pane.ts';
import { reportedEnd } from '../../screen/hook-state.ts';
import { evidence } from '../../screen/rows.ts';
import type { Motion, ScreenReader } from '../../screen/screen-reader.ts';
import { agentIsGone, readingOf, type Verdict, verdict } from '../../screen/verdict.ts';
import { type GeminiScreen, readGeminiScreen } from './screen.ts';

/** Between an Enter and its first busy frame gemini shows an empty composer under a resting title: 290 ms were seen on a loaded machine. */
const restMs = 1000;
/** The same where its own AfterAgent hook has told of the turn's end: still longer than that gap. */
const restAfterHookMs = 400;

export const geminiScreen: ScreenReader = {
  logMarks: ['\\x1b\\][02];(?:◇ {2}Ready|✦ {2}Working)'],
  quietStepsMs: [restAfterHookMs, restMs, 3000],
  read(snapshot, motion) {
    const screen = readGeminiScreen(snapshot);
    return readingOf('gemini', agentIsGone(snapshot, 'gemini') ?? decide(snapshot, motion, screen), screen);
  },
};

function decide({ facts }: Snapshot, { quietForMs, signals }: Motion, screen: GeminiScreen): Verdict {
  const title = facts.title.trim();
  const isBusyTitle = title.startsWith('✦');
  if (screen.dialog)
    return verdict('dialog', 'dialog', `a dialog is open: ${screen.dialog.dialog.question}`, ...screen.dialog.rows);
  if (title.startsWith('✋')) {
    return screen.composer.is === 'absent'
      ? verdict('dialog', 'title', `the title says "${title}"`)
      : verdict('unknown', 'contradiction', `the title says "${title}" but no dialog is on the screen`);
  }
  if (screen.restartRow !== null)
    return verdict('starting', 'restarting', 'it says that it restarts', screen.restartRow);
  if (screen.composerRow === null) {
    return isBusyTitle
      ? verdict('busy', 'title', `the title says "${title}"`)
      : verdict('unknown', 'no-composer', 'there is no composer on the screen');
  }
  if (screen.status) return verdict('busy', screen.status.rule, screen.status.detail, screen.status.row);
  if (isBusyTitle) return verdict('busy', 'title', `the title says "${title}"`);
  if (screen.isShellMode) return verdict('unknown', 'shell-mode', 'the composer is in shell mode', screen.composerRow);
  if (!title.startsWith('◇')) return verdict('unknown', 'no-proof', `the title "${title}" is not gemini's own`);
  if (!facts.cursorVisible && !screen.cursorInComposer)
    return verdict('unknown', 'cursor', 'the cursor is not in the composer', screen.composerRow);
  // The composer of a gemini that is still starting looks the same, but for the branch, which it has yet to look up;
  // outside a repository only time tells, and only time that somebody measured.
  if (screen.isStartScreen && !screen.showsBranch && !(quietForMs >= 3000 && Number.isFinite(quietForMs)))
    return verdict('starting', 'first-frame', 'the footer is not complete yet');
  if (screen.isStartScreen && quietForMs < restMs)
    return verdict('starting', 'first-frame', 'it was still drawing a moment ago');
  const rest = verdict('idle', 'title', `the title says "${title}"`);
  if (reportedEnd(signals.hookState, quietForMs) && quietForMs >= restAfterHookMs)
    return { ...rest, why: [...rest.why, evidence('hook', 'its own hook says that the turn has ended')] };
  if (quietForMs < restMs) return verdict('unknown', 'moving', 'it looks idle, but was still drawing a moment ago');
  return rest;
}
