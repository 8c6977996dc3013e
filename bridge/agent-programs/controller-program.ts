/** One question to one agent program. */
export interface ControllerRun {
  readonly model: string | null;
  readonly extraArgs: readonly string[];
  /** an empty folder and no tools */
  readonly isolated: boolean;
  /** the worker's repository */
  readonly repository: string;
  /** where a program that can write its last message to a file writes it */
  readonly answerFile: string;
  /** keep the conversation for the next question */
  readonly remember: boolean;
  /** the conversation to go on with, as the program named it */
  readonly session: string | null;
  /** what the program's `survey` found */
  readonly surveyed: readonly string[];
}

/** What a line of a program's output holds besides the answer. */
export interface OutputLine {
  readonly session?: string;
  readonly fault?: string;
}

/**
 * How one agent program is asked a question without giving it the machine. Each is run so that it can read but not
 * write, that nothing a worker left in its repository (settings, hooks, plugins, MCP servers, instruction files) is
 * loaded or started, and that no MCP server of the user's own gives it hands. The prompt is its standard input.
 */
export interface ControllerProgram {
  /** `worker`: runs in the repository; `empty`: runs in an empty folder and is told where the repository is */
  readonly runsIn: 'worker' | 'empty';
  readonly answersIn: 'stdout' | 'file';
  args(run: ControllerRun): readonly string[];
  environment(run: ControllerRun): Readonly<Record<string, string>>;
  /** asked first, in the same folder: what of the user's has to be switched off by name */
  readonly survey?: { args(repository: string): readonly string[]; read(stdout: string): readonly string[] };
  readLine?(line: string): OutputLine;
  /** it can go on with its conversation */
  readonly remembers?: true;
  /** extra arguments that would let it write; a match is refused */
  readonly forbidden: RegExp;
}
