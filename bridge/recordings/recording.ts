import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import * as z from 'zod';
import type { AgentProgram } from '../agent-programs/agent-program.ts';
import { type ProgramChoice, programOf } from '../agent-programs/index.ts';
import { parseRows } from '../core/ansi.ts';
import { BridgeError } from '../core/failure.ts';
import type { Snapshot } from '../core/pane.ts';
import { blankPane } from '../screen/blank-pane.ts';
import { columnsOf } from '../screen/frame.ts';
import type { Motion } from '../screen/screen-reader.ts';
import { expectationOf } from './recording-labels.ts';

const counted = z.string().regex(/^\d{1,9}$/, 'must be a whole number, as text');
const flag = z.enum(['0', '1']);
const measure = z.number().int().min(1).max(10_000);
const path = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => !text.startsWith('/') && !text.includes('\0') && !text.split(/[\\/]/).includes('..'), {
    message: 'must stay in the folder of the manifest',
  });
const word = z.string().regex(/^\w[\w.-]{0,60}$/, 'must be a word: letters, digits, _ . and -');

/** One entry of a `manifest.json`, as scripts/record-screen writes it. Facts nobody recorded are left out. */
const entrySchema = z.object({
  file: path,
  /** the same rows with SGR attributes; null or left out where only the text was kept */
  ansi: path.nullish(),
  agent: word,
  version: z.string().max(60),
  /** what a person saw: a label of recording-labels.ts */
  state: word,
  note: z.string().max(2000).optional(),
  /** the command or file that the open dialog asks about, where whoever recorded it knows */
  asks: z.string().max(20_000).optional(),
  title: z.string().max(4000).optional(),
  cmd: z.string().max(400).optional(),
  alt: flag.optional(),
  mode: flag.optional(),
  /** column and row of the cursor, from 0 */
  cur: z
    .string()
    .regex(/^\d{1,4},\d{1,4}$/, 'must be "x,y"')
    .optional(),
  curflag: flag.optional(),
  hist: counted.optional(),
  size: z
    .string()
    .regex(/^[1-9]\d{0,3}x[1-9]\d{0,3}$/, 'must be "WxH"')
    .optional(),
  width: measure.optional(),
  height: measure.optional(),
});

export type RecordingEntry = z.infer<typeof entrySchema>;

/** A recorded screen: its entry, and the folder that its paths count from. */
export interface Recording {
  readonly folder: string;
  readonly entry: RecordingEntry;
}

const manifestName = 'manifest.json';
const maxBytes = 4 * 1024 * 1024;

/**
 * Every recorded screen of a folder, in the manifest's order; each is there to be read and has a label that is known.
 * @throws BridgeError naming the file, the entry and what is wrong with it
 */
export function loadRecordings(folder: string): Recording[] {
  const file = join(folder, manifestName);
  return readManifest(file).map((raw, at) => {
    const recording = { folder, entry: checked(file, at, raw) };
    const { entry } = recording;
    if (expectationOf(entry.state) === null)
      throw fault(file, at, entry, `unknown state "${entry.state}"`, 'docs/measurements/accuracy.md lists the states');
    for (const name of [entry.file, entry.ansi]) {
      const reason = name ? unreadable(folder, name) : null;
      if (reason) throw fault(file, at, entry, `${name}: ${reason}`);
    }
    return recording;
  });
}

/** The recording that a `.txt` or `.ansi` file belongs to, by the manifest beside it or above; null where none names it. */
export function recordingOf(file: string): Recording | null {
  const whole = resolve(file);
  for (const folder of foldersWithManifest(dirname(whole))) {
    const name = relative(folder, whole).split(sep).join('/');
    const manifest = join(folder, manifestName);
    const entries = readManifest(manifest);
    const at = entries.findIndex((raw) => isNamed(raw, name));
    if (at >= 0) return { folder, entry: checked(manifest, at, entries[at]) };
  }
  return null;
}

/** The recordings in this folder, by its own manifest.json or by the nearest one above that lists some of it; none where there is none. */
export function recordingsBelow(folder: string): Recording[] {
  const whole = resolve(folder);
  for (const listing of foldersWithManifest(whole)) {
    const found = loadRecordings(listing).filter(({ entry }) => join(listing, entry.file).startsWith(`${whole}${sep}`));
    if (found.length > 0) return found;
  }
  return [];
}

/** This folder and those above, as far as they have a list of recordings; the nearest first. */
function foldersWithManifest(from: string): string[] {
  const folders = [from];
  while (folders.length < 8 && dirname(folders.at(-1)!) !== folders.at(-1)) folders.push(dirname(folders.at(-1)!));
  return folders.filter((folder) => lstatSync(join(folder, manifestName), { throwIfNoEntry: false })?.isFile());
}

/** The recorded bytes: with attributes where they were kept. @throws BridgeError */
export function textOfRecording({ folder, entry }: Recording): string {
  const name = entry.ansi ?? entry.file;
  const reason = unreadable(folder, name);
  if (reason) throw new BridgeError({ what: 'recording', target: join(folder, name), reason });
  return readFileSync(join(folder, name), 'utf8');
}

/** The agent program whose screens were recorded under this name, its own or that of its process; `unknown` where there is none. */
export function recordedProgram(agent: string, agents: NonNullable<ProgramChoice['agents']> = {}): AgentProgram {
  const named = programOf(null, { agent, agents });
  return named.name === 'unknown' ? programOf(agent, { agents }) : named;
}

/** A command without what that program does not draw of it: no reader of its screen can tell that. */
export function asDrawn(agent: string, command: string): string {
  const { undrawn } = recordedProgram(agent).screen;
  return undrawn === undefined ? command : command.replace(new RegExp(undrawn, 'gu'), '');
}

/** Of a single recorded screen nobody measured the motion, nor heard a signal. */
export const still: Motion = { quietForMs: Number.POSITIVE_INFINITY, signals: {} };

/** The screen as a live capture would have given it. What was not recorded is as on most recordings: 120 by 40. */
export function snapshotOfRecording(entry: RecordingEntry, text: string): Snapshot {
  const rows = parseRows(
    text
      .replace(/\r?\n$/, '')
      .split('\n')
      .map((line) => line.replace(/\r$/, '')),
  );
  const [width, height] = sizeOf(
    entry,
    rows.map((row) => row.text),
  );
  const alternateScreen =
    entry.alt === undefined ? recordedProgram(entry.agent).screen.isAlternate === true : entry.alt === '1';
  const [cursorX, cursorY] = (entry.cur ?? `2,${Math.max(0, height - 4)}`).split(',').map(Number) as [number, number];
  const { identity, facts } = blankPane('recording');
  return {
    takenAtMs: 0,
    identity,
    facts: {
      ...facts,
      title: entry.title ?? '',
      command: entry.cmd ?? entry.agent,
      width,
      height,
      cursorX,
      cursorY,
      cursorVisible: entry.curflag !== '0',
      alternateScreen,
      inMode: entry.mode === '1',
      ownerClaim: '',
      historySize: Number(entry.hist ?? 0),
    },
    rows,
    firstVisible: 0,
    cursorRow: cursorY,
    program: entry.agent,
    foreground: 'agent',
  };
}

function sizeOf({ size, width, height }: RecordingEntry, lines: readonly string[]): [number, number] {
  const [columns, rows] = size?.split('x').map(Number) ?? [];
  const widest = lines.reduce((most, line) => Math.max(most, columnsOf(line)), 120);
  return [columns ?? width ?? widest, rows ?? height ?? Math.max(40, lines.length)];
}

function readManifest(file: string): unknown[] {
  const reason = unreadable(dirname(file), manifestName);
  if (reason)
    throw new BridgeError({
      what: 'recordings',
      target: file,
      reason,
      nextStep: 'a folder of recorded screens has a manifest.json: scripts/record-screen --help',
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new BridgeError({
      what: 'recordings',
      target: file,
      reason: `is not JSON: ${(cause as Error).message}`,
      cause,
    });
  }
  if (!Array.isArray(parsed))
    throw new BridgeError({ what: 'recordings', target: file, reason: 'must be a list of entries' });
  return parsed;
}

function checked(file: string, at: number, raw: unknown): RecordingEntry {
  const result = entrySchema.safeParse(raw);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw fault(file, at, raw, `${issue!.path.join('.') || 'it'}: ${issue!.message}`);
}

function fault(file: string, at: number, raw: unknown, reason: string, nextStep?: string): BridgeError {
  const name = (raw as { file?: unknown } | null)?.file;
  const entry = `entry ${at + 1}${typeof name === 'string' ? ` (${name.slice(0, 200)})` : ''}`;
  return new BridgeError({
    what: 'recordings',
    target: file,
    reason: `${entry}: ${reason}`,
    ...(nextStep === undefined ? {} : { nextStep }),
  });
}

function isNamed(raw: unknown, name: string): boolean {
  const { file, ansi } = (raw ?? {}) as { file?: unknown; ansi?: unknown };
  return file === name || ansi === name;
}

/** Why a file of a recording cannot be read, or null. A link that leads out of the folder is not followed. */
function unreadable(folder: string, name: string): string | null {
  const file = join(folder, name);
  try {
    const inside = relative(realpathSync(folder), realpathSync(file));
    if (inside.startsWith('..')) return 'leads out of its folder';
    const { size } = lstatSync(realpathSync(file));
    if (!lstatSync(realpathSync(file)).isFile()) return 'is not a file';
    return size > maxBytes ? `is larger than ${maxBytes} bytes` : null;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
  }
}
