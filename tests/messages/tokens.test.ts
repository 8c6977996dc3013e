import { expect, test } from 'vitest';
import { Tokens } from '../../bridge/messages/tokens.ts';

const dead = 41;

function tokens() {
  const kept = new Map<string, unknown>();
  const clock = { at: 1_000, now: () => clock.at, after: () => () => {} };
  const memory = {
    memory: <T>(key: string) => (kept.get(key) ?? null) as T | null,
    saveMemory: (key: string, value: unknown) => void kept.set(key, value),
  };
  return { clock, kept, tokens: new Tokens({ memory, clock, isLiving: ({ pid }) => pid !== dead }) };
}

test('a token speaks for its member until it is revoked, and what it is stands nowhere', () => {
  const { kept, tokens: all } = tokens();
  const secret = all.add('ci', { role: 'agent', member: 'shop/coder' }, null);
  expect(all.memberOf(secret)).toBe('shop/coder');
  expect(JSON.stringify([...kept])).not.toContain(secret);
  expect(() => all.add('ci', { role: 'agent', member: 'shop/lead' }, null)).toThrow('is there already');
  expect(() => all.memberOf(`${secret}x`)).toThrow('unknown, expired or revoked');
  expect(() => all.revoke('co')).toThrow("unknown token 'co'");
  all.revoke('ci');
  expect(() => all.memberOf(secret)).toThrow('unknown, expired or revoked');
});

test('a token ends by itself, and its name is free again', () => {
  const { clock, tokens: all } = tokens();
  const secret = all.add('ci', { role: 'agent', member: 'shop/coder' }, 500);
  clock.at += 499;
  expect(all.memberOf(secret)).toBe('shop/coder');
  clock.at += 1;
  expect(() => all.memberOf(secret)).toThrow('unknown, expired or revoked');
  expect(all.list()).toEqual([]);
  expect(all.memberOf(all.add('ci', { role: 'agent', member: 'shop/coder' }, null))).toBe('shop/coder');
});

test('a token that is bound to a process ends with it', () => {
  const { tokens: all } = tokens();
  const bearer = { role: 'agent', member: 'shop/coder' } as const;
  const living = all.add('mcp-1', bearer, null, { pid: 1, startedAt: '7' });
  const over = all.add('mcp-2', bearer, null, { pid: dead, startedAt: '7' });
  expect(all.memberOf(living)).toBe('shop/coder');
  expect(() => all.memberOf(over)).toThrow('unknown, expired or revoked');
  expect(all.list().map(({ name }) => name)).toEqual(['mcp-1']);
});

test("a person's token opens the server, and makes nobody a person elsewhere", () => {
  const { tokens: all } = tokens();
  const secret = all.add('phone', { role: 'human' }, null);
  expect(all.find(secret)).toMatchObject({ name: 'phone', role: 'human', member: 'human' });
  expect(() => all.memberOf(secret)).toThrow("is a person's");
  expect(all.find('bridge_of-nobody')).toBeNull();
});
