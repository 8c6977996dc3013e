// npm run pictures -- dashboard: the pictures of docs/guide/dashboard.md. Node 20 does not run TypeScript: vite loads it.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

await runnerImport(fileURLToPath(new URL('pictures.ts', import.meta.url)), { logLevel: 'error' });
