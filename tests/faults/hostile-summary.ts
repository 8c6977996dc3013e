import { isRace } from './hostile-cases.ts';
import { type Case, factors, nameOf } from './hostile-factors.ts';
import { type Finding, never, type Played, type Sent } from './hostile-verdict.ts';
import { raceIn, windowOf, windowRows } from './hostile-window.ts';
import type { FaultOptions, Report } from './report.ts';

export interface Outcome {
  readonly case: Case;
  readonly played: Played;
  readonly found: readonly Finding[];
  readonly tookMs: number;
}

const findingNames: readonly Finding['is'][] = [...never, 'false-alarm', 'window', 'type-ahead', 'joined', 'spilled'];

/** What a run came to, for a program and for a reader. */
export function summary(outcomes: readonly Outcome[], { seed }: FaultOptions, seconds: number): Report {
  const states = countsOf(outcomes.map(({ played }) => played.state.is));
  const counts = Object.fromEntries(findingNames.map((is) => [is, outcomes.filter((one) => has(one, is)).length]));
  const failures = outcomes.flatMap((one) =>
    one.found
      .filter(({ is }) => never.includes(is))
      .map(({ is, what }) => `${is}: ${what}: --case '${nameOf(one.case)}'`),
  );
  const races = outcomes.flatMap(({ case: one, played }) => (isRace(one) ? (raceIn(played) ?? []) : []));
  const window = windowOf(races);
  const figures = {
    cases: outcomes.length,
    seconds: Math.round(seconds),
    ...counts,
    ...Object.fromEntries(Object.entries(states).map(([is, count]) => [`state ${is}`, count])),
    ...window,
  };
  const lines = [
    `${outcomes.length} cases in ${Math.round(seconds)} s, seed ${seed}`,
    '',
    ...table(['ended', 'cases'], Object.entries(states)),
    '',
    ...table(['found', 'cases'], Object.entries(counts)),
    '',
    ...table(['a dialog in the moment of Enter', ''], Object.entries(window)),
    '',
    ...table(['written, from Enter handed to tmux', 'races', 'held', 'approved', ''], windowRows(races)),
    '',
    ...(outcomes.length > 1 ? breakdown(outcomes) : []),
  ];
  return { name: 'hostile', ok: failures.length === 0, seed, figures, failures, text: lines.join('\n') };
}

/** One case from beginning to end, by the clock that all processes share. */
export function storyOf({ played, found }: Outcome): string[] {
  const { facts, other } = played;
  const ofBridge = (name: string, { steps, endedAt, state }: Sent) => [
    ...steps.map(({ sentAt, doneAt, ...step }) => ({
      at: sentAt,
      text: `${name} ${JSON.stringify(step)}, answered after ${(doneAt - sentAt).toFixed(1)} ms`,
    })),
    { at: endedAt, text: `${name} ${JSON.stringify(state)}` },
  ];
  const events = [
    ...facts.map(({ m, ...fact }) => ({ at: m, text: `agent  ${JSON.stringify(fact)}` })),
    ...ofBridge('bridge', played),
    ...(other === null ? [] : ofBridge('second', other)),
  ].sort((a, b) => a.at - b.at);
  const from = events[0]!.at;
  const story = events.map(({ at, text }) => `${(at - from).toFixed(1).padStart(9)} ${text.slice(0, 300)}`);
  return [...story, ...found.map(({ is, what }) => `${is}: ${what}`)];
}

function has({ found }: Outcome, is: Finding['is']): boolean {
  return found.some((one) => one.is === is);
}

function breakdown(outcomes: readonly Outcome[]): string[] {
  const head = ['cases', 'submitted once', ...findingNames];
  return [
    ...table(['fault', ...head], rowsBy('fault', outcomes)),
    '',
    ...table(['at', ...head], rowsBy('at', outcomes)),
    '',
    ...reasons(outcomes),
  ];
}

function rowsBy(factor: 'fault' | 'at', outcomes: readonly Outcome[]): Array<[string, ...number[]]> {
  return factors[factor].map((value) => {
    const mine = outcomes.filter((one) => {
      const second = one.case[factor === 'fault' ? 'fault2' : 'at2'];
      return one.case[factor] === value || second === value;
    });
    const once = mine.filter(
      ({ played }) => played.facts.filter(({ input }) => input === played.expected).length === 1,
    );
    return [value, mine.length, once.length, ...findingNames.map((is) => mine.filter((one) => has(one, is)).length)];
  });
}

/** The product's own words for how deliveries ended, commonest first; a false alarm asks a person in vain. */
function reasons(outcomes: readonly Outcome[]): string[] {
  const wordsOf = ({ played: { state, token, dialogWord, personsWord } }: Outcome) => {
    const told = state.is === 'acknowledged' ? state.receipt.evidence : 'reason' in state ? state.reason : '';
    const reason = told.replace(/pane-\d+/, '…').replace(/"[⠀-⣿] /, '"');
    return [token, dialogWord, personsWord].reduce(
      (text, word) => text.replaceAll(word, '…'),
      `${state.is}: ${reason}`,
    );
  };
  const alarms = outcomes.filter((one) => has(one, 'false-alarm')).map(wordsOf);
  const ranked = Object.entries(countsOf(outcomes.map(wordsOf))).sort((a, b) => b[1] - a[1]);
  const rows = ranked.map(([words, count]) => [words, count, alarms.filter((one) => one === words).length]);
  return table(['ended', 'cases', 'false alarms'], rows);
}

function table(head: readonly string[], rows: ReadonlyArray<readonly (string | number)[]>): string[] {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
