import { runScript } from './loopback.mjs';

await runScript('deliveries.ts');
