import { constants } from 'node:fs';
import { lstat, mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BridgeError } from '../core/failure.ts';

/**
 * Where controller programs run when not in a repository, and where they leave an answer: a folder of this user that no
 * worker's folder contains, and not the shared temporary folder, whose parents anybody may furnish with settings.
 */
export function defaultScratchRoot(environment: Readonly<Record<string, string | undefined>>): string {
  const runtime = environment.XDG_RUNTIME_DIR;
  return runtime ? join(runtime, 'bridge', 'asks') : join(environment.HOME ?? homedir(), '.cache', 'bridge', 'asks');
}

/** Roots in which this process has removed what died before it. */
const reaped = new Set<string>();

/** Gives `work` a folder of its own, 0700, which is gone afterwards whatever happens. */
export async function withScratch<Result>(root: string, work: (folder: string) => Promise<Result>): Promise<Result> {
  await ensurePrivate(root);
  if (!reaped.has(root)) {
    reaped.add(root);
    await reapScratch(root);
  }
  const folder = await mkdtemp(join(root, `ask-${process.pid}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * An empty folder with a name that stays the same, because some programs keep a record of every folder they ever ran in.
 * If something was left in it, `fallback` is used instead.
 */
export async function emptyFolder(root: string, fallback: string): Promise<string> {
  const stable = join(root, 'empty');
  await ensurePrivate(stable);
  if ((await readdir(stable)).length === 0) return stable;
  const fresh = join(fallback, 'empty');
  await mkdir(fresh, { mode: 0o700 });
  return fresh;
}

/** Removes what bridges that no longer run have left behind. */
export async function reapScratch(root: string): Promise<number> {
  const names = await readdir(root).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return [];
    throw fault;
  });
  const orphans = names.filter((name) => {
    const pid = /^ask-(\d+)-/.exec(name)?.[1];
    return pid !== undefined && !lives(Number(pid));
  });
  for (const name of orphans) await rm(join(root, name), { recursive: true, force: true });
  return orphans.length;
}

/** What a program wrote into the file it was told to write; nothing when it wrote none. A link there is not followed. */
export async function readWrittenAnswer(path: string, limit: number): Promise<Buffer | 'too-large' | 'not-a-file'> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (fault: NodeJS.ErrnoException) => {
      if (fault.code === 'ENOENT') return Buffer.alloc(0);
      if (fault.code === 'ELOOP' || fault.code === 'EMLINK' || fault.code === 'ENXIO') return 'not-a-file' as const;
      throw fault;
    },
  );
  if (file === 'not-a-file' || Buffer.isBuffer(file)) return file;
  try {
    const facts = await file.stat();
    if (!facts.isFile()) return 'not-a-file';
    return facts.size > limit ? 'too-large' : await file.readFile();
  } finally {
    await file.close();
  }
}

async function ensurePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.geteuid?.() || (found.mode & 0o022) !== 0) {
    throw new BridgeError({
      what: 'the folder for controller programs',
      target: folder,
      reason: 'is not a folder of this user alone',
      nextStep: `remove it, or make it yours with: chmod 700 ${folder}`,
    });
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
}
