// Node 20 does not run TypeScript: vite loads it.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

await runnerImport(fileURLToPath(new URL('./turn-ends.ts', import.meta.url)), { logLevel: 'error' });
