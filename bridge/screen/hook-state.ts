import type { AgentSignal, SignalKind } from '../core/agent-signal.ts';

/** The last thing that an agent said of itself through its hooks. */
export interface HookState {
  readonly kind: SignalKind;
  readonly at: number;
  /** the turn that began last, and digests of what was taken as input lately, oldest first */
  readonly turn: string | null;
  readonly inputs: ReadonlyArray<{ readonly digest: string; readonly at: number }>;
  /** its last message, where it told that as its turn ended */
  readonly said?: string | undefined;
}

const inputsKept = 8;

/**
 * Joins one more signal. Each comes through a process of its own, so that two may change places on their way: the older
 * one, and the end of a turn that is not the last one, change nothing.
 */
export function joined(before: HookState | null, signal: AgentSignal): HookState {
  const { kind, at, turn, input } = signal;
  const known = before?.inputs ?? [];
  const inputs = input === null ? known : [...known, { digest: input, at }].slice(-inputsKept);
  if (before !== null && at < before.at) return { ...before, inputs };
  const isEnd = kind === 'turn-ended' || kind === 'turn-failed';
  const isOfAnother = isEnd && turn !== null && before?.turn != null && before.turn !== turn;
  if (before !== null && isOfAnother) return { ...before, inputs };
  // qwen and claude tell an end twice, and only the first time with what they said
  const said = signal.said ?? (kind === before?.kind ? before.said : undefined);
  return { kind, at, turn: turn ?? (kind === 'turn-began' ? null : (before?.turn ?? null)), inputs, said };
}

/** The same state by a clock that tells so much more, or less. */
export function movedInTime(hookState: HookState, byMs: number): HookState {
  return {
    ...hookState,
    at: hookState.at + byMs,
    inputs: hookState.inputs.map((input) => ({ ...input, at: input.at + byMs })),
  };
}

/** A hook state as it bears on one capture. */
export interface HookStateNow {
  readonly kind: SignalKind;
  readonly agoMs: number;
  readonly said?: string | undefined;
}

/** How long a hook state stands against a screen that shows the contrary: hooks get lost, and a pane must not be held for ever. */
export const hookStateStandsMs = 2000;

/** Why a screen that looks at rest is not believed yet; null when the agent's hook state does not speak against it. */
export function doubt(hookState: HookStateNow | undefined): string | null {
  if (hookState === undefined || hookState.agoMs > hookStateStandsMs) return null;
  if (hookState.kind === 'turn-began') return 'its own hook has just said that a turn began';
  if (hookState.kind === 'approval-wanted') return 'its own hook has just said that it asks for approval';
  return null;
}

/** What an agent may still draw after it has told that its turn ended. */
const closingMs = 1000;

/** The agent told that its turn ended, and has drawn nothing since but what belongs to that: one more source for idle. */
export function reportedEnd(hookState: HookStateNow | undefined, quietForMs: number): boolean {
  const isEnd = hookState?.kind === 'turn-ended' || hookState?.kind === 'turn-failed';
  return isEnd && Number.isFinite(quietForMs) && hookState.agoMs <= quietForMs + closingMs;
}

/**
 * The agent's last message as it told it itself, in lines: better evidence than rows of a screen, which wrap, cut and
 * lose marks. Null where it told none, or where its turn's words on the screen do not end in it: whoever runs as the
 * user can make a signal, and none shall say what the agent did not.
 */
export function reportedWords(hookState: HookStateNow | undefined, shown: readonly string[]): string[] | null {
  if (hookState?.kind !== 'turn-ended' || hookState.said === undefined) return null;
  const end = lettersOf(hookState.said).slice(-lettersCompared);
  return end !== '' && lettersOf(shown.join('')).endsWith(end) ? hookState.said.split('\n') : null;
}

/** Enough to tell one message from another; more of it could be drawn in another form. */
const lettersCompared = 40;

/** What of a text is the same in Markdown and as it is drawn. */
function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}
