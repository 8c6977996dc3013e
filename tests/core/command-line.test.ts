import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteCommand, splitCommand } from '../../bridge/core/command-line.ts';

test('a quoted command line means the same words to a shell', () => {
  const words = ["it's", '$(touch x)', '`x`', '', ' ', 'a\nb', '*', '~', '#c', '!!', '"', '\\', ';', 'é漢'];
  const line = quoteCommand(['printf', '%s\\0', ...words]);
  for (const shell of ['/bin/sh', 'bash']) {
    expect(execFileSync(shell, ['-c', line], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(words);
  }
});

test('splitting undoes quoting for any words', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
      expect(splitCommand(quoteCommand(words), '--x')).toEqual(words);
    }),
  );
});

test('splitting expands nothing', () => {
  expect(splitCommand('a $HOME "$(touch x)" `y` ~ * \\$z', '--x')).toEqual([
    'a',
    '$HOME',
    '$(touch x)',
    '`y`',
    '~',
    '*',
    '$z',
  ]);
  expect(splitCommand(`-c 'model="o3"' --arg="a b" ''`, '--x')).toEqual(['-c', 'model="o3"', '--arg=a b', '']);
  expect(splitCommand('  ', '--x')).toEqual([]);
});

test.each(['"open', "it's", 'end\\'])('%j is a usage error, named by its flag', (text) => {
  expect(() => splitCommand(text, '--codex-args')).toThrow('--codex-args');
});

test.each<[string, string[]]>([
  ['', []],
  ['  my-program  --flag\tvalue ', ['my-program', '--flag', 'value']],
  [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
  [`a '' ""`, ['a', '', '']],
  [`--x='a b'c`, ['--x=a bc']],
  [`a\\ b "c\\"d" 'e\\f'`, ['a b', 'c"d', 'e\\f']],
  [`"\\n $HOME"`, ['\\n $HOME']],
  [`sh -c 'a | b > c; $(d)'`, ['sh', '-c', 'a | b > c; $(d)']],
  ['-c model_reasoning_effort="high"', ['-c', 'model_reasoning_effort=high']],
])('a command line is split like a shell would: %j', (text, expected) => {
  expect(splitCommand(text, '--x', 'refused')).toEqual(expected);
});

test.each(['a | b', 'a > b', 'a && b', 'a; b', 'a `b`', 'a $(b)', `a 'b`, 'a "b', 'a \\'])(
  'what needs a shell, or is not finished, is refused: %j',
  (text) => {
    const fault = { exitCode: 64, what: '--controller-command' };
    expect(() => splitCommand(text, '--controller-command', 'refused')).toThrow(expect.objectContaining(fault));
  },
);
