import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../fixtures/private-tmux.ts';
import { agentsCache } from './agents-cache.ts';
import { type AgentName, programs } from './programs/index.ts';
import type { TestProgram } from './test-program.ts';

/** BRIDGE_TEST_AGENTS names the programs that tests drive, parted by commas, or `all`; together they are 2 GB to install. */
export function isWanted(name: AgentName, environment: NodeJS.ProcessEnv = process.env): boolean {
  const wanted = (environment.BRIDGE_TEST_AGENTS || 'codex,gemini,claude').split(',');
  return wanted.includes('all') || wanted.includes(name);
}

export interface Installed {
  readonly version: string;
  readonly binary: string;
  /** folders that must come first on its PATH */
  readonly path: readonly string[];
}

const installLimitMs = 15 * 60_000;

/**
 * The program at its pinned version, or at the one that BRIDGE_AGENTS_VERSION names (`latest` is looked up by scripts/check-agents);
 * installed from the npm registry first if it is not there.
 */
export async function installed(name: AgentName): Promise<Installed> {
  const { npm, version: tested, binary, needs = [] }: TestProgram = programs[name];
  const version = process.env.BRIDGE_AGENTS_VERSION || tested;
  const folder = join(agentsCache(), name);
  const modules = join(folder, 'node_modules');
  const bin = join(modules, '.bin');
  const program = {
    version,
    binary: join(binary.includes('/') ? modules : bin, binary),
    path: needs.length > 0 ? [bin] : [],
  };
  const isThere = () => versionIn(join(modules, npm)) === version && existsSync(program.binary);
  if (isThere()) return program;
  await underLock(`${folder}.lock`, async () => {
    if (isThere()) return;
    mkdirSync(folder, { recursive: true });
    // without what was listed there: a program that moved to another package gives its name in .bin free
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name: `agent-${name}`, private: true })}\n`);
    await npmInstall(folder, [`${npm}@${version}`, ...needs]);
  });
  return program;
}

function versionIn(packageFolder: string): string | null {
  const path = join(packageFolder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version : null;
}

function npmInstall(folder: string, specs: readonly string[]): Promise<void> {
  const spec = specs.join(' ');
  const startedAt = Date.now();
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  process.stderr.write(`installing ${spec} into ${folder}\n`);
  const progress = setInterval(() => process.stderr.write(`  ${spec}: ${seconds()}\n`), 15_000);
  return new Promise<void>((resolve, reject) => {
    const child = spawn('npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', ...specs], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: installLimitMs,
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`npm install ${spec} in ${folder}: ${code ?? signal} after ${seconds()}`));
    });
  }).finally(() => clearInterval(progress));
}

/** One installer at a time on this machine; a lock older than an install may take belongs to a dead one. */
async function underLock(path: string, work: () => Promise<void>): Promise<void> {
  mkdirSync(join(path, '..'), { recursive: true });
  await waitFor(
    `the lock ${path} is free`,
    () => {
      try {
        mkdirSync(path);
        return true;
      } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
        const ageMs = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
        if (ageMs > installLimitMs) rmSync(path, { recursive: true, force: true });
        return false;
      }
    },
    { limitMs: installLimitMs + 60_000, everyMs: 500 },
  );
  try {
    await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}
