#!/usr/bin/env node
// node bench/mail-lookups.mjs [--messages 1000000] [--json]: how long it takes to find mail among that many messages.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const { values: flags } = parseArgs({
  options: { messages: { type: 'string', default: '1000000' }, json: { type: 'boolean', default: false } },
});
const file = fileURLToPath(new URL('mail-lookups.ts', import.meta.url));
const { module } = await runnerImport(file, { logLevel: 'error' });
const { lookups, ...facts } = module.benchMailLookups({ messages: Number(flags.messages) });
if (flags.json) process.stdout.write(`${JSON.stringify({ ...facts, lookups })}\n`);
else {
  process.stdout.write(
    `${facts.messages} messages, ${facts.megabytes} MB; ${facts.writtenPerSecond} written a second, opened in ${facts.openedMs} ms\n`,
  );
  console.table(lookups);
}
