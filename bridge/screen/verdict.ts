import type { Snapshot } from '../core/pane.ts';
import type { AgentState, Composer, Dialog, Evidence, Reading, Turn } from '../core/reading.ts';
import { unseenDialog } from './dialog.ts';
import { evidence } from './rows.ts';

export interface Verdict {
  readonly state: AgentState;
  readonly why: readonly Evidence[];
}

export function verdict(state: AgentState, rule: string, detail: string, ...rows: number[]): Verdict {
  return { state, why: [evidence(rule, detail, ...rows)] };
}

/** Where the agent is not in the pane's foreground, whatever the screen shows. */
export function agentIsGone({ facts, foreground }: Snapshot, agent: string): Verdict | null {
  if (facts.dead) return verdict('exited', 'dead', 'the pane is dead');
  if (foreground === 'shell') return verdict('exited', 'shell', `a shell is in the foreground: ${agent} has ended`);
  if (foreground === 'remote' || foreground === 'repl' || foreground === 'none')
    return verdict('unknown', 'foreground', `the foreground program is not ${agent} but of the kind ${foreground}`);
  return null;
}

export function readingOf(
  agent: string,
  { state, why }: Verdict,
  screen: { readonly composer: Composer; readonly dialog: { readonly dialog: Dialog } | null; readonly turn: Turn },
): Reading {
  const composer: Composer = state === 'dialog' || state === 'exited' ? { is: 'absent' } : screen.composer;
  const dialog = state === 'dialog' ? (screen.dialog?.dialog ?? unseenDialog) : null;
  return { state, agent, why, composer, dialog, turn: screen.turn };
}
