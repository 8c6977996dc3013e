import { spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import { beforeAll, expect, test } from 'vitest';
import { examplesOf, nameOf } from '../../bridge/cli/command-parts.ts';
import { manPage } from '../../bridge/cli/man.ts';
import { wholeProgram } from '../../bridge/cli/program.ts';

let program: Command;
beforeAll(async () => {
  program = await wholeProgram();
});

const each = (command: Command): Command[] => [command, ...command.commands.flatMap(each)];

test('every command, flag and example is in the man page', () => {
  const page = manPage(program);
  const asDrawn = page
    .replaceAll('\\-', '-')
    .replaceAll('\\(dq', '"')
    .replaceAll('\\(aq', "'")
    .replaceAll('\\(ti', '~');
  for (const command of each(program).slice(1)) {
    const own = asDrawn.split(`.SS ${nameOf(command)}\n`)[1]?.split('.SS ')[0] ?? '';
    const flags = command.options.filter(({ hidden }) => !hidden).map((option) => option.flags);
    const terms = [...flags, ...examplesOf(command).map(([line]) => line)];
    expect([nameOf(command), terms.filter((term) => !own.includes(`.B ${term}\n`))]).toEqual([nameOf(command), []]);
  }
  const own = asDrawn.split('.SH COMMANDS IN FULL')[0]!;
  for (const { flags, hidden } of program.options) if (!hidden) expect(own).toContain(`.B ${flags}\n`);
});

const groff = (...words: string[]) =>
  spawnSync('groff', words, { input: manPage(program), encoding: 'utf8', env: { PATH: process.env.PATH } });

test.skipIf(groff0() !== 0)('groff has nothing to say against it, and draws what is typed as it is typed', () => {
  const { status, stdout, stderr } = groff('-man', '-ww', '-Tascii', '-P-c');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const text = stdout.replace(/.\x08/g, '');
  expect(text).toContain('bridge run --session macs --mode manual');
  expect(text).toContain('"Use SQLite."');
  expect(text).toContain("'{}'");
});

function groff0(): number | null {
  return spawnSync('groff', ['--version']).status;
}
