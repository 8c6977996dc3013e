import { BridgeError, ExitCode, messageOf } from '../core/failure.ts';

/** The only place that writes to the terminal. Results go to stdout, everything else to stderr. */
export interface Output {
  readonly json: boolean;
  /** one line for a person; silent under --json */
  say(line: string): void;
  /** the command's result: `text` for a person, `value` for a machine */
  result(text: string, value: unknown): void;
  /** stderr, in both forms */
  warn(line: string): void;
}

export function makeOutput(json: boolean): Output {
  return {
    json,
    say: (line) => {
      if (!json) process.stdout.write(`${line}\n`);
    },
    result: (text, value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
      else if (text !== '') process.stdout.write(`${text}\n`);
    },
    warn: (line) => process.stderr.write(`${line}\n`),
  };
}

type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
const codes: Record<Paint, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/** Colour only on a terminal, and never under NO_COLOR. */
export function paint(style: Paint, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  const wanted = stream.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return wanted ? `\x1b[${codes[style]}m${text}\x1b[0m` : text;
}

/** Says a fault as one clear line and its next step, and gives the exit code. */
export function reportFault(fault: unknown, json: boolean): ExitCode {
  const known = fault instanceof BridgeError ? fault : null;
  if (json) {
    const value = known
      ? { error: known.reason, what: known.what, target: known.target, nextStep: known.nextStep ?? null }
      : { error: messageOf(fault) };
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }
  process.stderr.write(`${paint('red', 'bridge', process.stderr)}: ${messageOf(fault)}\n`);
  if (known?.nextStep) process.stderr.write(`        ${known.nextStep}\n`);
  if (!known && process.env.BRIDGE_DEBUG) process.stderr.write(`${(fault as Error).stack}\n`);
  return known?.exitCode ?? ExitCode.failed;
}

/** A plain table with aligned columns; wide characters count as they are. */
export function table(rows: ReadonlyArray<readonly string[]>): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, index) => Math.max(widest[index] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) => row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index]!))).join('  '))
    .join('\n');
}

/** One line of a longer text, for lists and logs. */
export function firstLine(text: string, limit = 72): string {
  const line =
    text
      .split('\n')
      .find((candidate) => candidate.trim() !== '')
      ?.trim() ?? '';
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
