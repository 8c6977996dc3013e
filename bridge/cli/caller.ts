import { processNames } from '../agent-programs/names.ts';
import { ancestorsOf, type Caller, callerAbove, type ProcessId } from '../host/caller.ts';
import { systemSource } from '../host/process-source.ts';

/** Which agent program called this command, as its process tree shows it. */
export function callerHere(): Caller {
  return callerAbove(systemSource(), process.ppid, processNames);
}

/** The same, with all processes above this command. */
export function aboveHere(): { readonly caller: Caller; readonly above: readonly ProcessId[] } {
  const source = systemSource();
  return { caller: callerAbove(source, process.ppid, processNames), above: ancestorsOf(source, process.ppid) };
}
