import { closest } from './closest.ts';
import { visibleLine } from './visible.ts';

/** Process exit codes, the same for every command. */
export const ExitCode = {
  done: 0,
  failed: 1,
  held: 2,
  /** typed but not submitted, or uncertain: a human must look */
  undecided: 3,
  usageError: 64,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** A fault that reaches a person: `what: target: reason`, and the next step where there is one. */
export class BridgeError extends Error {
  readonly what: string;
  readonly target: string;
  readonly reason: string;
  readonly nextStep: string | undefined;
  readonly exitCode: ExitCode;

  constructor(fault: {
    what: string;
    target: string;
    reason: string;
    nextStep?: string;
    exitCode?: ExitCode;
    cause?: unknown;
  }) {
    super(inWords(fault), { cause: fault.cause });
    this.name = 'BridgeError';
    this.what = fault.what;
    this.target = fault.target;
    this.reason = fault.reason;
    this.nextStep = fault.nextStep;
    this.exitCode = fault.exitCode ?? ExitCode.failed;
  }
}

/** `unknown worker 'x'`, `invalid --mode 'x': …`; everything else in the order of its parts. What was typed stays on its line. */
function inWords({ what, target: typed, reason }: Pick<BridgeError, 'what' | 'target' | 'reason'>): string {
  const target = visibleLine(typed);
  const [, begins, more = ''] = /^(unknown|invalid|missing|too many)(: [\s\S]*)?$/.exec(reason) ?? [];
  return begins === undefined ? `${what}: ${target}: ${reason}` : `${begins} ${what} '${target}'${more}`;
}

/** The machine that a fault is about is not reached: what is there may be as it was. */
export function isAway(fault: unknown): fault is BridgeError {
  return fault instanceof BridgeError && 'kind' in fault && fault.kind === 'away';
}

/** Refused as things are: the same may be accepted later. */
export class NotNow extends BridgeError {}

/** Not for whoever asks: a person may, or another. */
export class Forbidden extends BridgeError {}

/** A fault of the caller: shown as one line, exit code 64. */
export function usageError(what: string, target: string, reason: string, nextStep?: string): BridgeError {
  return new BridgeError({
    what,
    target,
    reason,
    exitCode: ExitCode.usageError,
    ...(nextStep === undefined ? {} : { nextStep }),
  });
}

/**
 * A name that nobody has: said with the closest of those that there are.
 * @param nextStep what to do; left out: the known names
 */
export function unknownName(what: string, name: string, known: readonly string[], nextStep?: string): BridgeError {
  const meant = closest(name, known);
  const all = known.length === 0 ? `no ${what}s are known` : `known ${what}s: ${known.join(', ')}`;
  const steps = [...(meant === null ? [] : [`did you mean '${meant}'?`]), nextStep ?? all];
  return usageError(what, name, 'unknown', steps.join('\n'));
}

export function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
