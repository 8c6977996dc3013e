import { dirname } from 'node:path';

/** The folder that holds prompts/, skills/ and scripts/: two up from here, in the source (bridge/launch) and when built (dist/cli). */
export const packageRoot = dirname(dirname(import.meta.dirname));
