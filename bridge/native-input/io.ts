import type { NativeInputIo } from '../agent-programs/native-input.ts';
import type { Clock } from '../core/clock.ts';
import { appendLine } from './append-line.ts';
import { JsonRpcProcess } from './json-rpc-process.ts';
import { postJson } from './post-json.ts';

export function nativeInputIo(clock: Clock): NativeInputIo {
  return {
    startJsonRpc: (executable, args, environment) => new JsonRpcProcess(executable, args, environment, clock),
    postJson,
    appendLine: (path, line, readWithinMs) => appendLine(path, line, readWithinMs, clock),
  };
}
