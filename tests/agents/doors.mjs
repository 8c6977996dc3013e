import { runScript } from './loopback.mjs';

await runScript('doors.ts');
