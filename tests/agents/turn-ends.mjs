import { runScript } from './loopback.mjs';

await runScript('turn-ends.ts');
