import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { quoteCommand } from '../core/command-line.ts';
import { packageRoot } from './package-root.ts';

/** How this bridge came here, and so how a newer one does and how it goes. */
export interface Installation {
  readonly is: 'clone' | 'global' | 'npx' | 'dependency' | 'elsewhere';
  readonly folder: string;
  /** command lines, in order */
  readonly update: readonly string[];
  readonly remove: readonly string[];
}

export const packageName = 'macs-bridge';

/** It is in no registry: a newer one is a tarball, which `npm pack` in a clone makes. */
const newer = `./${packageName}-NEWER.tgz`;

/** @param root where the package lies; @param globalRoot where npm keeps global packages: beside the Node that runs */
export function installationOf(
  root: string = packageRoot,
  globalRoot: string = join(process.execPath, '..', '..', 'lib', 'node_modules'),
): Installation {
  const folder = realpathSync(root);
  const isIn = (parent: string) => existsSync(parent) && folder.startsWith(realpathSync(parent) + sep);
  if (existsSync(join(folder, '.git'))) {
    return {
      is: 'clone',
      folder,
      update: [line('cd', folder), 'git pull', 'npm install'],
      // the clone itself may hold somebody's work
      remove: [`npm unlink -g ${packageName}`],
    };
  }
  const [, cached] = new RegExp(`^(.*\\${sep}_npx\\${sep}[^\\${sep}]+)\\${sep}`).exec(folder) ?? [];
  if (cached !== undefined) {
    return { is: 'npx', folder, update: [`npx --package ${newer} bridge version`], remove: [line('rm', '-r', cached)] };
  }
  if (isIn(globalRoot)) {
    return {
      is: 'global',
      folder,
      update: [`npm install -g ${newer}`],
      remove: [`npm uninstall -g ${packageName}`],
    };
  }
  const [, project] = new RegExp(`^(.*)\\${sep}node_modules\\${sep}`).exec(folder) ?? [];
  if (project !== undefined && isPrefix(project, folder)) {
    const prefix = dirname(project);
    return {
      is: 'global',
      folder,
      update: [line('npm', 'install', '-g', '--prefix', prefix, newer)],
      remove: [line('npm', 'uninstall', '-g', '--prefix', prefix, packageName)],
    };
  }
  if (project !== undefined) {
    return {
      is: 'dependency',
      folder,
      update: [line('cd', project), `npm install ${newer}`],
      remove: [line('cd', project), `npm uninstall ${packageName}`],
    };
  }
  return { is: 'elsewhere', folder, update: [], remove: [] };
}

/**
 * Global packages of another prefix than that of the Node that runs. As a project's they would be in danger: `npm install` in
 * a folder without a package.json removes all the others there.
 */
function isPrefix(folder: string, installed: string): boolean {
  if (basename(folder) !== 'lib' || existsSync(join(folder, 'package.json'))) return false;
  return installed === join(folder, 'node_modules', packageName);
}

function line(...words: string[]): string {
  return quoteCommand(words);
}
