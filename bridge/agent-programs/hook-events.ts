import type { SignalFacts } from '../screen/agent-signals.ts';

/** Fields and events that several programs share: qwen took over claude's. */
export const usualSignals = {
  eventFields: ['hook_event_name'],
  events: {
    SessionStart: 'session-began',
    UserPromptSubmit: 'turn-began',
    PermissionRequest: 'approval-wanted',
    Stop: 'turn-ended',
    StopFailure: 'turn-failed',
    SessionEnd: 'session-ended',
  },
  session: ['session_id'],
  turn: [],
  prompt: ['prompt'],
} as const satisfies SignalFacts;

/** after an interrupted or failed turn this is all that it tells */
export const waitingNotices = {
  event: 'Notification',
  field: 'notification_type',
  values: { permission_prompt: 'approval-wanted', idle_prompt: 'turn-ended' },
} as const;
