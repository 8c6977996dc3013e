import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelStep } from '../directives.ts';
import type { Act, OwnScene } from '../own-scene.ts';
import type { Prepared } from '../real-agents.ts';

/** A name by which opencode, Kilo, Copilot and cline take a model for one that is to change files by patches. */
const patchingModel = 'gpt-5.2-codex';

/** What a program starts with, told that its model has that name: in its environment, its arguments and these of its files. */
export const asPatchingModel =
  (...files: readonly string[]) =>
  ({ home, args, environment }: Prepared): void => {
    const renamed = (text: string) => text.replaceAll('scripted-model', patchingModel);
    for (const path of files.map((file) => join(home, file))) writeFileSync(path, renamed(readFileSync(path, 'utf8')));
    (args as string[]).splice(0, args.length, ...args.map(renamed));
    for (const [name, value] of Object.entries(environment))
      if (value === 'scripted-model') (environment as Record<string, string>)[name] = patchingModel;
  };

interface Patching {
  readonly start?: OwnScene['start'];
  readonly state: string;
  /** how the model hands in its patch */
  step(patch: string): ModelStep;
  /** the end of the dialog that asks */
  readonly sees: RegExp;
  /** names that pose as rows of the dialog */
  readonly posing: readonly string[];
  /** where it asks for each file in a dialog of its own: brings up the second one */
  readonly second?: readonly Act[];
}

/** One patch may change, move and delete several files. */
export function patchScenes(of: Patching): Readonly<Record<string, OwnScene>> {
  const { start, state, step, sees, posing, second } = of;
  const patching = (note: string, files: readonly string[], sections: string, inOne = second === undefined) => {
    const ask = { prompt: `Patch ${note}`, steps: [step(`*** Begin Patch\n${sections}*** End Patch`)] };
    const record = { record: state, note: `a patch of ${note}` };
    const acts: Act[] = [{ ask }, { sees }, { ...record, asks: inOne ? files.join('\n') : files[0]! }];
    if (!inOne && files.length === 2)
      acts.push(...second!, { ...record, note: `${record.note}, the second of them`, asks: files[1]! });
    return { ...(start && { start }), acts };
  };
  const changing = (note: string, files: readonly string[]) =>
    patching(note, [...files, 'README.md'], adding(files) + updating);
  return {
    patch_one: changing('one file', []),
    patch_two: changing('two files', ['src/a.ts']),
    patch_named: changing('files with blanks and quotes in their names', ['src/a.ts evil.sh', `src/"a" 'b'.ts`]),
    patch_posing: changing('files whose names pose as rows of the dialog', posing),
    patch_long: changing('a path longer than a row', [`src/${'deeper/'.repeat(22)}a.ts`]),
    patch_many: changing(
      '31 files',
      Array.from({ length: 30 }, (_, at) => `src/file-${at + 1}.ts`),
    ),
    patch_moved: patching('a file that moves', ['README.md', 'src/a.ts'], moving, true),
    patch_deleted: patching('a new file and one that goes', ['src/a.ts', 'README.md'], adding(['src/a.ts']) + deleting),
  };
}

const adding = (files: readonly string[]) => files.map((file) => `*** Add File: ${file}\n+one line\n`).join('');
const change = '@@\n-# shop\n+# The shop\n';
const updating = `*** Update File: README.md\n${change}`;
const moving = `*** Update File: README.md\n*** Move to: src/a.ts\n${change}`;
const deleting = '*** Delete File: README.md\n';
