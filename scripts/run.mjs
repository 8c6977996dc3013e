#!/usr/bin/env node
// node scripts/run.mjs NAME [WORDS]: what package.json's scripts do. Help comes before everything: it builds and runs nothing.
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { helpOf, tasks } from './tasks.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name, ...words] = process.argv.slice(2);
if (!Object.keys(tasks).includes(name)) {
  console.error(`bridge: unknown script '${name || ''}'; expected one of ${Object.keys(tasks).join(', ')}`);
  process.exit(64);
}
if (words.includes('--help') || words.includes('-h')) {
  process.stdout.write(helpOf(name));
} else {
  const { steps } = tasks[name];
  process.exitCode = 0;
  for (const [index, step] of steps.entries()) {
    process.exitCode = await ran(index === steps.length - 1 ? [...step, ...words] : step);
    if (process.exitCode !== 0) break;
  }
}

/** The exit code of one step. It ends by itself, also where the terminal's Ctrl-C reaches both: it may have to clean up. */
function ran([program, ...rest]) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH || ''].join(delimiter);
  const child = spawn(program === 'node' ? process.execPath : program, rest, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  const wait = () => {};
  const pass = (signal) => child.kill(signal);
  process.on('SIGINT', wait);
  process.on('SIGTERM', pass);
  return new Promise((resolve) => {
    child.on('error', (fault) => {
      console.error(
        fault.code === 'ENOENT'
          ? `bridge: ${program} is missing. Run: npm install`
          : `bridge: ${program}: ${fault.message}`,
      );
      resolve(1);
    });
    child.on('close', (code, signal) => resolve(code === null ? 128 + (signal === 'SIGINT' ? 2 : 15) : code));
  }).finally(() => {
    process.off('SIGINT', wait);
    process.off('SIGTERM', pass);
  });
}
