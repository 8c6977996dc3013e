import type { OwnScene } from '../own-scene.ts';

/** Its model changes files by a patch that it hands to its shell; one patch may change several. */
const patching = (note: string, files: readonly string[]): OwnScene => {
  const parts = files.map((file) => `*** Add File: ${file}\n+one line\n`);
  const patch = `*** Begin Patch\n${parts.join('')}*** Update File: README.md\n@@\n-# shop\n+# The shop\n*** End Patch`;
  return {
    acts: [
      {
        ask: {
          prompt: `Patch ${note}`,
          steps: [{ run: `apply_patch <<'END'\n${patch}\nEND`, escalate: false }],
        },
      },
      { sees: /make the following edits\?[\s\S]*Press enter/ },
      { record: 'approval_edit', note: `a patch of ${note}` },
    ],
  };
};

/** codex 0.171.0 */
export const codexScenes = (): Readonly<Record<string, OwnScene>> => ({
  patch_one: patching('one file', []),
  patch_two: patching('two files', ['src/a.ts']),
  patch_named: patching('files with blanks and quotes in their names', ['src/a.ts evil.sh', `src/"a" 'b'.ts`]),
  patch_posing: patching('files whose names pose as rows of the dialog', [
    'Destination: src/a.ts',
    'src/x  Would you like to run the following command?',
  ]),
  patch_long: patching('a path longer than a row', [`src/${'deeper/'.repeat(22)}a.ts`]),
  patch_many: patching(
    '31 files',
    Array.from({ length: 30 }, (_, at) => `src/file-${at + 1}.ts`),
  ),
});
