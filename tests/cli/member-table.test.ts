import { afterEach, describe, expect, test } from 'vitest';
import { fitted, membersFitted } from '../../bridge/cli/member-table.ts';
import { print } from '../../bridge/cli/output.ts';

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

describe('the colour of a member', () => {
  const { isTTY, write } = process.stdout;
  const { NO_COLOR, TERM } = process.env;
  afterEach(() => {
    Object.assign(process.stdout, { isTTY, write });
    restore('NO_COLOR', NO_COLOR);
    restore('TERM', TERM);
  });

  function restore(name: string, value: string | undefined): void {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }

  function printed(on: { isTTY: boolean; NO_COLOR?: string }, colours: readonly string[]): string {
    const all: string[] = [];
    Object.assign(process.stdout, { isTTY: on.isTTY, write: (chunk: string) => all.push(chunk) > 0 });
    process.env.TERM = 'xterm';
    restore('NO_COLOR', on.NO_COLOR);
    const cells = (index: number) => [`●\u001b[31mname-${index}`, 'idle'];
    print(
      membersFitted(
        ['NAME', 'STATE'],
        colours.map((colour, index) => ({ colour, cells: cells(index) })),
      ),
    );
    return all.join('');
  }

  test('is a dot before its name on a terminal, and the name is drawn as every other', () => {
    const shown = printed({ isTTY: true }, ['red', '', 'mauve', '#ff8700', 'colour208', 'BrightBlue']);
    expect(shown.split('\n').map((line) => line.trimEnd())).toEqual([
      '  NAME             STATE',
      '\u001b[31m●\u001b[0m ●\\x1b[31mname-0  idle',
      '  ●\\x1b[31mname-1  idle',
      '  ●\\x1b[31mname-2  idle',
      '\u001b[38;2;255;135;0m●\u001b[0m ●\\x1b[31mname-3  idle',
      '\u001b[38;5;208m●\u001b[0m ●\\x1b[31mname-4  idle',
      '\u001b[94m●\u001b[0m ●\\x1b[31mname-5  idle',
      '',
    ]);
  });

  test('is nothing where there are none, in a pipe, and under NO_COLOR', () => {
    for (const shown of [
      printed({ isTTY: true }, ['', 'mauve', '#12345', 'colour300', 'red;1', '\u001b[31m']),
      printed({ isTTY: false }, ['red']),
      printed({ isTTY: true, NO_COLOR: '1' }, ['red']),
    ]) {
      expect(shown).toMatch(/^NAME/);
      expect(shown).not.toContain('\u001b');
    }
  });
});
