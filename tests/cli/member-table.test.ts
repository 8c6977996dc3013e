import { expect, test } from 'vitest';
import { fitted } from '../../bridge/cli/member-table.ts';

test('a table is 80 columns wide at most: the widest cells are cut, and each row is a line', () => {
  const rows = [
    ['NAME', 'STATE', 'PROGRAM', 'PANE', 'ROLE', 'MODEL', 'GROUPS', 'UNREAD'],
    ['coder', 'idle', 'codex', '%3', 'writes code', 'gpt-6', 'shop', '0'],
    ['x'.repeat(64), 'disabled', 'opencode', '%12345', 'r'.repeat(64), 'm\u202en', 'a,b,c\nd', '200'],
  ];
  const lines = fitted(rows).split('\n');
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  expect(lines[1]).toMatch(/^coder +idle +codex +%3 +writes code +gpt-6 +shop +0$/);
  expect(lines[2]).toMatch(/^x+… +disabled +opencode +%12345 +r+… +m\\u202en +a,b,c\\nd +200$/);
});

test('what fits is not cut', () => {
  expect(fitted([['a', 'b'.repeat(77)]])).toBe(`a  ${'b'.repeat(77)}`);
  expect(fitted([])).toBe('');
});
