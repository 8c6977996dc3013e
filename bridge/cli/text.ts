import { closeSync, openSync, readSync } from 'node:fs';
import { isBlank, maxText } from '../core/cleaning.ts';
import { type BridgeError, usageError } from '../core/failure.ts';

/** The text a command was given: its arguments joined by blanks, or all of stdin for `-`. */
export async function textFrom(words: readonly string[], command: string): Promise<string> {
  const fromStdin = words.length === 1 && words[0] === '-';
  if (words.length === 0 && process.stdin.isTTY)
    throw usageError('argument', 'text', 'missing', `bridge ${command} "text", or a pipe and -`);
  if (!fromStdin && words.length > 0) return seen(words.join(' '), command, 'text');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    // whoever writes without an end is not read to it
    if (size > mostBytes) throw tooLong(command, 'stdin');
  }
  const text = decode(Buffer.concat(chunks), command).replace(/\r?\n$/, '');
  return seen(text, command, 'stdin');
}

/** A text that shows nothing is a mistake: typed, it would be a draft that nobody sees. */
export function seen(text: string, command: string, from: string): string {
  // more than a call may hold: the daemon would hang up, and say nothing
  if (text.length > maxText) throw tooLong(command, from);
  if (!isBlank(text)) return text;
  throw usageError(command, from, text === '' ? 'is empty' : 'holds nothing visible');
}

/** No text of so many bytes has few enough characters. */
const mostBytes = 4 * maxText;

function tooLong(command: string, from: string): BridgeError {
  return usageError(command, from, `is longer than ${maxText} characters`);
}

/**
 * The text of a file, also of a pipe; a device without an end is not read to it.
 * @param what was given the file's name, as a fault says it
 */
export function textOf(file: string, command: string, what = '--file'): string {
  const bytes = Buffer.alloc(mostBytes + 1);
  let size = 0;
  try {
    const descriptor = openSync(file, 'r');
    try {
      for (let read = -1; read !== 0 && size < bytes.length; size += read)
        read = readSync(descriptor, bytes, size, bytes.length - size, null);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw usageError(what, file, `cannot be read (${(cause as NodeJS.ErrnoException).code})`);
  }
  if (size > mostBytes) throw tooLong(command, file);
  return seen(decode(bytes.subarray(0, size), command, file), command, file);
}

function decode(bytes: Uint8Array, command: string, from = 'stdin'): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw usageError(command, from, 'is not UTF-8 text');
  }
}

/** `12`, `0.5`: seconds as a person types them, in milliseconds. */
export function seconds(value: string, flag: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < 0)
    throw usageError(flag, value, 'invalid: expected a number of seconds');
  return number * 1000;
}

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90`, `15m`, `2h`, `3d`: a time as a person types it, seconds where no unit is named; in milliseconds. */
export function duration(value: string, flag: string): number {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(value) ?? [];
  const ms = Math.round(Number(number) * unitsMs[unit]!);
  if (number === '' || ms === 0) throw usageError(flag, value, 'invalid: expected a time, as 90, 15m, 2h or 3d');
  return ms;
}

/**
 * `2026-11-30`, `2026-11-30T08:15` or `2026-11-30T08:15:02Z` in UTC, as the logs have it; `2h`: so long before now.
 * @throws BridgeError for anything else, and for a day that no month has
 */
export function instant(value: string, flag: string, now: number): number {
  if (/^[\d.]+[smhd]$/.test(value)) return now - duration(value, flag);
  const [, day, time = '00:00', rest = ':00'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?)?Z?$/.exec(value) ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${rest}Z`);
  const isThatDay = !Number.isNaN(at) && new Date(at).toISOString().startsWith(`${day}T${time}`);
  if (isThatDay) return at;
  throw usageError(flag, value, 'invalid: expected a time, as 2026-11-30, 2026-11-30T08:15 or 2h');
}

/** `20`: a whole number from 1. */
export function countOf(value: string, flag: string): number {
  const count = Number(value);
  if (!/^\d+$/.test(value) || count < 1) throw usageError(flag, value, 'invalid: expected a whole number from 1');
  return count;
}
