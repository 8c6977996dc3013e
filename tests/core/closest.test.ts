import { expect, test } from 'vitest';
import { closest } from '../../bridge/core/closest.ts';

const known = ['requests', 'resume', 'show', 'send', 'stop', 'status', 'home', 'site/docs'];

test.each([
  ['reqests', 'requests'],
  ['erquests', 'requests'],
  ['REQUESTS', 'requests'],
  ['requestss', 'requests'],
  ['shwo', 'show'],
  ['stat', 'status'],
  ['req', 'requests'],
  ['dcos', 'site/docs'],
  ['site/dosc', 'site/docs'],
])('%s was meant as %s', (given, meant) => {
  expect(closest(given, known)).toBe(meant);
});

test.each(['frobnicate', 's', '', 'xxxx', 'hello there'])('%j is near to none', (given) => {
  expect(closest(given, known)).toBeNull();
});

test('a name of any length takes no time worth mentioning', () => {
  expect(closest('x'.repeat(1_000_000), known)).toBeNull();
});
