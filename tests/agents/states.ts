import type { Field } from './field.ts';

export interface AgentState {
  readonly size?: { readonly width: number; readonly height: number };
  /** brings the agent into it before each delivery */
  ready(field: Field): Promise<void>;
}

const asItIs = async () => {};

/** What an agent may be in when a text comes, beside idle after a turn. */
export const states = {
  turn: { ready: asItIs },
  start: { ready: asItIs },
  '80x24': { size: { width: 80, height: 24 }, ready: asItIs },
  /** its own view, where it has one, moved up as by a person who reads */
  scrolled: {
    async ready({ agent }) {
      await agent.press('PageUp');
    },
  },
  /** tmux's copy mode, forgotten */
  'copy-mode': {
    async ready({ tmux, agent }) {
      await tmux.run('copy-mode', '-u', '-t', agent.paneId);
    },
  },
} as const satisfies Record<string, AgentState>;

export type StateName = keyof typeof states;
