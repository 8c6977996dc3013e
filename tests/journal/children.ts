import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export interface Line {
  readonly opened?: boolean;
  readonly setAside?: string | null;
  readonly committed?: string;
  readonly refused?: string;
  readonly nextStep?: string;
}

/** Compiles child.ts once, so that a second process can run it on Node 20, which does not read TypeScript. */
export async function buildChild(): Promise<{ script: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-child-'));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: fileURLToPath(new URL('child.ts', import.meta.url)),
      outDir: folder,
      rollupOptions: {
        external: ['@photostructure/sqlite'],
        output: {
          entryFileNames: 'child.mjs',
          paths: { '@photostructure/sqlite': import.meta.resolve('@photostructure/sqlite') },
        },
      },
    },
  });
  return { script: join(folder, 'child.mjs'), remove: () => rmSync(folder, { recursive: true }) };
}

/** Starts `argv` and hands each of its lines to `seen`, which may kill it; resolves with all lines when it has ended. */
export function run(
  argv: readonly string[],
  options: {
    env?: Record<string, string>;
    started?: (pid: number) => void;
    seen?: (line: Line, kill: () => void) => void;
  } = {},
): Promise<Line[]> {
  const child = spawn(argv[0]!, argv.slice(1), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...options.env },
  });
  if (child.pid !== undefined) options.started?.(child.pid);
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    options.seen?.(line, () => child.kill('SIGKILL'));
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(lines));
  });
}
