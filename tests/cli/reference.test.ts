import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { allParts } from '../../bridge/cli/command-parts.ts';
import { wholeProgram } from '../../bridge/cli/program.ts';
import { cliReference, page } from '../../scripts/cli-reference.mjs';

test('docs/reference/cli.md is as `npm run docs` writes it', async () => {
  const root = resolve(import.meta.dirname, '../..');
  expect(readFileSync(join(root, page), 'utf8')).toBe(cliReference(allParts(await wholeProgram())));
});
