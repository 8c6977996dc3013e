import type { AgentProgram } from '../agent-program.ts';
import { picture, usualComposer } from '../composers.ts';
import { codexScreen } from './reader.ts';

/** Codex 0.169.0. On its screen a streaming turn looks idle: only its title and OSC 7501 tell. */
export const codex: AgentProgram = {
  name: 'codex',
  programs: ['codex'],
  screen: codexScreen,
  composer: {
    agent: 'codex',
    ...usualComposer,
    settleMs: 60,
    longPasteMarkers: ['\\[Pasted Content ([0-9]+) chars\\]'],
    // codex looks at the first character alone, and trims what it submits: the model gets the text as it was (18 of 18)
    commandOpenings: [
      { pattern: picture, prefix: 'Answer: ' },
      { pattern: '^[!/]', prefix: ' ' },
    ],
    references: [],
    // at its end a list of files or skills would be open, from which Enter chooses
    commandEndings: [{ pattern: '[@$]\\S*$', append: ' ' }],
    // with a blank behind it the list of commands closes, from which Enter took /compact for /comp; what is no command stays
    commands: { append: ' ', isAlone: true, echoes: true },
    changes: { trims: true },
    dialogTitles: ['Action Required'],
    // whole phrases: an agent that writes "Would you like to go on?" must not hold its own answer
    dialogWords: [
      'Would you like to (run|make|grant|allow) th',
      'Press enter to confirm or esc',
      'Press enter to continue',
      'enter confirm · esc',
    ],
    rescueEnters: 2,
    // the model gets what was queued, whatever it begins or ends with
    door: { name: 'codex-queue', looksEveryMs: 10_000, commandOpenings: [], commandEndings: [] },
  },
  launch: {
    executable: 'codex',
    guarded: ['--sandbox', 'workspace-write', '--ask-for-approval', 'on-request'],
    guardedBy: 'its workspace-write sandbox',
    yolo: ['--dangerously-bypass-approvals-and-sandbox'],
    controller: ['--sandbox', 'read-only', '--ask-for-approval', 'on-request'],
    promptPrefix: [],
    resume: ['resume', '--last'],
    clear: '/new',
    guardedEnv: {},
    install: 'npm install -g @openai/codex',
    settings: { CODEX_HOME: 'MACS_CODEX_HOME' },
  },
};
