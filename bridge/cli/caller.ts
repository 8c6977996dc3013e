import { processNames } from '../agent-programs/names.ts';
import { ancestorsOf, type Caller, callerAbove, type ProcessId } from '../host/caller.ts';
import { pidNamespace, systemSource } from '../host/process-source.ts';

/** `pidNamespace`: in which the command runs: a bridge in another one sees that its callers are out of its sight */
type CallerHere = Caller & { readonly pidNamespace: string | null };

/** Which agent program called this command, as its process tree shows it. */
export function callerHere(): CallerHere {
  return { ...callerAbove(systemSource(), process.ppid, processNames), pidNamespace: pidNamespace() };
}

/** The same, with all processes above this command. */
export function aboveHere(): { readonly caller: CallerHere; readonly above: readonly ProcessId[] } {
  return { caller: callerHere(), above: ancestorsOf(systemSource(), process.ppid) };
}
