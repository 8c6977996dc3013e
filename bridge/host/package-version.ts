import { readFileSync } from 'node:fs';

/** The version of this bridge, as package.json has it. */
export const packageVersion = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
