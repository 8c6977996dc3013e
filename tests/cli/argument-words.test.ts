import { expect, test } from 'vitest';
import { inUsersWords } from '../../bridge/cli/argument-words.ts';
import { BridgeError, usageError } from '../../bridge/core/failure.ts';

const long = 'a'.repeat(300);
const said = (target: string, args: Readonly<Record<string, unknown>>, reason = 'is too long', what = 'tell') =>
  (inUsersWords(usageError(what, target, reason), 'tell', args) as BridgeError).message;

test('a fault of an argument is said as its user gave it, and a long or several-line value in short', () => {
  expect(said('to.0', { to: [long] })).toBe(`member: ${'a'.repeat(24)}…: is too long`);
  expect(said('to', { to: ['a', 'b'] }, 'has more than 200 names')).toBe('tell: member: has more than 200 names');
  expect(said('body', { body: 'first\nsecond' })).toBe('message: first…: is too long');
  expect(said('target.pane', { target: { pane: 'x' } })).toBe('pane: x: is too long');
  expect(said('idempotencyKey', { idempotencyKey: '' }, 'is empty')).toBe('tell: --idempotency-key: is empty');
  expect(said('ttlMs', { ttlMs: 500 }, 'is shorter than a second')).toBe('tell: --ttl: is shorter than a second');
  expect(said('last', { last: 9 }, 'is more than 8')).toBe('-n: 9: is more than 8');
});

test('a secret is not said, and neither is what is no argument changed', () => {
  expect(said('token', { token: long })).toBe('tell: BRIDGE_TOKEN: is too long');
  expect(said('shop/lead', { to: ['shop/lead'] })).toBe('tell: shop/lead: is too long');
  expect(said('to', { to: ['x'] }, 'is too long', 'member')).toBe('member: to: is too long');
  for (const fault of [
    new Error('x'),
    new BridgeError({ what: 'resume', target: 'worker', reason: 'only you may' }),
    usageError('resume', 'worker', 'unknown', 'those there are: coder'),
  ])
    expect(inUsersWords(fault, 'resume', { worker: 'worker' })).toBe(fault);
});
