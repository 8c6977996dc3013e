import {
  type Case,
  type Choice,
  type Factor,
  type Fault,
  factorNames,
  factors,
  harmless,
  type Moment,
} from './hostile-factors.ts';
import { Seeded } from './seeded.ts';

/**
 * Cases in which every value of every factor meets every value of every other, and then cases in which three factors
 * are off their harmless value, or the composer is emptied and something else looks as if the text had been taken, and
 * races with Enter: the same for the same seed, and in an order in which any part is a sample of the whole.
 */
export function casesOf(seed: number, count: number): Case[] {
  const random = new Seeded(seed);
  const races = Math.floor(count * raceShare);
  const choices = pairwise(random).slice(0, count - races);
  const covered = choices.length;
  while (choices.length < count - races) choices.push(triple(random));
  // drawn apart, so that all other cases of a seed are what they were before there were pairs
  const apart = new Seeded(seed + 1);
  for (let index = covered; index < choices.length; index += pairEvery) choices[index] = pair(apart, emptied);
  for (let index = 0; index < races; index++) choices.push(race(random));
  return salted(random.shuffled(choices), seed);
}

/** Races with Enter alone. */
export function racesOf(seed: number, count: number): Case[] {
  const random = new Seeded(seed);
  return salted(
    Array.from({ length: count }, () => race(random)),
    seed,
  );
}

function salted(choices: readonly Choice[], seed: number): Case[] {
  return choices.map((choice, index) => ({ ...choice, salt: (seed % 100_000) * 10_000 + index }));
}

/** A fault, and one of the others, in one case. */
export type Faults = readonly [first: Fault, second: Fault, ...more: Fault[]];

/** The program empties its composer, and then does something that could be taken for its having taken the text. */
export const emptied: Faults = ['wipes', 'busy', 'prints', 'title', 'streams', 'stalls'];

const pairEvery = 3;

/** Cases with the first of these faults and one of the others, and nothing else. */
export function pairsOf(seed: number, count: number, faults: Faults): Case[] {
  const random = new Seeded(seed);
  return salted(
    Array.from({ length: count }, () => pair(random, faults)),
    seed,
  );
}

/** The first fault before our Enter or about then, the second then or later; half of all else is as in any other case. */
function pair(random: Seeded, [first, ...others]: Faults): Choice {
  const row: Record<string, string> = { ...harmless };
  for (const factor of factorNames) if (random.next() < 0.5) row[factor] = random.oneOf(factors[factor]);
  return {
    ...(row as Choice),
    drawn: random.oneOf(factors.drawn),
    fault: random.oneOf(others),
    at: random.oneOf(later),
    // nothing else comes of a paste that is lost
    paste: row.paste === 'lost-one' ? 'late' : (row.paste as Choice['paste']),
    fault2: first,
    at2: random.oneOf(aboutEnter),
  };
}

const aboutEnter = ['before-enter', 'enter', 'enter', 'shown', 'random'] as const satisfies readonly Moment[];
const later = ['before-enter', 'enter', 'entered', 'after-enter', 'random'] as const satisfies readonly Moment[];

/** So many of all cases are a dialog that is opened in the moment of Enter, to measure the window that is left. */
const raceShare = 0.15;

function race(random: Seeded): Choice {
  const style = random.oneOf(factors.style);
  return { ...harmless, style, fault: 'dialog', at: 'before-enter', drawn: 'raced' };
}

export function isRace({ fault, at, drawn, fault2 }: Choice): boolean {
  return fault === 'dialog' && at === 'before-enter' && drawn === 'raced' && fault2 === 'none';
}

/** Greedy: each row takes an uncovered pair and gives every other factor the value that covers most. */
export function pairwise(random: Seeded): Choice[] {
  const open = new Set<string>();
  for (const [a, b] of factorPairs()) {
    for (const x of factors[a]) for (const y of factors[b]) open.add(pairKey(a, x, b, y));
  }
  const rows: Choice[] = [];
  while (open.size > 0) {
    const [a, x, b, y] = [...open][random.between(0, open.size - 1)]!.split('|') as [Factor, string, Factor, string];
    const row: Partial<Record<Factor, string>> = { [a]: x, [b]: y };
    for (const factor of random.shuffled(factorNames)) row[factor] ??= bestValue(factor, row, open, random);
    for (const [f, g] of factorPairs()) open.delete(pairKey(f, row[f]!, g, row[g]!));
    rows.push(row as Choice);
  }
  return rows;
}

/** Three faults of three kinds, and all else harmless: what pairs hide behind each other shows here. */
export function triple(random: Seeded): Choice {
  const row: Record<string, string> = { ...harmless };
  for (const factor of random.shuffled(factorNames).slice(0, 3)) {
    row[factor] = random.oneOf(factors[factor].slice(1));
    // a fault and its moment are one thing
    if (factor === 'fault' || factor === 'at') {
      row.fault = row.fault === 'none' ? random.oneOf(factors.fault.slice(1)) : row.fault!;
      row.at = random.oneOf(factors.at);
    } else if (factor === 'fault2' || factor === 'at2') {
      row.fault2 = row.fault2 === 'none' ? random.oneOf(factors.fault2.slice(1)) : row.fault2!;
      row.at2 = random.oneOf(factors.at2);
    }
  }
  return row as Choice;
}

function factorPairs(): Array<[Factor, Factor]> {
  return factorNames.flatMap((a, index) => factorNames.slice(index + 1).map((b): [Factor, Factor] => [a, b]));
}

function pairKey(a: Factor, x: string, b: Factor, y: string): string {
  return factorNames.indexOf(a) < factorNames.indexOf(b) ? `${a}|${x}|${b}|${y}` : `${b}|${y}|${a}|${x}`;
}

function bestValue(
  factor: Factor,
  row: Partial<Record<Factor, string>>,
  open: ReadonlySet<string>,
  random: Seeded,
): string {
  const given = factorNames.filter((other) => row[other] !== undefined);
  const gain = (value: string) => given.filter((other) => open.has(pairKey(factor, value, other, row[other]!))).length;
  const ranked = random.shuffled(factors[factor]).map((value) => ({ value, gain: gain(value) }));
  return ranked.reduce((best, one) => (one.gain > best.gain ? one : best)).value;
}
