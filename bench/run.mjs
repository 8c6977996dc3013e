#!/usr/bin/env node
// npm run bench [-- --short] [-- --panes 1,10,50,200,1000] [-- --seconds 20] [-- --json]
//               [-- --agents codex,pi|all] [-- --samples 15] [-- --at-once 50] [-- --against DIR] [-- --deliveries]
// Side by side in one run, on one private tmux server each: how long from a request's END line being written by the
// program in a pane until it is known, what it costs while nothing moves, and how much memory is held.
//   bridge                the daemon: until the request is committed to its journal, and until its page lies in inbox/,
//                        as another process sees it
//   bridge, whole frames  the same, of a program that draws each frame as one synchronized update, as codex does
//   one look              the least that anybody can do: a control client hears the line and looks once; what remains of the above is ours
//   spawn poll            what the predecessors do: `tmux capture-pane` as a process for every pane, every 200 ms, until the line is seen;
//                        left out above 200 panes, where a round of it takes seconds
// And how long the daemon takes to start, and `bridge list`, a process each time, without a daemon.
// Then deliveries (bench/deliveries.ts): many scripted agents at once; with --agents, real ones too, one after another.
// --cli: how long commands take as processes, in turn with `node -e 0`; nothing else then.
// --mail: what agents write to each other, and what it takes to find it among a million messages; nothing else then. --beside COMMAND sends one in the place of `bridge tell`, measured in
// turn with it (TO, PANE, FROM and TEXT in its environment); --beside-post COMMAND likewise; --beside-setup COMMAND runs once.
// --hosts: a worker here beside one behind an sshd on loopback, and agent-send's recipe there; nothing else then.
// --hub: sends and pushes by the server's HTTP and WebSocket, and lookups among many messages; nothing else then. --url URL [--token TOKEN] measures another server that speaks as
// agent-chat's does in turn with it; --messages N stores so many before looking up.
// --against DIR, a built checkout of another commit, is measured beside this one; --deliveries leaves the requests out.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';
import { benchRequests } from './requests.mjs';

const { values: flags } = parseArgs({
  options: {
    panes: { type: 'string' },
    seconds: { type: 'string' },
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    agents: { type: 'string' },
    samples: { type: 'string' },
    'at-once': { type: 'string' },
    against: { type: 'string' },
    deliveries: { type: 'boolean', default: false },
    cli: { type: 'boolean', default: false },
    mail: { type: 'boolean', default: false },
    hosts: { type: 'boolean', default: false },
    hub: { type: 'boolean', default: false },
    url: { type: 'string' },
    token: { type: 'string' },
    messages: { type: 'string' },
    beside: { type: 'string' },
    'beside-post': { type: 'string' },
    'beside-setup': { type: 'string' },
  },
});
const paneCounts = (flags.panes ?? (flags.short ? '1,50' : '1,10,50,200')).split(',').map(Number);
const idleSeconds = Number(flags.seconds ?? (flags.short ? 5 : 20));
const samples = flags.short ? 30 : 100;

if (flags.cli) {
  const { benchCommands } = await import('./cli.mjs');
  const rows = await benchCommands(flags.short ? 7 : 25);
  if (flags.json) process.stdout.write(`${JSON.stringify({ commands: rows })}\n`);
  else console.table(rows);
  process.exit(0);
}
if (flags.hosts) {
  const file = fileURLToPath(new URL('hosts.ts', import.meta.url));
  const { module } = await runnerImport(file, { logLevel: 'error' });
  const { rows, load } = await module.benchHosts({ samples: flags.short ? 5 : 40 });
  if (flags.json) process.stdout.write(`${JSON.stringify({ hosts: rows, load })}\n`);
  else console.table(rows);
  if (!flags.json) console.log(`load average before, between and after: ${load.join(' | ')}`);
  process.exit(0);
}
if (flags.hub) {
  const file = fileURLToPath(new URL('hub.ts', import.meta.url));
  const { module } = await runnerImport(file, { logLevel: 'error' });
  const beside = flags.url === undefined ? null : { url: flags.url, token: flags.token ?? null };
  const messages = Number(flags.messages ?? (flags.short ? 20_000 : 1_000_000));
  const { load, ...tables } = await module.benchHub({ isShort: flags.short, beside, messages });
  if (flags.json) process.stdout.write(`${JSON.stringify({ ...tables, load })}\n`);
  else for (const rows of Object.values(tables)) console.table(rows);
  if (!flags.json) console.log(`load average before, between and after: ${load.join(' | ')}`);
  process.exit(0);
}
if (flags.mail) {
  const file = fileURLToPath(new URL('mail.ts', import.meta.url));
  const { module } = await runnerImport(file, { logLevel: 'error' });
  const beside = { setup: flags['beside-setup'], send: flags.beside, post: flags['beside-post'] };
  const { load, ...measured } = await module.benchMail({ isShort: flags.short, beside });
  const stored = await runnerImport(fileURLToPath(new URL('mail-lookups.ts', import.meta.url)), { logLevel: 'error' });
  const { lookups, ...facts } = stored.module.benchMailLookups({ messages: flags.short ? 20_000 : 1_000_000 });
  const tables = { ...measured, stored: [facts], lookups };
  if (flags.json) process.stdout.write(`${JSON.stringify({ ...tables, load })}\n`);
  else for (const rows of Object.values(tables)) console.table(rows);
  if (!flags.json) console.log(`load average before, between and after: ${load.join(' | ')}`);
  process.exit(0);
}
const say = (line) => process.stderr.write(`${line}\n`);
const loadNow = () => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
const loads = [loadNow()];
const { against } = flags;
const requests = flags.deliveries ? [] : await benchRequests({ paneCounts, idleSeconds, samples, against, say });
const { load, ...deliveries } = await measureDeliveries();
loads.push(...load);
report();

/** Node 20 does not run TypeScript: vite loads it. */
async function measureDeliveries() {
  const file = fileURLToPath(new URL('deliveries.ts', import.meta.url));
  const { module } = await runnerImport(file, { logLevel: 'error' });
  return module.benchDeliveries({
    panes: Number(flags['at-once'] ?? (flags.short ? 5 : 50)),
    rounds: flags.short ? 2 : 5,
    agents: flags.agents,
    samples: Number(flags.samples ?? 15),
    against: flags.against,
  });
}

function report() {
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ requests, ...deliveries, load: loads })}\n`);
    return;
  }
  for (const rows of [requests, deliveries.toPanes, deliveries.toAgents]) if (rows.length > 0) console.table(rows);
  for (const { panes, watcher, p50Ms } of requests) {
    const ours = requests.find((one) => one.panes === panes && one.watcher === 'bridge');
    if (watcher !== 'spawn poll') continue;
    const times = (p50Ms / ours.p50Ms).toFixed(0);
    console.log(`${panes} pane${panes === 1 ? '' : 's'}: request known ${times} times sooner at p50`);
  }
  if (requests.length > 0)
    console.log(`idle over ${idleSeconds} s: the watcher with its children, and the tmux server`);
  console.log(`load average before, between and after: ${loads.join(' | ')}`);
  const cores = readFileSync('/proc/cpuinfo', 'utf8').match(/^processor/gm).length;
  console.log(`node ${process.version}, ${cores} cores`);
}
