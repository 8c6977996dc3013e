#!/usr/bin/env node
// npm run soak [-- --minutes 10] [-- --workers 50] [-- --seed N] [-- --json]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    workers: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'boolean', default: false },
  },
});
const say = (line) => process.stderr.write(`${line}\n`);
const [minutes, workers, seed] = [flags.minutes, flags.workers, flags.seed].map(Number);
if (![minutes, workers, seed].every((value) => Number.isFinite(value) && value >= 0) || minutes * workers === 0) {
  say('soak: --minutes, --workers and --seed are numbers');
  process.exit(64);
}

// Node 20 does not run TypeScript: vite loads it
const { module } = await runnerImport(fileURLToPath(new URL('./soak.ts', import.meta.url)), { logLevel: 'error' });
const report = await module.soak({ minutes, workers, seed, say });
if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else console.log(module.told(report));
for (const failure of report.failures) say(failure);
const memory = module.memoryOf(report.growth);
say(report.ok ? `soak: nothing is lost or repeated, nothing is left over, memory ${memory}` : 'soak: failed');
process.exitCode = report.ok ? 0 : 1;
