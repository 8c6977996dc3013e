import { runScript } from './loopback.mjs';

await runScript('native-inputs.ts');
