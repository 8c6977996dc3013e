import { BridgeError, messageOf } from '../../core/failure.ts';
import { type Context, contextWith } from '../context.ts';
import { print } from '../output.ts';

/** Another tool's command line. @returns its exit code; a refusal is thrown */
export type Wrapper = (words: readonly string[]) => Promise<number>;

/** What a wrapper refuses in the words of its tool. */
export class Refusal extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Faults end as those tools end: one line, exit code 1. What bridge says to do next follows it. */
export async function runWrapper(name: string, wrapper: Wrapper, words: readonly string[]): Promise<void> {
  try {
    process.exitCode = await wrapper(words);
  } catch (fault) {
    const prefix = { 'tmux-bridge': 'error', 'agent-comms': 'agent_comms' }[name] ?? name;
    const next = fault instanceof BridgeError && fault.nextStep !== undefined ? `\n${fault.nextStep}` : '';
    print(`${prefix}: ${messageOf(fault)}${next}`, process.stderr);
    process.exitCode = fault instanceof Refusal ? fault.exitCode : 1;
  }
}

/** The state directory as bridge's own commands find it, with the tmux server that this tool means. */
export async function contextOn(socket: string): Promise<Context> {
  const { fault, ...context } = await contextWith({ socket });
  if (fault !== null) throw fault;
  return context;
}
