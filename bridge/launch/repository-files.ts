import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { usageError } from '../core/failure.ts';
import { type FilesReport, installBundledFiles } from './bundled-files.ts';
import { type LaunchEnvironment, setting } from './environment.ts';
import { packageRoot } from './package-root.ts';

export interface RepositoryFiles extends FilesReport {
  readonly notes: readonly string[];
}

/** Where each agent program looks for a repository's own skills. */
export const skillFolders = ['.codex/skills', '.claude/skills'] as const;

/** What a worker is taught: when and how to ask, and to write to other agents. */
export const workerSkills = ['worker', 'mail'] as const;

/** Puts a worker's skills there. What the repository has already stays as it is. */
export async function installWorkerFiles(repository: string): Promise<RepositoryFiles> {
  const reports: FilesReport[] = [];
  const notes: string[] = [];
  for (const name of workerSkills) {
    const from = join(packageRoot, 'skills', name);
    if (existsSync(from)) reports.push(...(await eachFolder(from, name, repository, false)));
    else notes.push(`no ${name} skill at ${from}`);
  }
  return { ...combine(reports), notes };
}

/** Whether an agent in that repository is taught when and how to ask. */
export function hasWorkerSkill(repository: string): boolean {
  return skillFolders.some((folder) => existsSync(join(repository, folder, 'worker', 'SKILL.md')));
}

/** The controller's prompt and every skill, from the flags, else MACS's environment names, else this package. */
export async function installControllerFiles(
  wish: {
    readonly repository: string;
    readonly prompt: string | null;
    readonly skills: string | null;
    readonly skipSkills: boolean;
    readonly force: boolean;
  },
  environment: LaunchEnvironment,
): Promise<RepositoryFiles & { readonly promptFile: string | null }> {
  const reports: FilesReport[] = [];
  const notes: string[] = [];
  const prompt = source(
    wish.prompt,
    '--prompt',
    'MACS_CONTROLLER_PROMPT',
    join('prompts', 'controller.md'),
    environment,
  );
  const promptFile = join(wish.repository, '.codex', 'prompts', 'controller.md');
  if (prompt === null) notes.push('no controller prompt to install');
  else reports.push(await installBundledFiles({ from: prompt, into: promptFile, force: wish.force }));
  if (!wish.skipSkills) {
    const skills = source(wish.skills, '--skills', 'MACS_SKILLS_DIR', 'skills', environment);
    if (skills === null) notes.push('no skills to install');
    else
      for (const name of await skillNames(skills)) {
        reports.push(...(await eachFolder(join(skills, name), name, wish.repository, wish.force)));
      }
  }
  const all = combine(reports);
  if (all.kept.length > 0) notes.push(`kept as they are, --force replaces them: ${all.kept.join(', ')}`);
  return { ...all, notes: [...notes, ...all.notes], promptFile: existsSync(promptFile) ? promptFile : null };
}

/** What was named must be there; what this package would bring may be missing. */
function source(
  flag: string | null,
  flagName: string,
  variable: string,
  own: string,
  environment: LaunchEnvironment,
): string | null {
  const named = flag ?? setting(environment.env, variable);
  if (named !== null) {
    const path = resolve(environment.cwd, named);
    if (!existsSync(path))
      throw usageError('start controller', flag === null ? variable : flagName, `${path} does not exist`);
    return path;
  }
  const path = join(packageRoot, own);
  return existsSync(path) ? path : null;
}

async function skillNames(folder: string): Promise<string[]> {
  if (!(await stat(folder)).isDirectory())
    throw usageError('start controller', '--skills', `${folder} is not a folder`);
  const names: string[] = [];
  for (const name of await readdir(folder)) {
    if (!name.startsWith('.') && (await stat(join(folder, name))).isDirectory()) names.push(name);
  }
  return names.sort();
}

async function eachFolder(from: string, name: string, repository: string, force: boolean): Promise<FilesReport[]> {
  const reports: FilesReport[] = [];
  for (const folder of skillFolders)
    reports.push(await installBundledFiles({ from, into: join(repository, folder, name), force }));
  return reports;
}

function combine(reports: readonly FilesReport[]): RepositoryFiles {
  const all = (key: keyof FilesReport) => reports.flatMap((report) => report[key]);
  return { created: all('created'), kept: all('kept'), replaced: all('replaced'), same: all('same'), notes: [] };
}
