import { readFileSync } from 'node:fs';
import { BridgeError, ExitCode } from '../core/failure.ts';
import { simulate } from '../recordings/replay.ts';
import type { Context } from './context.ts';
import { paint } from './output.ts';

/** `--simulate-log`: what would have been detected in a recording. */
export async function runSimulation({ config, out }: Context, file: string): Promise<ExitCode> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new BridgeError({
      what: '--simulate-log',
      target: file,
      reason: `cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      nextStep: 'name a readable file',
      exitCode: ExitCode.usageError,
      cause,
    });
  }
  const found = await simulate(bytes, {
    columns: config.columns,
    rows: config.rows,
    agent: config.agent,
    closingLines: config.heuristic ? config.heuristicLines : 0,
  });
  const text = found.map(
    (detection, index) =>
      `${paint('bold', `${index + 1}. ${detection.kind}`)} at line ${detection.line}\n${detection.text.replace(/^/gm, '   ')}`,
  );
  out.result(text.length === 0 ? 'nothing would have been detected' : text.join('\n'), found);
  return ExitCode.done;
}
