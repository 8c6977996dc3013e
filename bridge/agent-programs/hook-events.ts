/** Fields and events that several programs share: qwen took over claude's. */
export const hookEventFields = ['hook_event_name'];

export const turnEvents = {
  SessionStart: 'session-began',
  UserPromptSubmit: 'turn-began',
  PermissionRequest: 'approval-wanted',
  Stop: 'turn-ended',
  StopFailure: 'turn-failed',
  SessionEnd: 'session-ended',
} as const;

/** after an interrupted or failed turn this is all that it tells */
export const waitingNotices = {
  event: 'Notification',
  field: 'notification_type',
  values: { permission_prompt: 'approval-wanted', idle_prompt: 'turn-ended' },
} as const;
