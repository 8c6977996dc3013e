import { withEscapes } from '../core/look-alikes.ts';
import type { Snapshot } from '../core/pane.ts';
import { type Dialog, type Evidence, isReady, type Reading } from '../core/reading.ts';
import { expectationOf, judgeReading } from '../recordings/recording-labels.ts';
import { judgeClosing } from '../screen/closing.ts';
import { paint } from './output.ts';

/** One screen, what it reads as, and the label it was recorded under, if any. */
export interface Explained {
  readonly source: string;
  readonly snapshot: Snapshot;
  readonly reading: Reading;
  readonly label: string | null;
}

/** Rows between those a rule names are shown with them, up to so many. */
const shownRows = 40;

export function render(explained: Explained): string {
  const { source, snapshot, reading } = explained;
  const ready = isReady(reading);
  const title = snapshot.facts.title.trim();
  return [
    paint('bold', source),
    `${paint(ready ? 'green' : 'yellow', `${reading.state}, ${ready ? 'ready' : 'not ready'}`)}  ${reading.agent}`,
    field('title', title === '' ? 'none' : `"${title}"`),
    field('composer', composerWords(reading)),
    ...(reading.dialog ? dialogLines(reading.dialog) : []),
    field('turn', turnWords(reading)),
    ...endLines(reading),
    ...labelLines(explained),
    'decided by',
    ...reading.why.flatMap((evidence) => evidenceLines(evidence, snapshot)),
    ...(reading.rejected?.length ? ['considered and rejected'] : []),
    ...(reading.rejected ?? []).flatMap((evidence) => evidenceLines(evidence, snapshot)),
  ].join('\n');
}

export function asValue({ source, snapshot, reading, label }: Explained): Record<string, unknown> {
  const { state, agent, composer, dialog, turn, why, rejected = [] } = reading;
  const expected = label === null ? null : expectationOf(label);
  const withLines = (evidence: Evidence) => ({
    ...evidence,
    lines: spanOf(evidence, snapshot).map((row) => ({ line: lineOf(row, snapshot), text: snapshot.rows[row]!.text })),
  });
  return {
    source,
    state,
    ready: isReady(reading),
    agent,
    title: snapshot.facts.title,
    composer,
    dialog,
    turn,
    why: why.map(withLines),
    rejected: rejected.map(withLines),
    label,
    expected: expected?.says ?? null,
    verdict: expected === null ? null : judgeReading(reading, expected),
  };
}

function field(name: string, text: string): string {
  return `  ${name.padEnd(9)} ${text}`;
}

/** How an ended turn leaves its user. */
function endLines({ state, turn }: Reading): string[] {
  if (state !== 'idle' || turn.words.length === 0) return [];
  if (turn.error !== undefined) return [field('ends', `error: ${turn.error.split('\n')[0]}`)];
  const { kind, detail, text } = judgeClosing(turn.words);
  return [
    field('ends', kind === 'none' ? `neither question nor completion: ${detail}` : `${kind}: ${text.split('\n')[0]}`),
  ];
}

function composerWords({ composer }: Reading): string {
  if (composer.is !== 'draft') return composer.is;
  const [first = '', ...more] = composer.text.split('\n');
  const rest = more.length > 0 ? ` and ${more.length} more lines` : '';
  return `a draft${composer.cut ? ', its beginning out of sight' : ''}: ${JSON.stringify(first)}${rest}`;
}

function dialogLines({ kind, question, subject, options }: Dialog): string[] {
  return [
    field('dialog', `${kind}: ${question || 'its words cannot be read'}`),
    ...(subject
      ? [field('about', `${subject.is}${subject.isWhole ? '' : ', not all of it'}: ${withEscapes(subject.text)}`)]
      : []),
    ...options.map(({ label, key, isHighlighted }) =>
      field('', `${isHighlighted ? '›' : ' '} ${(key ?? '').padEnd(6)} ${label}`),
    ),
  ];
}

function turnWords({ turn }: Reading): string {
  const last = turn.inputs.at(-1)?.split('\n')[0];
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const words = count(turn.words.length, 'line');
  return `${count(turn.inputs.length, 'input')} on the screen, ${words} of the agent's words${turn.cut ? ', the beginning out of sight' : ''}${last === undefined ? '' : `; last input ${JSON.stringify(last)}`}`;
}

function labelLines({ label, reading }: Explained): string[] {
  if (label === null) return [];
  const expected = expectationOf(label);
  if (expected === null) return [field('label', `${label}, which docs/measurements/accuracy.md does not list`)];
  const verdict = judgeReading(reading, expected);
  const words = `${label} asks for ${expected.says}: ${verdict}`;
  return [field('label', verdict === 'right' ? words : paint('red', words))];
}

function evidenceLines(evidence: Evidence, snapshot: Snapshot): string[] {
  const named = new Set(evidence.rows ?? []);
  const rows = spanOf(evidence, snapshot);
  const wide = Math.max(...rows.map((row) => String(lineOf(row, snapshot)).length), 0);
  return [
    `  ${evidence.rule}: ${evidence.detail}`,
    ...rows.map((row) => {
      const line = `    ${String(lineOf(row, snapshot)).padStart(wide)} ${named.has(row) ? '▸' : '│'} ${snapshot.rows[row]!.text}`;
      return named.has(row) ? line : paint('dim', line);
    }),
  ];
}

/** The rows a rule names, with those between its first and its last. */
function spanOf({ rows = [] }: Evidence, snapshot: Snapshot): number[] {
  const known = rows.filter((row) => snapshot.rows[row] !== undefined);
  if (known.length === 0) return [];
  const first = Math.min(...known);
  const length = Math.max(...known) - first + 1;
  return length > shownRows ? [...known].sort((a, b) => a - b) : Array.from({ length }, (_, at) => first + at);
}

/** As a person counts the screen's rows, from 1; history above it is 0 and less. */
function lineOf(row: number, { firstVisible }: Snapshot): number {
  return row - firstVisible + 1;
}
