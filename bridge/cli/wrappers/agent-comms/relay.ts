import { renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readLetter } from '../../../app/letters.ts';
import { ExitCode, messageOf } from '../../../core/failure.ts';
import type { PaneFacts } from '../../../core/pane.ts';
import { systemSource } from '../../../host/process-source.ts';
import { paneOfSession, submit } from '../submit.ts';
import { lockIn } from './files.ts';
import type { TakenFlags } from './flags.ts';
import { sessions } from './here.ts';
import { note, said } from './lines.ts';
import { record } from './log.ts';
import type { Place } from './place.ts';
import { type Spooled, spooledIn } from './spool.ts';

/** Types what senders left that could not reach tmux, each once. */
export async function relay({ isQuiet }: TakenFlags, place: Place): Promise<number> {
  if ((await sessions(place)) === null) {
    note('tmux cannot be reached from here: nothing is relayed', place);
    return 1;
  }
  const found = await relayAll(place);
  if (isQuiet) return 0;
  if (found === null) return said('relay: another is at work', place);
  const { delivered, pending, expired } = found;
  return said(`relay: delivered=${delivered} pending=${pending} expired=${expired}`, place);
}

type End = 'delivered' | 'pending' | 'expired' | 'dropped';

/** @returns how it ended for how many; null where another relay is at work */
export async function relayAll(place: Place): Promise<Readonly<Record<End, number>> | null> {
  const { spool } = place.paths;
  const lock = await lockIn(spool, 'relay', { limitMs: 0 });
  if (lock === null) return null;
  try {
    const counts: Record<End, number> = { delivered: 0, pending: 0, expired: 0, dropped: 0 };
    for (const name of spooledIn(spool)) counts[await relayed(join(spool, name), place)] += 1;
    return counts;
  } finally {
    lock.release();
  }
}

/** What a record becomes that is put aside: nobody takes it up again. */
const aside = {
  /** while it is typed: where a relay ends in between, nobody can tell whether it was */
  taken: '.taken',
  refused: '.refused',
  unsubmitted: '.unsubmitted',
} as const;

async function relayed(file: string, place: Place): Promise<End> {
  let spooled: Spooled | null;
  try {
    spooled = await recordIn(file);
  } catch (fault) {
    return putAside(file, messageOf(fault), place);
  }
  // it is being written, or the original's way of writing shows half of it
  if (spooled === null) return 'pending';
  const { sender, target, text, kind } = spooled;
  const end = (is: End, status: string): End => {
    record(place, [sender, target, status, text]);
    return is;
  };
  if (kind !== 'send' && Date.now() - Date.parse(spooled.ts) > place.settings.relayMaxAgeMs) {
    unlinkSync(file);
    return end('expired', 'RELAY_EXPIRED');
  }
  const pane = await paneOfSession(spooled.session, place.run.tmux(place.socketPath));
  if (pane === null) return 'pending';
  // nobody is rung for what they wrote themselves
  if (isFrom(pane, spooled)) {
    unlinkSync(file);
    return end('dropped', 'RELAY_OWN_PANE');
  }
  const taken = `${file}${aside.taken}`;
  renameSync(file, taken);
  try {
    const { exitCode, message } = await submit(pane, { ...lineOf(spooled, place), waitMs: 0 }, place.run);
    if (exitCode === ExitCode.done) {
      unlinkSync(taken);
      return end('delivered', 'RELAY_DELIVERED');
    }
    if (exitCode === ExitCode.undecided) {
      renameSync(taken, `${file}${aside.unsubmitted}`);
      note(`${target} (${spooled.session}): ${message}; not repeated: ${file}${aside.unsubmitted}`, place);
      return end('dropped', 'RELAY_UNSUBMITTED');
    }
    renameSync(taken, file);
    return 'pending';
  } catch (fault) {
    renameSync(taken, file);
    return putAside(file, messageOf(fault), place);
  }
}

function putAside(file: string, reason: string, place: Place): End {
  renameSync(file, `${file}${aside.refused}`);
  note(`what was left in ${file} is refused: ${reason}`, place);
  return 'dropped';
}

/** The head is our own marker; where it has another, all of it is a text. */
function lineOf(
  { text, writer, writer_session: session = null }: Spooled,
  { settings: { marker }, socketPath }: Place,
) {
  const isMarked = text.startsWith(`${marker} `);
  return {
    head: isMarked ? marker : null,
    text: isMarked ? text.slice(marker.length + 1) : text,
    session,
    writer: { ...unseen, paneHint: hintedOn(socketPath, writer) },
  };
}

/** Whoever left a file is not seen: what it says of its processes proves nothing. */
const unseen = {
  caller: { is: 'apart', program: 'a sandbox', reason: 'it left a file', pidNamespace: null },
  above: [],
  tmuxSocket: null,
} as const;

/** The pane that it says it is in, of this server: another's is not asked because of what a file says. */
function hintedOn(socketPath: string, writer: Spooled['writer']): string | null {
  const { paneHint = null, tmuxSocket = null } = writer ?? {};
  return tmuxSocket === null || tmuxSocket === socketPath ? paneHint : null;
}

/** By what it says of itself: whoever lies there keeps no more than a line of its own from a pane. */
function isFrom(pane: PaneFacts, { writer }: Spooled): boolean {
  if (hintedOn(pane.socketPath, writer) === pane.paneId) return true;
  const root = (writer?.above ?? []).find(({ pid }) => pid === pane.panePid);
  return root !== undefined && systemSource().read(root.pid)?.startedAt === root.startedAt;
}

/** @returns null where it is not whole yet. @throws Error saying what is wrong with it */
async function recordIn(file: string): Promise<Spooled | null> {
  const text = await readLetter(file);
  if (text === null) return null;
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error('it is no record');
  const fields = value as Record<string, unknown>;
  for (const name of ['ts', 'sender', 'target', 'session', 'text'])
    if (typeof fields[name] !== 'string') throw new Error(`its ${name} is no text`);
  if (fields.writer !== undefined && !isWriter(fields.writer)) throw new Error('its writer is none');
  if (Number.isNaN(Date.parse(String(fields.ts)))) throw new Error('its ts is no time');
  return value as Spooled;
}

function isWriter(value: unknown): boolean {
  const { above, paneHint, tmuxSocket } = (value ?? {}) as Partial<Record<string, unknown>>;
  const isHint = (hint: unknown) => hint === null || (typeof hint === 'string' && hint.length <= 4096);
  const isProcess = (one: unknown) => typeof (one as { pid?: unknown } | null)?.pid === 'number';
  return Array.isArray(above) && above.length <= 64 && above.every(isProcess) && isHint(paneHint) && isHint(tmuxSocket);
}

/** A record that could not be typed is tried again after so long, or with the next one that is left. */
const againMs = 15_000;

/** Types what lies in the spool, again and again, for a bridge that runs. @returns one look, which costs next to nothing where none does */
export function relayer(placeWith: (closed: AbortSignal) => Place): (closed: AbortSignal) => Promise<void> {
  let tried: ReadonlySet<string> = new Set();
  let nextAt = 0;
  return async (closed) => {
    const place = placeWith(closed);
    const names = spooledIn(place.paths.spool);
    if (names.every((name) => tried.has(name)) && (names.length === 0 || Date.now() < nextAt)) return;
    tried = new Set(names);
    nextAt = Date.now() + againMs;
    await relayAll(place);
  };
}
