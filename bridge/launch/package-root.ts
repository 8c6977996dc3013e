import { fileURLToPath } from 'node:url';

/** The folder that holds prompts/, skills/ and scripts/: two up from here, in the source (bridge/launch) and when built (dist/launch). */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
