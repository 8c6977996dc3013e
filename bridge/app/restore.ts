import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { BridgeError, messageOf, usageError } from '../core/failure.ts';
import { type Finding, isNote } from '../core/finding.ts';
import { isOpen } from '../core/request.ts';
import { copiedFolders, stateFiles } from '../host/state-files.ts';
import { type BackupEntry, type BackupFacts, readBackup } from '../journal/backup-file.ts';
import { Journal } from '../journal/journal.ts';
import { auditHome, repairHome } from './audit.ts';
import { endWhatWaited, type WhatWaited } from './restored-journal.ts';

/** What a backup may put into a state directory. */
function isKnown(path: string): boolean {
  const [folder = '', ...below] = path.split('/');
  return below.length > 0 ? copiedFolders.includes(folder) : stateFiles.includes(path) || path === 'bridge.db';
}

/** Pages are judged only when they are older than this; of a restored journal nobody writes any more. */
const laterMs = 60_000;

export interface Restored extends WhatWaited {
  readonly home: string;
  readonly madeAt: number;
  readonly files: number;
  /** requests that are yours now */
  readonly open: number;
  /** answers that lay in outbox/, untaken: moved to archive/, since they would be typed */
  readonly answersPutAway: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Makes a state directory of a backup. It is made beside the place where it is to be and moved there when it is whole, and
 * nothing that waited when the backup was made is typed: what a bridge did since then is not in it.
 * @throws BridgeError where the backup is not whole, or the place is not empty; nothing is left then
 */
export async function restore(file: string, home: string, now: number): Promise<Restored> {
  refuseFilled(home);
  const { facts, entries } = readBackup(file);
  const foreign = entries.find(({ path }) => !isKnown(path));
  if (foreign) throw damaged(file, `it names ${JSON.stringify(foreign.path)}, which is no file of a state directory`);
  if (!entries.some(({ path }) => path === 'bridge.db')) throw damaged(file, 'it holds no journal');
  const draft = `${home}.restoring-${process.pid}`;
  try {
    mkdirSync(dirname(home), { recursive: true, mode: 0o700 });
    mkdirSync(draft, { mode: 0o700 });
    const answersPutAway = write(entries, draft);
    const made = await settled(draft, facts, now);
    if (existsSync(home)) rmdirSync(home);
    renameSync(draft, home);
    return { ...made, home, madeAt: facts.madeAt, files: entries.length, answersPutAway };
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    if (cause instanceof BridgeError) throw cause;
    const isFull = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new BridgeError({
      what: 'restore',
      target: home,
      reason: isFull ? 'the disk is full' : `cannot be written (${messageOf(cause)})`,
      nextStep: 'nothing was restored; name another state directory with --home',
      cause,
    });
  }
}

function refuseFilled(home: string): void {
  const facts = lstatSync(home, { throwIfNoEntry: false });
  if (facts === undefined) return;
  const next = 'name another state directory with --home, or move this one away: two are not merged';
  if (!facts.isDirectory()) throw usageError('restore', home, 'is not a folder', next);
  if (readdirSync(home).length > 0) throw usageError('restore', home, 'is not empty', next);
}

function write(entries: readonly BackupEntry[], draft: string): string[] {
  const answersPutAway: string[] = [];
  for (const folder of ['inbox', 'outbox', 'archive']) mkdirSync(join(draft, folder), { mode: 0o700 });
  for (const { path, content } of entries) {
    const isAnswer = path.startsWith('outbox/');
    const target = isAnswer ? path.replace('outbox/', 'archive/restored-outbox/') : path;
    if (isAnswer) answersPutAway.push(target);
    mkdirSync(dirname(join(draft, target)), { recursive: true, mode: 0o700 });
    writeFileSync(join(draft, target), content, { mode: 0o600, flag: 'wx' });
    chmodSync(join(draft, target), 0o600);
  }
  return answersPutAway;
}

/** Its journal opened, brought to this version, and what waited ended; then everything checked as `bridge verify` does. */
async function settled(
  draft: string,
  { madeAt }: BackupFacts,
  now: number,
): Promise<WhatWaited & { readonly open: number; readonly findings: readonly Finding[] }> {
  const path = join(draft, 'bridge.db');
  const before = auditHome(draft, now).findings.find(({ kind }) => kind === 'damaged');
  if (before) throw damaged(path, before.what);
  const { journal } = Journal.open(path, { now });
  let waited: WhatWaited;
  let open: number;
  try {
    waited = endWhatWaited(journal, madeAt, now);
    open = journal.requests({ open: true }).filter(isOpen).length;
  } finally {
    journal.close();
  }
  const { findings } = await repairHome(draft, now + laterMs);
  return { ...waited, open, findings: findings.filter((finding) => !isNote(finding)) };
}

function damaged(file: string, what: string): BridgeError {
  const nextStep = 'nothing was restored; try another copy';
  return new BridgeError({ what: 'restore', target: file, reason: `is damaged: ${what}`, nextStep });
}
