import { execFile } from 'node:child_process';
import { lstat, readdir } from 'node:fs/promises';
import type { Machine } from './doctor-check.ts';
import { findProgram } from './programs.ts';

const runLimitMs = 5000;

/** This machine. */
export function thisMachine(places: { readonly socketPath: string; readonly home: string }): Omit<Machine, 'owned'> {
  return {
    ...places,
    env: process.env,
    platform: process.platform,
    uid: process.getuid?.() ?? 0,
    nodeVersion: process.version,
    find: (program) => findProgram(program, process.env.PATH, process.cwd()),
    run: (program = '', ...args) => run(program, args),
    stat: async (path) => {
      const stat = await lstat(path).catch((fault: NodeJS.ErrnoException) => {
        if (fault.code === 'ENOENT' || fault.code === 'ENOTDIR') return null;
        throw fault;
      });
      if (stat === null) return null;
      const kind = stat.isFile()
        ? 'file'
        : stat.isDirectory()
          ? 'folder'
          : stat.isSocket()
            ? 'socket'
            : stat.isSymbolicLink()
              ? 'link'
              : 'other';
      return { kind, mode: stat.mode & 0o7777, uid: stat.uid };
    },
    list: (folder) => readdir(folder),
  };
}

function run(
  program: string,
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...args],
      { timeout: runLimitMs, killSignal: 'SIGKILL' },
      (fault, stdout, stderr) => {
        const code = fault === null ? 0 : typeof fault.code === 'number' ? fault.code : null;
        resolve({ code, stdout, stderr: stderr || (code === null ? (fault?.message ?? '') : '') });
      },
    );
    child.stdin?.end();
  });
}
