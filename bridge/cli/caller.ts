import { processNames } from '../agent-programs/names.ts';
import { ancestorsOf, type Caller, callerAbove, type ProcessId } from '../host/caller.ts';
import { pidNamespace, systemSource } from '../host/process-source.ts';

/** `pidNamespace`: in which the command runs: a bridge in another one sees that its callers are out of its sight */
type CallerHere = Caller & { readonly pidNamespace: string | null };

/** Which agent program called this command, as its process tree shows it. @param parent the process above the command */
export function callerHere(parent = process.ppid): CallerHere {
  return { ...callerAbove(systemSource(), parent, processNames), pidNamespace: pidNamespace() };
}

/** The same, with all processes above this command. */
export function aboveHere(parent = process.ppid): {
  readonly caller: CallerHere;
  readonly above: readonly ProcessId[];
} {
  return { caller: callerHere(parent), above: ancestorsOf(systemSource(), parent) };
}
