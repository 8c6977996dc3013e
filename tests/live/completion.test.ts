import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program } from './bridge-process.ts';

const execute = promisify(execFile);
/** bash is on every machine that these tests run on; the others where somebody uses them. */
const isHere = (shell: string) => spawnSync(shell, ['-c', 'exit 7']).status === 7;

let folder: string;
const script = (shell: string) => join(folder, `bridge.${shell}`);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-completion-'));
  for (const name of ['folder-one', 'folder-two']) mkdirSync(join(folder, 'work', name), { recursive: true });
  writeFileSync(join(folder, 'work', 'file.txt'), '');
  mkdirSync(join(folder, 'bin'));
  // in place of the program: what it would be asked of the bridge that runs
  writeFileSync(
    join(folder, 'bin', 'bridge'),
    `#!/bin/sh
    [ "$1 $2" = "completion ids" ] && printf '7f3k9q\\ne5smg0\\n'
    [ "$1 $2" = "completion workers" ] && printf '%s\\n' site/docs
    [ -e "$HOME/hostile" ] && [ "$1 $2" = "completion workers" ] && printf '%s\\n' '$(touch run)' '\`touch run\`'
    exit 0\n`,
  );
  chmodSync(join(folder, 'bin', 'bridge'), 0o755);
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = await execute(process.execPath, [program, 'completion', shell], { env: { HOME: folder } });
    writeFileSync(script(shell), stdout);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function ran(shell: string, words: readonly string[]): Promise<string[]> {
  const env = { HOME: folder, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
  const { stdout } = await execute(shell, words, { cwd: join(folder, 'work'), env });
  return stdout.split('\n').filter(Boolean).sort();
}

/** A word of the line that a completion sees; the last is the one at the cursor. */
const cases: ReadonlyArray<readonly [line: readonly string[], offers: readonly string[]]> = [
  [['requ'], ['requests']],
  [
    ['start', ''],
    ['controller', 'worker'],
  ],
  [
    ['start', 'worker', '--agent', 'co'],
    ['codex', 'continue', 'copilot'],
  ],
  [
    ['--mode', ''],
    ['auto', 'manual'],
  ],
  [['--json', '--mode', 'm'], ['manual']],
  [['send', '--wa'], ['--wait']],
  [['send', '--wait', ''], []],
  [['send', '--json', '--via', 'n'], ['native']],
  [['send', '--', '--wa'], []],
  [['hooks', 'in'], ['install']],
  [['hooks', 'install', 'cla'], ['claude']],
  [['hooks', '--dry-run', 'install', 'cla'], ['claude']],
  [
    ['completion', ''],
    ['bash', 'fish', 'zsh'],
  ],
  [['help', 'sh'], ['show']],
  [
    ['show', ''],
    ['7f3k9q', 'e5smg0'],
  ],
  [['answer', 'e'], ['e5smg0']],
  [['answer', 'e5smg0', ''], []],
  [['pause', ''], ['site/docs']],
  [
    ['requests', '--home', 'folder-'],
    ['folder-one', 'folder-two'],
  ],
  [['--log', 'fi'], ['file.txt']],
  [['policy', 'test', '--json', 'fi'], ['file.txt']],
  [['policy', 'test', 'file.txt', 'fi'], ['file.txt']],
];

test.each(cases)('bash offers what can follow: %j', async (line, offers) => {
  const words = `COMP_WORDS=(bridge ${line.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${line.length}`;
  const asked = `source ${script('bash')}; ${words}; _bridge; printf '%s\\n' "\${COMPREPLY[@]}"`;
  expect(await ran('bash', ['--norc', '-c', asked])).toEqual([...offers]);
});

test('bash runs nothing of what a name says', async () => {
  writeFileSync(join(folder, 'hostile'), '');
  const asked = `source ${script('bash')}; COMP_WORDS=(bridge pause ''); COMP_CWORD=2; _bridge; ls; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const offered = await ran('bash', ['--norc', '-c', asked]);
  rmSync(join(folder, 'hostile'));
  expect(offered).toEqual(['$(touch run)', '`touch run`', 'file.txt', 'folder-one', 'folder-two', 'site/docs']);
});

test('bash completes a value after an equals sign, which it takes for a word', async () => {
  const asked = `source ${script('bash')}; COMP_WORDS=(bridge --mode = m); COMP_CWORD=3; _bridge; echo "\${COMPREPLY[@]}"`;
  expect(await ran('bash', ['--norc', '-c', asked])).toEqual(['manual']);
});

test.skipIf(!isHere('zsh'))('zsh, where it is on the machine, offers the same', async () => {
  for (const [line, offers] of cases) expect([line, await offeredByZsh(line)]).toEqual([line, [...offers]]);
});

async function offeredByZsh(line: readonly string[]): Promise<string[]> {
  // what it would show is printed in place of its menu
  const shown = [
    'compdef() { }',
    `source ${script('zsh')}`,
    'compadd() { [[ $1 == -a ]] && print -l -- "${(P@)2}" || { [[ $1 == -- ]] && shift; print -l -- "$@" } }',
    '_describe() { [[ $1 == -o ]] && shift; print -l -- "${(@)${(P@)2}%%:*}" }',
    '_files() { [[ $1 == -/ ]] && print -l -- *(/) || print -l -- * }',
    `words=(bridge ${line.map((word) => `'${word}'`).join(' ')}); CURRENT=${line.length + 1}`,
    '_bridge',
  ].join('\n');
  const all = await ran('zsh', ['-f', '-c', shown]);
  return all.filter((offer) => offer.startsWith(line.at(-1)!));
}

test.skipIf(!isHere('fish'))('fish, where it is on the machine, offers the same', async () => {
  for (const [line, offers] of cases) expect([line, await offeredByFish(line)]).toEqual([line, [...offers]]);
});

async function offeredByFish(line: readonly string[]): Promise<string[]> {
  const typed = ['bridge', ...line].join(' ');
  const asked = `source ${script('fish')}; complete --do-complete ${JSON.stringify(typed)}`;
  const all = await ran('fish', ['--no-config', '-c', asked]);
  return all.map((offer) => offer.split('\t')[0]!.replace(/\/$/, ''));
}

test.each(['zsh', 'fish'])(
  '%s: every command, flag and choice stands in the script, whose quotes are even',
  (shell) => {
    const { stdout } = spawnSync(process.execPath, [program, 'completion', shell], {
      encoding: 'utf8',
      env: { HOME: folder },
    });
    for (const word of ['requests', 'controller-backend', 'codex-interactive']) expect(stdout).toContain(word);
    expect(stdout.replace(/\\'/g, '').split("'").length % 2).toBe(1);
  },
);

test('an unknown shell is a usage error that names those that there are', () => {
  const { status, stderr } = spawnSync(process.execPath, [program, 'completion', 'fihs'], {
    encoding: 'utf8',
    env: { HOME: folder },
  });
  expect({ status, stderr }).toEqual({
    status: 64,
    stderr: "bridge: unknown shell 'fihs'\n        did you mean 'fish'?\n        expected one of bash, zsh, fish\n",
  });
});
