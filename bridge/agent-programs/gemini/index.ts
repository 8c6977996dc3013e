import type { AgentProgram } from '../agent-program.ts';
import { fileReferences, usualComposer } from '../composers.ts';
import { geminiScreen } from './reader.ts';

/** gemini-cli 0.61.0. Its title tells its state; its composer shows the placeholder while busy too. */
export const gemini: AgentProgram = {
  name: 'gemini',
  programs: ['gemini'],
  screen: geminiScreen,
  composer: {
    agent: 'gemini',
    ...usualComposer,
    settleMs: 400,
    longPasteMarkers: ['\\[Pasted Text: ([0-9]+) (chars|lines)\\]'],
    // gemini trims before it looks, so that a blank hides no command; a word before it does
    commandOpenings: [{ pattern: '^\\s*[!/]', prefix: 'Answer: ' }],
    references: fileReferences,
    // an escaped @name at the end opens its list all the same, on a loaded machine just before Enter
    commandEndings: [
      { pattern: '\\\\$', append: ' ' },
      { pattern: '@\\S*$', append: ' ' },
    ],
    // Enter chooses from its list: /about for /abo, and behind a blank the first word that may follow (/model manage)
    commands: { listed: '^ ([a-z][\\w:-]*)(?: \\([a-z, -]+\\))? {2,}\\S', echoes: true },
    changes: { trims: true },
    dialogTitles: ['Action Required'],
    dialogWords: ['Allow execution of', 'Apply this change'],
    rescueEnters: 3,
  },
  launch: {
    executable: 'gemini',
    guarded: ['--approval-mode', 'default'],
    guardedBy: 'its approval questions',
    yolo: ['--approval-mode', 'yolo'],
    controller: ['--approval-mode', 'default'],
    promptPrefix: ['--prompt-interactive'],
    resume: ['--resume', 'latest'],
    clear: '/clear',
    guardedEnv: {},
    install: 'npm install -g @google/gemini-cli',
  },
};
