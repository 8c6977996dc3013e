#!/usr/bin/env node
// npm run faults [-- hostile|crashes|window|mail|hub|all] [-- --seed N] [-- --cases N] [-- --minutes N] [-- --case NAME] [-- --json]
// hostile: agent programs that do everything wrong, against the courier; crashes: kill -9 of the daemon and of tmux;
// window: dialogs that open in the moment of Enter, which measures what no condition can hold back.
// hostile --pairs wipes,busy: the first fault with each of the others, and nothing else.
// mail (or --mail): kill -9 of whoever writes, carries and reads what agents write to each other.
// hub (or --hub): kill -9 of the server while programs write to it and listen.
// crashes --keep FILE: goes on where the run that left FILE was stopped, and reports both as one.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

/** Each part is a module that exports a function of its name: `(options: TortureOptions) => Promise<Report>`. */
const parts = {
  hostile: './hostile.ts',
  crashes: './crashes.ts',
  window: './window.ts',
  mail: './mail.ts',
  hub: './hub.ts',
};

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    cases: { type: 'string' },
    minutes: { type: 'string' },
    case: { type: 'string' },
    keep: { type: 'string' },
    pairs: { type: 'string' },
    mail: { type: 'boolean', default: false },
    hub: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const say = (line) => process.stderr.write(`${line}\n`);
const [choice = flags.mail ? 'mail' : flags.hub ? 'hub' : 'all', ...rest] = positionals;
const names = choice === 'all' ? Object.keys(parts) : [choice];
if (rest.length > 0 || names.some((name) => !(name in parts))) {
  say(`faults: ${positionals.join(' ')}: it is one of ${Object.keys(parts).join(', ')}, all`);
  process.exit(64);
}
const numberOf = (flag) => {
  if (flags[flag] === undefined) return null;
  const value = Number(flags[flag]);
  if (Number.isFinite(value) && value >= 0) return value;
  say(`faults: --${flag} ${flags[flag]}: is not a number`);
  process.exit(64);
};
const options = {
  seed: numberOf('seed') ?? Date.now() % 1_000_000,
  cases: numberOf('cases'),
  minutes: numberOf('minutes'),
  only: flags.case ?? null,
  keep: flags.keep ?? null,
  pairs: flags.pairs ?? null,
  say,
};

const reports = [];
for (const name of names) {
  say(`${name}: seed ${options.seed}`);
  // Node 20 does not run TypeScript: vite loads it
  const path = fileURLToPath(new URL(parts[name], import.meta.url));
  const { module } = await runnerImport(path, { logLevel: 'error' });
  const report = await module[name](options);
  reports.push(report);
  if (!flags.json) process.stdout.write(`${report.text}\n`);
  if (!flags.json) for (const failure of report.failures) process.stdout.write(`${failure}\n`);
}
if (flags.json) process.stdout.write(`${JSON.stringify(reports)}\n`);
process.exitCode = reports.every((report) => report.ok) ? 0 : 1;
