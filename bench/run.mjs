#!/usr/bin/env node
// npm run bench [-- --short] [-- --panes 1,10,50,200] [-- --seconds 20] [-- --json]
//               [-- --agents codex,pi|all] [-- --samples 15] [-- --at-once 50] [-- --against DIR] [-- --deliveries]
// Side by side in one run, on one private tmux server each: how long from a request's END line being written by the
// program in a pane until it is known, what it costs while nothing moves, and how much memory is held.
//   bridge      the daemon: until the request is committed to its journal
//   spawn poll  what the predecessors do: `tmux capture-pane` as a process for every pane, every 200 ms, until the line is seen
// Then deliveries (bench/deliveries.ts): many scripted agents at once; with --agents, real ones too, one after another.
// --against DIR, a built checkout of another commit, is measured beside this one; --deliveries leaves the requests out.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';
import { commandOutput, cpuSecondsOf, freshTmux, memoryOf } from './ground.mjs';

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
  },
});
const paneCounts = (flags.panes ?? (flags.short ? '1,50' : '1,10,50,200')).split(',').map(Number);
const idleSeconds = Number(flags.seconds ?? (flags.short ? 5 : 20));
const samples = flags.short ? 30 : 100;
const contenders = { bridge: 'watcher-bridge.mjs', 'spawn poll': 'watcher-spawn.mjs' };

const say = (line) => process.stderr.write(`${line}\n`);
const results = [];
for (const panes of flags.deliveries ? [] : paneCounts) {
  for (const [name, program] of Object.entries(contenders)) {
    say(`${name}, ${panes} pane${panes === 1 ? '' : 's'} …`);
    results.push({ name, panes, ...(await measure(panes, program)) });
  }
}
const deliveries = await measureDeliveries();
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

async function measure(panes, program) {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-bench-'));
  const tmux = freshTmux(folder);
  let watcher = null;
  try {
    const writers = await openPanes(tmux, folder, panes);
    watcher = startWatcher(program, folder, tmux.socket);
    await watcher.ready;
    await pause(1500);
    const serverPid = Number((await tmux.run('display-message', '-p', '#{pid}')).trim());
    const idle = await idleCost([watcher.child.pid, serverPid], idleSeconds);
    const memoryBefore = memoryOf(watcher.child.pid);
    const latencies = await latenciesOf(watcher, writers);
    const memoryAfter = memoryOf(watcher.child.pid);
    return { latencies, idle, memoryBefore, memoryAfter };
  } finally {
    await watcher?.stop();
    await tmux.run('kill-server').catch(() => '');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each pane runs `cat` on a FIFO of its own: what is written there is drawn there, and nothing else ever is. */
async function openPanes(tmux, folder, panes) {
  const work = join(folder, 'work');
  mkdirSync(work);
  const writers = [];
  for (let index = 0; index < panes; index++) {
    const fifo = join(folder, `pane-${index}`);
    await commandOutput('mkfifo', [fifo]);
    const descriptor = openSync(fifo, 'r+');
    const place =
      index === 0
        ? ['new-session', '-d', '-s', 'bench', '-x', '120', '-y', '40']
        : ['new-window', '-d', '-t', '=bench:'];
    const pane = (await tmux.run(...place, '-c', work, '-P', '-F', '#{pane_id}', `exec cat ${fifo}`)).trim();
    await tmux.run('set-option', '-p', '-t', pane, '@label', `worker-${index}`);
    writers.push((text) => writeSync(descriptor, text));
  }
  return writers;
}

function startWatcher(program, folder, socket) {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [file, folder, socket], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const seen = new Map();
  const waiting = new Map();
  const ready = new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${program} left with ${code}`)));
    child.on('message', (message) => {
      if (message.ready) resolve();
      else {
        seen.set(message.mark, BigInt(message.at));
        waiting.get(message.mark)?.(BigInt(message.at));
      }
    });
  });
  return {
    child,
    ready,
    /** when this mark was first known; rejects after ten seconds */
    known: (mark) =>
      new Promise((resolve, reject) => {
        if (seen.has(mark)) return resolve(seen.get(mark));
        const timer = setTimeout(() => reject(new Error(`${program} never saw ${mark}`)), 10_000);
        waiting.set(mark, (at) => {
          clearTimeout(timer);
          resolve(at);
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once('exit', resolve);
        child.kill('SIGTERM');
      }),
  };
}

/** Percent of one core that the watcher (its reaped children included) and the tmux server use while nothing moves. */
async function idleCost(pids, seconds) {
  const before = pids.map(cpuSecondsOf);
  const startedAt = process.hrtime.bigint();
  await pause(seconds * 1000);
  const elapsed = Number(process.hrtime.bigint() - startedAt) / 1e9;
  const used = pids.map((pid, index) => cpuSecondsOf(pid) - before[index]).reduce((sum, one) => sum + one, 0);
  return (100 * used) / elapsed;
}

async function latenciesOf(watcher, writers) {
  const latencies = [];
  for (let sample = 0; sample < samples; sample++) {
    const mark = `mark-${sample}-${Math.random().toString(36).slice(2, 8)}`;
    const write = writers[Math.floor(Math.random() * writers.length)];
    write(`<<CONTROLLER_REQUEST>>\n${mark}\n`);
    await pause(20 + Math.random() * 230);
    const writtenAt = process.hrtime.bigint();
    write('<<CONTROLLER_REQUEST_END>>\n');
    const knownAt = await watcher.known(mark);
    latencies.push(Number(knownAt - writtenAt) / 1e6);
  }
  return latencies.sort((a, b) => a - b);
}

function report() {
  const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  const rows = results.map(({ name, panes, latencies, idle, memoryBefore, memoryAfter }) => ({
    watcher: name,
    panes,
    samples: latencies.length,
    p50Ms: Number(at(latencies, 0.5).toFixed(2)),
    p99Ms: Number(at(latencies, 0.99).toFixed(2)),
    maxMs: Number(latencies.at(-1).toFixed(2)),
    idlePercentOfCore: Number(idle.toFixed(2)),
    memoryMB: Number((memoryAfter / 1e6).toFixed(1)),
    memoryGrowthMB: Number(((memoryAfter - memoryBefore) / 1e6).toFixed(1)),
  }));
  if (flags.json) process.stdout.write(`${JSON.stringify({ requests: rows, ...deliveries })}\n`);
  else {
    if (rows.length > 0) console.table(rows);
    if (deliveries.toPanes.length > 0) console.table(deliveries.toPanes);
    if (deliveries.toAgents.length > 0) console.table(deliveries.toAgents);
    console.log(`load average before, between and after the deliveries: ${deliveries.load.join(' | ')}`);
    for (const panes of rows.length > 0 ? paneCounts : []) {
      const [ours, theirs] = ['bridge', 'spawn poll'].map((name) =>
        rows.find((row) => row.panes === panes && row.watcher === name),
      );
      console.log(
        `${panes} pane${panes === 1 ? '' : 's'}: request known ${(theirs.p50Ms / ours.p50Ms).toFixed(0)} times sooner at p50`,
      );
    }
    console.log(
      `node ${process.version}, ${readFileSync('/proc/cpuinfo', 'utf8').match(/^processor/gm).length} cores; idle over ${idleSeconds} s`,
    );
  }
}
