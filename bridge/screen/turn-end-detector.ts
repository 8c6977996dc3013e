import type { Detection, ErrorReason } from '../core/detection.ts';
import type { Reading } from '../core/reading.ts';
import { judgeClosing } from './closing.ts';
import { type HookStateNow, reportedWords } from './hook-state.ts';

/**
 * Reasons to ask somebody that are neither a delimited block nor a dialog: how a turn ended, being stuck. Each is told once:
 *
 *   ended turn     error, else question or completion by its closing words, which are the agent's own last message where
 *                  its hook told it, else those on the screen; at most once a turn, never beside a block
 *   busy           stuck, once nothing but spinners and clocks has changed for the time allowed
 */
export interface TurnEndState {
  /** the turn whose end was judged */
  readonly judged: number;
  readonly work: { readonly seen: string; readonly since: number; readonly isTold: boolean } | null;
}

export const firstTurnEndState: TurnEndState = { judged: 0, work: null };

export interface TurnEndInput {
  readonly reading: Reading;
  /** as the detector counts it; null while it is not certain which turn this is */
  readonly turn: number | null;
  /** the turn's words, as far as they were ever on a screen */
  readonly words: readonly string[];
  /** what the agent said last of itself */
  readonly hookState?: HookStateNow | undefined;
  /** a block of this turn has been raised already */
  readonly hasBlock: boolean;
  /** the rows that may show progress */
  readonly screen: readonly string[];
  readonly at: number;
}

export interface TurnEndOptions {
  /** judge closing words; errors, dialogs and being stuck are told all the same */
  readonly heuristic: boolean;
  readonly lines: number;
  /** 0: never */
  readonly stuckMs: number;
}

export function stepTurnEnd(
  before: TurnEndState,
  input: TurnEndInput,
  options: TurnEndOptions,
): { readonly state: TurnEndState; readonly detection: Detection | null } {
  const { reading } = input;
  if (reading.state === 'busy') return stepBusy(before, input, options);
  const state = before.work === null ? before : { ...before, work: null };
  return reading.state === 'idle' ? stepEnd(state, input, options) : { state, detection: null };
}

function stepBusy(
  before: TurnEndState,
  { screen, at, turn }: TurnEndInput,
  { stuckMs }: TurnEndOptions,
): ReturnType<typeof stepTurnEnd> {
  if (stuckMs === 0) return { state: before, detection: null };
  const seen = screen.map(withoutMotion).join('\n');
  const { work } = before;
  if (work?.seen !== seen) return { state: { ...before, work: { seen, since: at, isTold: false } }, detection: null };
  if (work.isTold || turn === null || at - work.since < stuckMs) return { state: before, detection: null };
  const minutes = Math.round(stuckMs / 60_000);
  return {
    state: { ...before, work: { ...work, isTold: true } },
    detection: {
      kind: 'stuck',
      text: `busy, and nothing has changed for ${minutes > 0 ? `${minutes} min` : `${Math.round(stuckMs / 1000)} s`}`,
      attributes: {},
      truncated: false,
    },
  };
}

/** What moves although nothing happens: spinners, clocks, counters, progress bars. */
function withoutMotion(row: string): string {
  return row.replace(/[\d\u2800-\u28ff⬝■□◐◓◑◒·.…|/\\-]+/g, '').trim();
}

function stepEnd(before: TurnEndState, input: TurnEndInput, options: TurnEndOptions): ReturnType<typeof stepTurnEnd> {
  const { reading, turn, words, hookState, hasBlock } = input;
  if (turn === null || turn === before.judged) return { state: before, detection: null };
  const isKnownTurn = reading.turn.inputs.length > 0 || turn > 1;
  const state = { ...before, judged: turn };
  const { error } = reading.turn;
  if (error !== undefined) {
    const reason = errorReason(error);
    return { state, detection: { kind: 'error', text: error, attributes: {}, truncated: false, reason } };
  }
  if (!isKnownTurn || words.length === 0) return { state: before, detection: null };
  if (hasBlock || !options.heuristic) return { state, detection: null };
  const closing = judgeClosing(reportedWords(hookState, words) ?? words, { lines: options.lines });
  if (closing.kind === 'none') return { state, detection: null };
  return {
    state,
    detection: { kind: closing.kind, text: closing.text, attributes: { rule: closing.rule }, truncated: false },
  };
}

/** Which error an agent's own words tell of; anything else is the model's. */
export function errorReason(text: string): ErrorReason {
  if (/\b429\b|rate.?limit|usage limit|quota|too many requests|limit reached|resets? (?:at|in)\b/i.test(text))
    return 'rate-limit';
  if (
    /\b40[13]\b|unauthori[sz]ed|forbidden|api.?key|credential|log ?in|sign ?in|authenticat|token (?:has )?expired/i.test(
      text,
    )
  )
    return 'auth';
  if (
    /context (?:window|length|limit)|maximum context|too (?:long|many tokens)|prompt is too long|out of context/i.test(
      text,
    )
  )
    return 'context-full';
  return 'model';
}
