/** What an agent program says of itself through its own hooks or its notify program, in our words. */
export type SignalKind =
  | 'session-began'
  | 'turn-began'
  /** it is about to ask its user: the dialog may not be drawn yet */
  | 'approval-wanted'
  | 'turn-ended'
  | 'turn-failed'
  | 'session-ended';

export const signalKinds: readonly SignalKind[] = [
  'session-began',
  'turn-began',
  'approval-wanted',
  'turn-ended',
  'turn-failed',
  'session-ended',
];

/** Of a longer last message its end is kept: what is judged are its closing words. */
export const saidLimit = 16_000;

/** One call of `bridge signal`. It is evidence and never an order: whoever runs as this user can make one. */
export interface AgentSignal {
  readonly agent: string;
  readonly kind: SignalKind;
  /** the agent's own name for it: `UserPromptSubmit`, `agent-turn-complete` */
  readonly event: string;
  /** the agent's ids, where it gives them */
  readonly session: string | null;
  readonly turn: string | null;
  /** digest of the input with which a turn began */
  readonly input: string | null;
  /** the end of the agent's last message, of a turn that ended: its own words, which are judged and never journaled */
  readonly said?: string;
  /** when the agent's program was called, milliseconds since the epoch */
  readonly at: number;
}
