import type { ComposerFacts } from '../core/composer.ts';
import type { Snapshot } from '../core/pane.ts';
import type { Evidence, Reading } from '../core/reading.ts';
import { findRequests } from './blocks.ts';
import { judgeClosing } from './closing.ts';
import { evidence } from './rows.ts';

/** What looks like more than it is: words that decide nothing where they stand, for a person who wonders. */
export function rejectedEvidence(snapshot: Snapshot, reading: Reading, composerFacts: ComposerFacts): Evidence[] {
  const decided = new Set(reading.why.flatMap(({ rows = [] }) => spanOf(rows)));
  const found: Evidence[] = [];
  for (const [at, { text }] of snapshot.rows.entries()) {
    if (decided.has(at) || text.trim() === '') continue;
    const why = whyNot(text, reading, composerFacts);
    if (why) found.push(evidence(why.rule, why.detail, at));
  }
  return [...found.slice(-mostShown), ...rejectedEnds(reading), ...otherSources(snapshot, reading)];
}

const mostShown = 20;
const busyWords = /\besc to (?:interrupt|cancel)\b|^\s*[⠁-⣿] |\b(?:Working|Thinking|Loading)(?:\.\.\.|…)/;
const dialogWords = /\bWould you like to\b|\bDo you want to\b|\bAllow (?:execution|once)\b|Action Required|\[y\/n\]/i;

function whyNot(
  text: string,
  reading: Reading,
  { dialogWords: own }: ComposerFacts,
): { rule: string; detail: string } | null {
  if (reading.state !== 'busy' && busyWords.test(text))
    return {
      rule: 'busy-words',
      detail: 'words of a working agent, where it does not say that it works: prose, or history',
    };
  const isDialog = dialogWords.test(text) || own.some((source) => new RegExp(source).test(text));
  if (reading.state !== 'dialog' && isDialog)
    return {
      rule: 'dialog-words',
      detail: 'words of a dialog, but none takes the place of the composer: prose, or history',
    };
  if (/<<\s*CONTROLLER[_\\]*REQUEST(?![_\\]*END)/.test(text) && findRequests(reading.turn.words).length === 0)
    return {
      rule: 'request-words',
      detail: 'a START that opens no request of this turn: an input, tool output, or an earlier turn',
    };
  return null;
}

function rejectedEnds({ state, turn }: Reading): Evidence[] {
  if (state !== 'idle' || turn.words.length === 0) return [];
  return judgeClosing(turn.words).rejected.map(({ rule, detail, text }) =>
    evidence(rule, `${detail}: "${text.slice(0, 80)}"`),
  );
}

/** Why it is not the state that comes to mind first. */
function otherSources({ facts }: Snapshot, { state, composer }: Reading): Evidence[] {
  const found: Evidence[] = [];
  if (state === 'idle' && composer.is === 'draft')
    found.push(evidence('not-ready', 'it rests, but its composer holds a draft'));
  if (state !== 'idle' && composer.is === 'empty')
    found.push(evidence('empty-composer', 'an empty composer alone does not prove that it rests'));
  if (state === 'unknown' && facts.title.trim() === '')
    found.push(evidence('no-title', 'the title is empty and proves nothing'));
  return found;
}

function spanOf(rows: readonly number[]): number[] {
  const [first, last = first] = rows;
  if (first === undefined || last === undefined) return [];
  return rows.length === 2 ? Array.from({ length: last - first + 1 }, (_, at) => first + at) : [...rows];
}
