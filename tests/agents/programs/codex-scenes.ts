import { patchScenes } from './patch-scenes.ts';

/** codex 0.171.0: its model hands a patch to its shell */
export const codexScenes = () =>
  patchScenes({
    state: 'approval_edit',
    step: (patch) => ({ run: `apply_patch <<'END'\n${patch}\nEND`, escalate: false }),
    sees: /make the following edits\?[\s\S]*Press enter/,
    posing: ['Destination: src/a.ts', 'src/x  Would you like to run the following command?'],
  });
