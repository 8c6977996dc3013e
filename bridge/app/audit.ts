import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureFolder, isHalfWritten, moveAside, removeIfThere, writeWhole } from '../controllers/mailbox-folders.ts';
import { renderRequest } from '../controllers/mailbox-page.ts';
import { usageError } from '../core/failure.ts';
import type { Finding, FindingKind } from '../core/finding.ts';
import { isMintedId } from '../core/ids.ts';
import { mailLogName } from '../core/mail-lines.ts';
import { isOpen, type Request } from '../core/request.ts';
import { systemClock } from '../host/clock.ts';
import { type Audit, auditJournal, nothingFound } from '../journal/audit.ts';
import { Journal } from '../journal/journal.ts';
import { mailFile } from './mail-views.ts';

/** A bridge that runs beside this writes its files a moment after the journal: what is younger is not judged. */
const graceMs = 10_000;

export interface Verification {
  readonly home: string;
  readonly counts: Audit['counts'];
  readonly findings: readonly Finding[];
}

/** One finding about a view, and the act that puts it right; the journal is never touched by one. */
interface ViewFinding {
  readonly finding: Finding;
  readonly repair: (() => Promise<void>) | null;
}

/**
 * Audits a home: the journal by itself, then the files against it. Reads only; a bridge may run beside it.
 * @throws BridgeError when there is no such home, or its journal cannot be read by this bridge
 */
export function auditHome(home: string, now: number): Verification {
  const { audit, views } = look(home, now);
  const findings = [...audit.findings, ...views.map(({ finding }) => finding)];
  return { home, counts: audit.counts, findings };
}

/** The same, and puts right what is only a view: pages of the mailbox, half-written files, permissions. */
export async function repairHome(home: string, now: number): Promise<Verification & { repaired: readonly Finding[] }> {
  const repaired: Finding[] = [];
  for (const { finding, repair } of look(home, now).views) {
    if (repair === null) continue;
    await repair();
    repaired.push(finding);
  }
  return { ...auditHome(home, now), repaired };
}

function look(home: string, now: number): { audit: Audit; views: ViewFinding[] } {
  if (!existsSync(home)) throw usageError('verify', home, 'no such state directory', 'name one with --home');
  if (!statSync(home).isDirectory()) throw usageError('verify', home, 'is not a folder', 'name a home with --home');
  const path = join(home, 'bridge.db');
  const audit = existsSync(path) ? auditJournal(path, join(home, 'archive')) : nothingFound;
  // pages are judged by a journal that could be read, not by one that seems empty
  const isReadable = !audit.findings.some(({ kind, target }) => kind === 'damaged' && target === path);
  const views = [
    ...permissions(home),
    ...leftovers(home, now),
    ...(isReadable ? [...pages(home, audit, now), ...mailFiles(home, audit, now)] : []),
  ];
  return { audit, views };
}

function permissions(home: string): ViewFinding[] {
  const own = ['bridge.db', 'bridge.db-wal', 'bridge.db-shm', 'bridge.db.lock', 'bridge.sock', mailLogName].map(
    (name) => join(home, name),
  );
  const folders = ['inbox', 'outbox', 'threads', 'archive'].map((name) => join(home, name));
  const pagesIn = folders
    .filter((folder) => !folder.endsWith('outbox'))
    .flatMap((folder) => entries(folder).map((name) => join(folder, name)));
  return [home, ...own, ...folders, ...pagesIn].flatMap((path) => {
    const facts = factsOf(path);
    if (facts === null || facts.isSymbolicLink() || (facts.mode & 0o077) === 0) return [];
    const what = `its mode is 0${(facts.mode & 0o777).toString(8)}`;
    const isOurs = facts.uid === process.geteuid?.();
    return one('open-to-others', path, what, isOurs ? async () => chmodSync(path, facts.mode & 0o700) : null);
  });
}

function leftovers(home: string, now: number): ViewFinding[] {
  const aside = entries(home).filter((name) => /^bridge\.db\.corrupt-[^-]*$/.test(name));
  const inbox = join(home, 'inbox');
  const halves = entries(inbox).filter((name) => isHalfWritten(name) && isOld(join(inbox, name), now));
  return [
    ...aside.flatMap((name) => one('set-aside', join(home, name), 'a journal that could not be read')),
    ...halves.flatMap((name) =>
      one('half-written', join(inbox, name), 'a page that was never finished', () => removeIfThere(join(inbox, name))),
    ),
  ];
}

/** The human's mailbox against the journal. */
function pages(home: string, audit: Audit, now: number): ViewFinding[] {
  const [inbox, outbox, archive] = ['inbox', 'outbox', 'archive'].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ];
  const standing = (id: string) => standingOf(id, audit, now);
  const putAway = (folder: string, name: string) => async () => {
    ensureFolder(archive);
    await moveAside(join(folder, name), archive, name);
  };
  const missing = [...audit.requests.values()].flatMap(({ request, updatedAt }) => {
    const { state } = request;
    const name = `${request.id}.request.md`;
    if (state.is !== 'asked' || state.of !== 'human' || now - updatedAt < graceMs) return [];
    if (!isMintedId(request.id) || existsSync(join(inbox, name))) return [];
    const write = async () => {
      ensureFolder(inbox);
      await writeWhole(inbox, name, renderRequest(request, state.why));
    };
    return one('page-missing', request.id, 'it waits for you, and has no page in inbox/', write);
  });
  const inboxFound = named(inbox, /^(.+)\.request\.md$/, now).flatMap(({ id, name }) => {
    const path = join(inbox, name);
    const is = standing(id);
    if (is === 'unknown') return one('page-unknown', path, 'no request has this id', putAway(inbox, name));
    return is === 'ended' ? one('page-left', path, 'its request has ended', putAway(inbox, name)) : [];
  });
  const outboxFound = named(outbox, /^(.+)\.response\.(?:md|txt)$/, now).flatMap(({ id, name }) => {
    const path = join(outbox, name);
    const is = standing(id);
    if (is === 'unknown') return one('answer-unknown', path, 'no request has this id');
    return is === 'ended' ? one('answer-left', path, 'its request has ended', putAway(outbox, name)) : [];
  });
  return [...missing, ...inboxFound, ...outboxFound];
}

/** The pages of threads, and the log of mail. */
function mailFiles(home: string, { mailFiles: expected }: Audit, now: number): ViewFinding[] {
  return [...expected].flatMap(([name, { lastAt, digest }]) => {
    const path = join(home, name);
    const facts = factsOf(path);
    const isSame = facts?.isFile() === true && digestOf(path) === digest;
    if (isSame || now - lastAt < graceMs || (facts !== null && !isOld(path, now))) return [];
    return one('mail-file', path, facts === null ? 'it is missing' : 'it is not as it was written', () =>
      writtenAnew(home, name),
    );
  });
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

async function writtenAnew(home: string, name: string): Promise<void> {
  const { journal } = Journal.open(join(home, 'bridge.db'), { now: systemClock.now() });
  try {
    await removeIfThere(join(home, name));
    await mailFile(home, journal, name)?.write();
  } finally {
    journal.close();
  }
}

/** What the journal says of an id; `young` where it was written to just now and its files may follow. */
function standingOf(id: string, audit: Audit, now: number): 'open' | 'ended' | 'unknown' | 'young' {
  const known: { request: Request; updatedAt: number } | undefined = audit.requests.get(id);
  if (known === undefined) return audit.archived.has(id) ? 'ended' : 'unknown';
  if (now - known.updatedAt < graceMs) return 'young';
  return isOpen(known.request) ? 'open' : 'ended';
}

/** Files of a folder that are named for a request, and have lain there for a while. */
function named(folder: string, pattern: RegExp, now: number): Array<{ readonly id: string; readonly name: string }> {
  return entries(folder).flatMap((name) => {
    const id = pattern.exec(name)?.[1];
    return id !== undefined && !name.startsWith('.') && isOld(join(folder, name), now) ? [{ id, name }] : [];
  });
}

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function isOld(path: string, now: number): boolean {
  const facts = factsOf(path);
  return facts !== null && now - facts.mtimeMs >= graceMs;
}

function factsOf(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

function one(kind: FindingKind, target: string, what: string, repair: ViewFinding['repair'] = null): ViewFinding[] {
  return [{ finding: { kind, target, what }, repair }];
}
