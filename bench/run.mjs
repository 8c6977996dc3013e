#!/usr/bin/env node
// npm run bench [-- --short] [-- --panes 1,10,50,200] [-- --seconds 20] [-- --json]
//               [-- --agents codex,pi|all] [-- --samples 15] [-- --at-once 50] [-- --against DIR] [-- --deliveries]
// Side by side in one run, on one private tmux server each: how long from a request's END line being written by the
// program in a pane until it is known, what it costs while nothing moves, and how much memory is held.
//   bridge                the daemon: until the request is committed to its journal, and until its page lies in inbox/,
//                        as another process sees it
//   bridge, whole frames  the same, of a program that draws each frame as one synchronized update, as codex does
//   spawn poll            what the predecessors do: `tmux capture-pane` as a process for every pane, every 200 ms, until the line is seen
// And how long `bridge list` takes, a process each time, without a daemon.
// Then deliveries (bench/deliveries.ts): many scripted agents at once; with --agents, real ones too, one after another.
// --cli: how long commands take as processes, in turn with `node -e 0`; nothing else then.
// --mail: what agents write to each other, and what it takes to find it among a million messages; nothing else then. --beside COMMAND sends one in the place of `bridge tell`, measured in
// turn with it (TO, PANE, FROM and TEXT in its environment); --beside-post COMMAND likewise; --beside-setup COMMAND runs once.
// --against DIR, a built checkout of another commit, is measured beside this one; --deliveries leaves the requests out.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, watch, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';
import { commandOutput, cpuSecondsOf, freshTmux, memoryOf } from './processes.mjs';

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
    beside: { type: 'string' },
    'beside-post': { type: 'string' },
    'beside-setup': { type: 'string' },
  },
});
const paneCounts = (flags.panes ?? (flags.short ? '1,50' : '1,10,50,200')).split(',').map(Number);
const idleSeconds = Number(flags.seconds ?? (flags.short ? 5 : 20));
const samples = flags.short ? 30 : 100;
const asItComes = (text) => text;
const wholeFrame = (text) => `\x1b[?2026h${text}\x1b[?2026l`;
const contenders = {
  bridge: { program: 'watcher-bridge.mjs', drawn: asItComes, hasPages: true },
  'bridge, whole frames': { program: 'watcher-bridge.mjs', drawn: wholeFrame, hasPages: true },
  'spawn poll': { program: 'watcher-spawn.mjs', drawn: asItComes, hasPages: false },
};

if (flags.cli) {
  const { benchCommands } = await import('./cli.mjs');
  const rows = await benchCommands(flags.short ? 7 : 25);
  if (flags.json) process.stdout.write(`${JSON.stringify({ commands: rows })}\n`);
  else console.table(rows);
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
const results = [];
for (const panes of flags.deliveries ? [] : paneCounts) {
  for (const [name, contender] of Object.entries(contenders)) {
    say(`${name}, ${panes} pane${panes === 1 ? '' : 's'} …`);
    results.push({ name, panes, ...(await measure(panes, contender)) });
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

async function measure(panes, contender) {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-bench-'));
  const tmux = freshTmux(folder);
  let watcher = null;
  let pages = null;
  try {
    const writers = await openPanes(tmux, folder, panes);
    watcher = startWatcher(contender.program, folder, tmux.socket);
    await watcher.ready;
    if (contender.hasPages) pages = watchPages(join(folder, 'home', 'inbox'), watcher.tell);
    await pause(1500);
    const serverPid = Number((await tmux.run('display-message', '-p', '#{pid}')).trim());
    const idle = await idleCost([watcher.child.pid, serverPid], idleSeconds);
    const memoryBefore = memoryOf(watcher.child.pid);
    const latencies = await latenciesOf(watcher, writers, contender);
    const memoryAfter = memoryOf(watcher.child.pid);
    await watcher.stop();
    const lists = contender.hasPages ? await timesOfList(folder, tmux.socket) : [];
    return { ...latencies, lists, idle, memoryBefore, memoryAfter };
  } finally {
    pages?.close();
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
  /** what the watcher has told: a mark, or the page of one */
  const told = new Map();
  const waiting = new Map();
  const tell = (word, at) => {
    told.set(word, at);
    waiting.get(word)?.(at);
  };
  const ready = new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${program} left with ${code}`)));
    child.on('message', (message) => {
      if (message.ready) resolve();
      else tell(message.mark, BigInt(message.at));
    });
  });
  return {
    child,
    ready,
    tell,
    /** when this mark was first known, or `page of MARK` written; rejects after ten seconds */
    known: (word) =>
      new Promise((resolve, reject) => {
        if (told.has(word)) return resolve(told.get(word));
        const timer = setTimeout(() => reject(new Error(`${program} never told ${word}`)), 10_000);
        waiting.set(word, (at) => {
          clearTimeout(timer);
          resolve(at);
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', resolve);
        child.kill('SIGTERM');
      }),
  };
}

/** Tells `page of MARK` when a page of that mark lies in the folder. */
function watchPages(inbox, tell) {
  const seen = new Set();
  return watch(inbox, (_, name) => {
    if (!name?.endsWith('.request.md') || seen.has(name)) return;
    const at = process.hrtime.bigint();
    seen.add(name);
    tell(`page of ${readFileSync(join(inbox, name), 'utf8').match(/^mark-\S+$/m)[0]}`, at);
  });
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

async function latenciesOf(watcher, writers, { drawn, hasPages }) {
  const known = [];
  const pages = [];
  for (let sample = 0; sample < samples; sample++) {
    const mark = `mark-${sample}-${Math.random().toString(36).slice(2, 8)}`;
    const write = writers[Math.floor(Math.random() * writers.length)];
    write(drawn(`<<CONTROLLER_REQUEST>>\n${mark}\n`));
    await pause(20 + Math.random() * 230);
    const writtenAt = process.hrtime.bigint();
    const sinceWritten = async (word) => Number((await watcher.known(word)) - writtenAt) / 1e6;
    write(drawn('<<CONTROLLER_REQUEST_END>>\n'));
    known.push(await sinceWritten(mark));
    if (hasPages) pages.push(await sinceWritten(`page of ${mark}`));
  }
  return { known: sorted(known), pages: sorted(pages) };
}

/** Milliseconds of `bridge list` as a process, of nobody's panes, a few times. */
async function timesOfList(folder, socket) {
  const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
  const home = join(folder, 'list');
  const times = [];
  for (let run = 0; run < 5; run++) {
    const startedAt = process.hrtime.bigint();
    await commandOutput(process.execPath, [program, 'list', '--json', '--socket', socket, '--home', home]);
    times.push(Number(process.hrtime.bigint() - startedAt) / 1e6);
  }
  return sorted(times);
}

function sorted(numbers) {
  return [...numbers].sort((a, b) => a - b);
}

function report() {
  const at = (values, part) => {
    const value = values[Math.min(values.length - 1, Math.floor(values.length * part))];
    return value === undefined ? null : Number(value.toFixed(2));
  };
  const rows = results.map(({ name, panes, known, pages, lists, idle, memoryBefore, memoryAfter }) => ({
    watcher: name,
    panes,
    samples: known.length,
    p50Ms: at(known, 0.5),
    p99Ms: at(known, 0.99),
    maxMs: at(known, 1),
    pageP50Ms: at(pages, 0.5),
    pageP99Ms: at(pages, 0.99),
    listP50Ms: at(lists, 0.5),
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
