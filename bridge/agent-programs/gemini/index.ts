import type { AgentProgram } from '../agent-program.ts';
import { endingsWithNames, fileReferences, usualComposer } from '../composers.ts';
import { usualSignals } from '../hook-events.ts';
import { geminiController } from './controller.ts';
import { geminiScreen } from './reader.ts';

/** gemini-cli 0.61.0. Its title tells its state; its composer shows the placeholder while busy too. */
export const gemini: AgentProgram = {
  name: 'gemini',
  programs: ['gemini'],
  seenWith: ['0.61.0'],
  screen: geminiScreen,
  composer: {
    agent: 'gemini',
    ...usualComposer,
    settleMs: 400,
    interruptKey: 'Escape',
    longPasteMarkers: ['\\[Pasted Text: ([0-9]+) (chars|lines)\\]'],
    // it trims before it looks, so that a blank hides no command; a word before it does
    changes: { trims: true },
    references: fileReferences,
    // an escaped @name at the end opens its list all the same, on a loaded machine just before Enter
    commandEndings: endingsWithNames,
    // Enter chooses from its list: /about for /abo, and behind a blank the first word that may follow (/model manage)
    commands: { listed: '^ ([a-z][\\w:-]*)(?: \\([a-z, -]+\\))? {2,}\\S', erase: 'C-e C-u', echoes: true },
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
    install: 'npm install -g @google/gemini-cli',
  },
  hooks: {
    folder: { env: 'GEMINI_CLI_HOME', below: '.gemini', name: '.gemini' },
    settings: {
      file: 'settings.json',
      events: ['SessionStart', 'BeforeAgent', 'AfterAgent', 'Notification', 'SessionEnd'],
      timeout: 10_000,
      fields: { name: 'bridge' },
    },
    trust: null,
    signals: {
      ...usualSignals,
      events: {
        SessionStart: 'session-began',
        BeforeAgent: 'turn-began',
        AfterAgent: 'turn-ended',
        SessionEnd: 'session-ended',
      },
      notices: { event: 'Notification', field: 'notification_type', values: { ToolPermission: 'approval-wanted' } },
      said: ['prompt_response'],
    },
  },
  controller: geminiController,
};
