import { expect, test } from 'vitest';
import { casesOf, emptied, pairsOf, pairwise } from './hostile-cases.ts';
import { caseNamed, factorNames, factors, faultsNamed, harmless, nameOf } from './hostile-factors.ts';
import { Seeded } from './seeded.ts';

test('every value of every factor meets every value of every other', () => {
  const rows = pairwise(new Seeded(3));
  for (const [index, a] of factorNames.entries()) {
    for (const b of factorNames.slice(index + 1)) {
      const met = new Set(rows.map((row) => `${row[a]} ${row[b]}`));
      expect(met.size, `${a} and ${b}`).toBe(factors[a].length * factors[b].length);
    }
  }
  // 324 pairs of faults are the least that is possible
  expect(rows.length).toBeLessThan(600);
});

test('the same seed gives the same cases, another seed others, and no two cases the same texts', () => {
  expect(casesOf(5, 900)).toEqual(casesOf(5, 900));
  expect(casesOf(6, 900)).not.toEqual(casesOf(5, 900));
  expect(new Set(casesOf(5, 900).map(({ salt }) => salt)).size).toBe(900);
});

test('a case is found again by its name', () => {
  for (const one of casesOf(5, 900)) expect(caseNamed(nameOf(one))).toEqual(one);
  expect(caseNamed('harmless#7')).toEqual({ ...harmless, salt: 7 });
  expect(() => caseNamed('fault=flood#7')).toThrow(/there is no such/);
});

test('the composer is emptied, and each of what could hide it happens besides, in many cases of a run and in all of a run of pairs', () => {
  const pairs = pairsOf(5, 600, emptied);
  const isPair = (one: (typeof pairs)[number]) => one.fault2 === 'wipes' && emptied.slice(1).includes(one.fault);
  expect(pairs.every(isPair)).toBe(true);
  for (const fault of emptied.slice(1)) {
    const mine = pairs.filter((one) => one.fault === fault);
    expect(mine.length).toBeGreaterThan(80);
    for (const drawn of factors.drawn) expect(mine.some((one) => one.drawn === drawn)).toBe(true);
  }
  expect(casesOf(5, 3000).filter(isPair).length).toBeGreaterThan(500);
});

test('faults that are to be paired are named, and no others', () => {
  expect(faultsNamed('wipes,busy')).toEqual(['wipes', 'busy']);
  for (const wrong of ['wipes', 'wipes,flood', 'none,busy']) expect(() => faultsNamed(wrong)).toThrow('--pairs');
});
