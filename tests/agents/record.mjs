import { runScript } from './loopback.mjs';

await runScript('record.ts');
