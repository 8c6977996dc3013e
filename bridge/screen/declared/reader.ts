import type { Snapshot } from '../../core/pane.ts';
import type { Evidence } from '../../core/reading.ts';
import { evidence } from '../rows.ts';
import type { Motion, ScreenReader } from '../screen-reader.ts';
import { agentIsGone, readingOf, type Verdict, verdict } from '../verdict.ts';
import type { ScreenFacts } from './facts.ts';
import { pattern } from './lines.ts';
import { endingRequest } from './requests.ts';
import { type DeclaredScreen, readDeclaredScreen } from './screen.ts';

/** How long a program may take from its first screen until it takes keys: nobody may have seen less than that of quiet. */
const startMs = 3000;
/** Where the turn's beginning is out of sight, so may be the line that tells that it is still at work. */
const cutQuietMs = 3000;

/** Reads a screen by facts alone. @param name who it says has been read */
export function declared(name: string, facts: ScreenFacts): ScreenReader {
  return {
    facts,
    ...(facts.undrawn === undefined ? {} : { undrawn: facts.undrawn }),
    ...(facts.frameEnd === undefined ? {} : { frameEnd: pattern(facts.frameEnd) }),
    quietStepsMs: [...new Set([facts.quietMs, facts.quietAloneMs, startMs])].sort((a, b) => a - b),
    read(snapshot, motion) {
      const screen = readDeclaredScreen(snapshot, facts);
      const found = agentIsGone(snapshot, name) ?? decide(snapshot, motion, screen, facts, name);
      const reading = readingOf(name, found, screen);
      if (facts.transcript.erasedMark === undefined) return reading;
      const words = endingRequest(screen.turn.words, found.state === 'idle');
      return { ...reading, turn: { ...screen.turn, words } };
    },
  };
}

/**
 * Dialog before busy before idle. Idle needs two sources that agree (the title, the end of the turn, a resting footer,
 * the cursor in an empty composer), or one and a longer quiet.
 */
function decide(
  { facts: pane, takenAtMs }: Snapshot,
  { quietForMs, signals }: Motion,
  screen: DeclaredScreen,
  facts: ScreenFacts,
  name: string,
): Verdict {
  const title = pane.title.trim();
  const titleSays = (source: string | undefined) => source !== undefined && pattern(source).test(title);
  const quoted = `the title says "${title}"`;
  const { composerRow, dialog, busy } = screen;
  if (dialog) return verdict('dialog', 'dialog', `a dialog is open: ${dialog.dialog.question}`, ...dialog.rows);
  if (titleSays(facts.title?.dialog)) {
    return composerRow === null
      ? verdict('dialog', 'title', quoted)
      : verdict('unknown', 'contradiction', `${quoted} but no dialog is on the screen`);
  }
  if (signals.state === 'blocked' && composerRow === null) return verdict('dialog', 'signal', 'OSC 7501 says blocked');
  if (composerRow === null) {
    if (screen.isStarting) return { state: 'starting', why: [screen.isStarting] };
    if (busy) return { state: 'busy', why: [busy] };
    if (titleSays(facts.title?.busy)) return verdict('busy', 'title', quoted);
    return verdict('unknown', 'no-composer', 'there is no composer on the screen');
  }
  const isBusyTitle = titleSays(facts.title?.busy);
  const isRestingTitle = !isBusyTitle && titleSays(facts.title?.rest);
  if (busy && isBusyTitle) return { state: 'busy', why: [busy, evidence('title', quoted)] };
  if (busy) return { state: 'busy', why: [busy] };
  if (isBusyTitle) return verdict('busy', 'title', quoted);
  if (signals.state === 'working') return verdict('busy', 'signal', 'OSC 7501 says working');
  if (signals.isInProgress) return verdict('busy', 'signal', 'it shows progress in the terminal (OSC 9;4)');
  if (screen.isStarting) return { state: 'starting', why: [screen.isStarting] };
  if (screen.scrolledBack) return { state: 'unknown', why: [screen.scrolledBack] };
  if (screen.isUnanswered) return { state: 'unknown', why: [screen.isUnanswered] };
  const cursor = cursorOf(pane.cursorVisible, screen, facts);
  if (cursor !== null) return verdict('unknown', 'cursor', cursor, composerRow);

  if (facts.rest?.bareFooter !== undefined && !showsRest(screen))
    return verdict(
      'unknown',
      'footer-hidden',
      `what shows ${name} at rest is hidden, and it may be at work`,
      composerRow,
    );

  const sources: Evidence[] = [
    evidence('composer', 'the composer takes keys', composerRow),
    ...(isRestingTitle ? [evidence('title', quoted)] : []),
    ...[screen.ended, screen.restingFooter].filter((one) => one !== null),
    ...(hasCalled(signals.calledAt, takenAtMs, quietForMs) ? [evidence('signal', 'it has called its user since')] : []),
  ];
  // A turn that has not ended cannot be told from a screen that merely does not show it.
  const isCut = screen.turn.cut === true && screen.ended === null && !isRestingTitle;
  const isMeasured = Number.isFinite(quietForMs);
  const isKnownToRead = facts.takesKeysAtOnce === true || isRestingTitle || screen.restingFooter !== null;
  if (screen.isStartScreen && !isKnownToRead && !(isMeasured && quietForMs >= startMs))
    return verdict('starting', 'start-screen', 'nothing was sent yet, and it may still be starting', composerRow);
  if (sources.length === 1 && facts.title?.rest !== undefined && !isMeasured)
    return verdict(
      'unknown',
      'no-proof',
      `the title "${title}" is not ${name}'s own, and its screen alone proves nothing`,
    );
  const needMs = isCut ? cutQuietMs : sources.length >= 2 ? facts.quietMs : facts.quietAloneMs;
  if (quietForMs < needMs) return verdict('unknown', 'moving', 'it looks idle, but was still drawing a moment ago');
  return { state: 'idle', why: sources.slice(1).concat(sources[0]!) };
}

function showsRest({ composer, restingFooter, hasBareFooter, isBetweenTurns }: DeclaredScreen): boolean {
  if (composer.is === 'draft') return isBetweenTurns;
  return restingFooter !== null || (hasBareFooter && isBetweenTurns);
}

/** It called, and has drawn nothing since but what belongs to that. */
function hasCalled(calledAt: number | undefined, now: number, quietForMs: number): boolean {
  return calledAt !== undefined && now - calledAt <= quietForMs + callMs;
}

const callMs = 1000;

function cursorOf(isVisible: boolean, screen: DeclaredScreen, { composer }: ScreenFacts): string | null {
  if (composer.cursor === 'drawn') return null;
  if (composer.cursor === 'shown' && !isVisible) return 'the cursor is hidden';
  if (!screen.cursorInComposer) return 'the cursor is not in the composer';
  const isBlank = composer.cursor === 'placed' && screen.composer.is === 'empty' && !screen.cursorAtStart;
  return isBlank ? 'the cursor is not behind the prompt: blanks were typed' : null;
}
