import type { AgentProgram } from '../agent-program.ts';
import { picture, usualComposer } from '../composers.ts';
import { usualSignals } from '../hook-events.ts';
import { codexController } from './controller.ts';
import { codexQueue } from './native-input.ts';
import { codexScreen } from './reader.ts';
import { codexRollout } from './rollout.ts';

/** Codex 0.169.0 and 0.171.0. On its screen a streaming turn looks idle: only its title and OSC 7501 tell. */
export const codex: AgentProgram = {
  name: 'codex',
  programs: ['codex'],
  seenWith: ['0.169.0', '0.171.0'],
  screen: codexScreen,
  composer: {
    agent: 'codex',
    ...usualComposer,
    // an Enter right behind the paste was taken with all of it, 345 of 345 over all kinds of text (0.171.0, load 5 to 20)
    settleMs: 0,
    stillMs: 8,
    interruptKey: 'Escape',
    longPasteMarkers: ['\\[Pasted Content ([0-9]+) chars\\]'],
    // codex looks at the first character alone, and trims what it submits: the model gets the text as it was (18 of 18)
    commandOpenings: [
      { pattern: picture, prefix: 'Answer: ' },
      { pattern: '^[!/]', prefix: ' ' },
    ],
    // at its end a list of files or skills would be open, from which Enter chooses
    commandEndings: [{ pattern: '[@$]\\S*$', append: ' ' }],
    // with a blank behind it the list of commands closes, from which Enter took /compact for /comp; what is no command stays
    commands: { append: ' ', isAlone: true, erase: 'C-e C-u', echoes: true },
    changes: { trims: true },
    // a thread may be named so as well
    dialogTitles: ['^\\[ [!.] \\] Action Required'],
    // whole phrases: an agent that writes "Would you like to go on?" must not hold its own answer
    dialogWords: [
      'Would you like to (run|make|grant|allow) th',
      'Press enter to confirm or esc',
      'Press enter to continue',
      'enter confirm · esc',
    ],
    rescueEnters: 2,
  },
  launch: {
    executable: 'codex',
    guarded: ['--sandbox', 'workspace-write', '--ask-for-approval', 'on-request'],
    guardedBy: 'its workspace-write sandbox',
    yolo: ['--dangerously-bypass-approvals-and-sandbox'],
    controller: ['--sandbox', 'read-only', '--ask-for-approval', 'on-request'],
    install: 'npm install -g @openai/codex',
    settings: { CODEX_HOME: 'MACS_CODEX_HOME' },
  },
  hooks: {
    folder: { env: 'CODEX_HOME', name: '.codex' },
    // codex 0.169.0 allows Interrupt and SessionEnd 3 s, and warns at every start where a file says more
    settings: {
      file: 'hooks.json',
      events: ['SessionStart', 'UserPromptSubmit', 'PermissionRequest', 'Stop', 'Interrupt', 'SessionEnd'],
      timeout: 3,
      fields: {},
    },
    notify: { file: 'config.toml' },
    trust: 'codex asks at its next start to review new hooks: choose "Trust all", or none of them runs',
    isReviewed,
    signals: {
      ...usualSignals,
      eventFields: [...usualSignals.eventFields, 'type'],
      events: {
        SessionStart: 'session-began',
        UserPromptSubmit: 'turn-began',
        PermissionRequest: 'approval-wanted',
        Stop: 'turn-ended',
        Interrupt: 'turn-ended',
        SessionEnd: 'session-ended',
        // the notify program
        'agent-turn-complete': 'turn-ended',
        'approval-requested': 'approval-wanted',
      },
      session: ['session_id', 'thread-id'],
      turn: ['turn_id', 'turn-id'],
      // of its Stop hook, and of its notify program (0.171.0)
      said: ['last_assistant_message', 'last-assistant-message'],
      ownInputs: { field: 'input-messages', begins: ['Generate a concise, single-line task title'] },
    },
  },
  controller: codexController,
  nativeInput: codexQueue,
  commandRecord: codexRollout,
};

/** It notes what was reviewed as `[hooks.state."<file>:user_prompt_submit:0:0"]`. */
function isReviewed(settings: string, event: string): boolean {
  const name = event.replace(/[A-Z]/g, (letter, at: number) => `${at === 0 ? '' : '_'}${letter.toLowerCase()}`);
  return new RegExp(`^\\[hooks\\.state\\.".*hooks\\.json:${name}:\\d+:\\d+"\\]`, 'm').test(settings);
}
