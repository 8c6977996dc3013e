// Requests, from the write of their END line until they are known, and what it costs to watch panes in which nothing moves.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, watch, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { commandOutput, cpuSecondsOf, freshTmux, memoryOf } from './processes.mjs';

const asItComes = (text) => text;
const wholeFrame = (text) => `\x1b[?2026h${text}\x1b[?2026l`;
const here = fileURLToPath(new URL('..', import.meta.url));

/** A process for each pane, every 200 ms, keeps up with no more panes than this: one round of a thousand takes seconds. */
const mostSpawned = 200;
/** So many panes are opened by one process: its arguments may be 16 KB. */
const panesAtOnce = 40;

/**
 * Each contender on a private tmux server of its own.
 * @param order.against a built checkout of another commit, whose daemon is measured beside this one's
 */
export async function benchRequests({ paneCounts, idleSeconds, samples, against, say }) {
  const daemon = (of, drawn) => ({ of, program: 'watcher-bridge.mjs', drawn, hasPages: true });
  const contenders = {
    bridge: daemon(here, asItComes),
    ...(against !== undefined && { [`bridge of ${against}`]: daemon(resolve(against), asItComes) }),
    'bridge, whole frames': daemon(here, wholeFrame),
    'one look': { of: here, program: 'watcher-look.mjs', drawn: asItComes, hasPages: false },
    'spawn poll': { of: here, program: 'watcher-spawn.mjs', drawn: asItComes, hasPages: false },
  };
  const results = [];
  for (const panes of paneCounts) {
    for (const [name, contender] of Object.entries(contenders)) {
      if (name === 'spawn poll' && panes > mostSpawned) {
        say(`${name} is left out: a round of ${panes} panes takes it longer than a person waits`);
        continue;
      }
      say(`${name}, ${panes} pane${panes === 1 ? '' : 's'} …`);
      results.push({ name, panes, ...(await measure({ panes, idleSeconds, samples }, contender)) });
    }
  }
  return results.map(row);
}

async function measure({ panes, idleSeconds, samples }, contender) {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-bench-'));
  const tmux = freshTmux(folder);
  let watcher = null;
  let pages = null;
  try {
    const writers = await openPanes(tmux, folder, panes);
    const startedAt = process.hrtime.bigint();
    watcher = startWatcher(join(contender.of, 'bench', contender.program), folder, tmux.socket);
    await watcher.ready;
    const startMs = Number(process.hrtime.bigint() - startedAt) / 1e6;
    if (contender.hasPages) pages = watchPages(join(folder, 'home', 'inbox'), watcher.tell);
    await pause(1500);
    const serverPid = Number((await tmux.run('display-message', '-p', '#{pid}')).trim());
    const pids = [watcher.child.pid, serverPid];
    const [idle, idleOfServer] = (await costOf(pids, () => pause(idleSeconds * 1000))).percent;
    const memoryBefore = memoryOf(watcher.child.pid);
    let latencies;
    const busy = await costOf(pids, async () => {
      latencies = await latenciesOf(watcher, writers, samples, contender);
    });
    const memoryAfter = memoryOf(watcher.child.pid);
    await watcher.stop();
    const lists = contender.hasPages ? await timesOfList(contender.of, folder, tmux.socket) : [];
    const cpuMsEach = (busy.ms[0] + busy.ms[1]) / samples;
    return { ...latencies, startMs, lists, idle, idleOfServer, cpuMsEach, memoryBefore, memoryAfter };
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
  const fifos = Array.from({ length: panes }, (_, index) => join(folder, `pane-${index}`));
  await commandOutput('mkfifo', fifos);
  const descriptors = fifos.map((fifo) => openSync(fifo, 'r+'));
  const commands = fifos.map((fifo, index) => {
    const place =
      index === 0
        ? ['new-session', '-d', '-s', 'bench', '-x', '120', '-y', '40']
        : ['new-window', '-d', '-t', `=bench:${index}`];
    const label = ['set-option', '-p', '-t', `=bench:${index}`, '@label', `worker-${index}`];
    return [...place, '-c', work, `exec cat ${fifo}`, ';', ...label];
  });
  for (let at = 0; at < panes; at += panesAtOnce) {
    await tmux.run(
      ...commands.slice(at, at + panesAtOnce).flatMap((command, index) => [...(index > 0 ? [';'] : []), ...command]),
    );
  }
  return descriptors.map((descriptor) => (text) => writeSync(descriptor, text));
}

function startWatcher(program, folder, socket) {
  const child = spawn(process.execPath, [program, folder, socket], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
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

/** Processor time of processes and their reaped children while `work` lasts: percent of a core, and ms. */
async function costOf(pids, work) {
  const before = pids.map(cpuSecondsOf);
  const startedAt = process.hrtime.bigint();
  await work();
  const elapsed = Number(process.hrtime.bigint() - startedAt) / 1e9;
  const used = pids.map((pid, index) => cpuSecondsOf(pid) - before[index]);
  return { percent: used.map((seconds) => (100 * seconds) / elapsed), ms: used.map((seconds) => 1000 * seconds) };
}

async function latenciesOf(watcher, writers, samples, { drawn, hasPages }) {
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
async function timesOfList(of, folder, socket) {
  const program = join(of, 'dist/cli/main.js');
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

function row({ name, panes, known, pages, ...measured }) {
  const { startMs, lists, idle, idleOfServer, cpuMsEach, memoryBefore, memoryAfter } = measured;
  const at = (values, part) => values[Math.min(values.length - 1, Math.floor(values.length * part))];
  const rounded = (value, digits = 2) => (value === undefined ? null : Number(value.toFixed(digits)));
  return {
    watcher: name,
    panes,
    startMs: rounded(startMs, 0),
    samples: known.length,
    p50Ms: rounded(at(known, 0.5)),
    p99Ms: rounded(at(known, 0.99)),
    maxMs: rounded(at(known, 1)),
    pageP50Ms: rounded(at(pages, 0.5)),
    pageP99Ms: rounded(at(pages, 0.99)),
    cpuMsEach: rounded(cpuMsEach, 1),
    listP50Ms: rounded(at(lists, 0.5)),
    idlePercentOfCore: rounded(idle + idleOfServer),
    idlePercentOfTmux: rounded(idleOfServer),
    memoryMB: rounded(memoryAfter / 1e6, 1),
    memoryGrowthMB: rounded((memoryAfter - memoryBefore) / 1e6, 1),
  };
}
