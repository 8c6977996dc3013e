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
    super(`${fault.what}: ${fault.target}: ${fault.reason}`, { cause: fault.cause });
    this.name = 'BridgeError';
    this.what = fault.what;
    this.target = fault.target;
    this.reason = fault.reason;
    this.nextStep = fault.nextStep;
    this.exitCode = fault.exitCode ?? ExitCode.failed;
  }
}

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

export function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
