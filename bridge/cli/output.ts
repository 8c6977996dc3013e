import { randomBytes } from 'node:crypto';
import { BridgeError, ExitCode, messageOf } from '../core/failure.ts';
import { safeJson, visible, visibleLine } from '../core/visible.ts';
import { colourCode } from './colour-code.ts';

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
      if (!json) print(line);
    },
    result: (text, value) => {
      if (json) process.stdout.write(`${safeJson(value)}\n`);
      else if (text !== '') print(text);
    },
    warn: (line) => print(line, process.stderr),
  };
}

/** Resolves once all that was printed is written; false where nobody reads it any more. */
export function isTaken(): Promise<boolean> {
  return new Promise((resolve) => process.stdout.write('', (fault) => resolve(!fault)));
}

/** Text of others, an agent's for instance, is in all that is printed: everything but our own paint is made visible here. */
export function print(text: string, stream: NodeJS.WriteStream = process.stdout): void {
  const shown = painted(text);
  if (below === null || !stream.isTTY) stream.write(`${shown}\n`);
  else {
    process.stdout.write(eraseLine);
    stream.write(`${shown}\n`);
    process.stdout.write(below);
  }
}

/** For a view that fills the terminal, and has made visible what others wrote. */
export function drawOn(stream: NodeJS.WriteStream = process.stdout): { write(text: string): void; isPainted: boolean } {
  return { write: (text) => void stream.write(text), isPainted: isPainted(stream) };
}

/** Takes the cursor's row away; it stands at the end of the line that stays below. */
const eraseLine = '\r\x1b[2K';
let below: string | null = null;

/** True where a line can stay below all others: on a terminal that can take it away again. */
export function canStayBelow(): boolean {
  return process.stdout.isTTY === true && process.env.TERM !== 'dumb';
}

/** One line stays below all that is printed from now on, cut to the terminal's width; null takes it away. */
export function stayBelow(line: string | null): void {
  if (!canStayBelow()) return;
  const cut = line === null ? null : visibleLine(line).slice(0, (process.stdout.columns || 80) - 1);
  const next = cut === null ? null : painted(paint('dim', cut));
  if (next === below) return;
  process.stdout.write(`${eraseLine}${next ?? ''}`);
  below = next;
}

function painted(text: string): string {
  const shown = visible(text);
  return seal === null ? shown : shown.replace(seal.painted, '\x1b[$1m');
}

/** Marks our own colours until they are printed; nobody outside of this process can write it. Made with the first of them. */
let seal: { readonly mark: string; readonly painted: RegExp } | null = null;

function newSeal() {
  const mark = randomBytes(12).toString('hex');
  return { mark, painted: new RegExp(`\\\\x1b${mark}([\\d;]+)m`, 'g') };
}

type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
const codes: Record<Paint, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/** Colour only on a terminal, and never under NO_COLOR. */
export function paint(style: Paint, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return isPainted(stream) ? withCode(`${codes[style]}`, text) : text;
}

/** A dot in the colour of a member; null where nothing is painted, or the colour is none that terminals know. */
export function dotIn(colour: string, stream: NodeJS.WriteStream = process.stdout): string | null {
  const code = isPainted(stream) ? colourCode(colour) : null;
  return code === null ? null : withCode(code, '●');
}

function isPainted(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

function withCode(code: string, text: string): string {
  seal ??= newSeal();
  return `\x1b${seal.mark}${code}m${text}\x1b${seal.mark}0m`;
}

/** Says a fault as one clear line and its next step, and gives the exit code. */
export function reportFault(fault: unknown, json: boolean): ExitCode {
  const known = fault instanceof BridgeError ? fault : null;
  if (json) {
    const value = known
      ? { error: known.reason, what: known.what, target: known.target, nextStep: known.nextStep ?? null }
      : { error: messageOf(fault) };
    process.stdout.write(`${safeJson(value)}\n`);
  }
  const message = messageOf(fault).replace(/^bridge: /, '');
  print(`${paint('red', 'bridge', process.stderr)}: ${message}`, process.stderr);
  if (known?.nextStep) print(known.nextStep.replace(/^/gm, '        '), process.stderr);
  if (!known && process.env.BRIDGE_DEBUG) print(String((fault as Error).stack), process.stderr);
  return known?.exitCode ?? ExitCode.failed;
}

/** A plain table with aligned columns, a row a line; wide characters count as they are. */
export function table(given: ReadonlyArray<readonly string[]>): string {
  const rows = given.map((row) => row.map(visibleLine));
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, index) => Math.max(widest[index] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) => row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index]!))).join('  '))
    .join('\n');
}
