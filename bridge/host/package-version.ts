import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where package.json lies, as installed or as a checkout. */
export const packageFolder = join(import.meta.dirname, '../..');

export const packageVersion = (
  JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string }
).version;
