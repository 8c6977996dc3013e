import type { HookFacts } from '../agent-program.ts';
import { usualSignals, waitingNotices } from '../hook-events.ts';
import { pasted } from './pasted.ts';

/**
 * Claude Code 2.1.332. A prompt that is sent while a turn runs is reported when it is queued, under the running turn's id; a
 * subagent that has ended begins a turn of its own, with a prompt of the program's. Nothing is called for an interrupt.
 */
export const claudeHooks: HookFacts = {
  folder: { env: 'CLAUDE_CONFIG_DIR', name: '.claude' },
  settings: {
    file: 'settings.json',
    events: [
      'SessionStart',
      'UserPromptSubmit',
      'PermissionRequest',
      'Notification',
      'Stop',
      'StopFailure',
      'SessionEnd',
    ],
    timeout: 10,
    // it waits for a hook that is not async before it begins a turn, asks, or ends one; of one that is, nobody can tell whose
    // it is when it has ended itself
    fields: { async: true },
    fieldsOf: { SessionEnd: {} },
  },
  trust: null,
  signals: {
    ...usualSignals,
    notices: waitingNotices,
    turn: ['prompt_id'],
    said: ['last_assistant_message'],
    pasted: new RegExp(pasted),
  },
};
