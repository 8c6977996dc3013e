import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { helpOf } from '../../scripts/tasks.mjs';
import { AgentHarness, type Method, type Outcome } from './agent-harness.ts';
import { installed } from './installs.ts';
import { type AgentName, agentNames } from './programs/index.ts';
import { type AgentState, type StateName, states } from './states.ts';
import { type KindOfText, kindsOfText } from './texts.ts';

export interface Row {
  readonly agent: AgentName;
  readonly version: string;
  readonly method: Method;
  readonly state: StateName;
  readonly kind: string;
  readonly outcome: Outcome;
  readonly ms: number;
  readonly detail: string;
  readonly at: string;
}

/** Deliveries to one start of an agent: a long conversation slows some, and the start screen is seen again. */
const perStart = 63;

const flags = readFlags();
await main();

async function main(): Promise<void> {
  if (!flags.table && !flags.json) {
    for (const agent of flags.agents) await measure(agent);
  }
  const rows = resultsIn(flags.results).filter(({ agent }) => flags.agents.includes(agent));
  process.stdout.write(flags.json ? `${JSON.stringify(summed(rows), null, 2)}\n` : tableOf(rows));
}

async function measure(agent: AgentName): Promise<void> {
  const endAt = Date.now() + flags.minutes * 60_000;
  const { version } = await installed(agent);
  const { method, state } = flags;
  const { size, ready, holdsMs }: AgentState = states[state];
  const isAmong = (name: string, parts: readonly string[]) => parts.some((part) => name.includes(part));
  const kinds = kindsOfText.filter(({ name }) => isAmong(name, flags.only) && !isAmong(name, flags.but));
  const done = new Map<string, number>();
  for (const row of resultsIn(flags.results)) {
    if (row.agent === agent && row.version === version && row.method === method && row.state === state) {
      done.set(row.kind, (done.get(row.kind) ?? 0) + 1);
    }
  }
  const wanted = ({ isMore }: KindOfText) => (isMore === true ? Math.ceil(flags.each / 4) : flags.each);
  const isDone = (kind: KindOfText) => (done.get(kind.name) ?? 0) >= wanted(kind);
  if (kinds.every(isDone)) return;
  const harness = await AgentHarness.open(agent, size);
  // its tmux server and the agent in it would outlive a run that is ended
  const end = () => void harness.close().finally(() => process.exit(130));
  process.once('SIGINT', end).once('SIGTERM', end);
  let sinceStart = 0;
  try {
    for (let round = 0; round < flags.each; round++) {
      for (const kind of kinds) {
        if (isDone(kind) || (done.get(kind.name) ?? 0) > round) continue;
        if (Date.now() > endAt) return;
        if (!harness.isRunning || sinceStart >= perStart || state === 'start') {
          await harness.restart();
          sinceStart = 0;
        }
        await ready(harness);
        const { outcome, ms, detail } = await harness.deliver(kind, method, holdsMs);
        sinceStart++;
        done.set(kind.name, (done.get(kind.name) ?? 0) + 1);
        const at = new Date().toISOString();
        const row: Row = { agent, version, method, state, kind: kind.name, outcome, ms, detail, at };
        appendFileSync(flags.results, `${JSON.stringify(row)}\n`);
        const isWell =
          outcome === 'exact' ||
          outcome === 'declared' ||
          outcome === 'refused' ||
          (outcome === 'held' && holdsMs !== undefined);
        process.stderr.write(
          `${agent} ${method} ${state}: ${kind.name}: ${outcome} ${ms} ms ${isWell ? '' : detail}\n`,
        );
        if (!isWell) await harness.end();
      }
    }
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    await harness.close();
  }
}

function resultsIn(path: string): Row[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Row);
}

interface Sum {
  readonly agent: AgentName;
  readonly version: string;
  readonly method: Method;
  readonly state: StateName;
  readonly kind: string;
  n: number;
  readonly outcomes: Partial<Record<Outcome, number>>;
}

function summed(rows: readonly Row[]): Sum[] {
  const sums = new Map<string, Sum>();
  for (const { agent, version, method, state, kind, outcome } of rows) {
    const key = JSON.stringify([agent, version, method, state, kind]);
    const sum = sums.get(key) ?? { agent, version, method, state, kind, n: 0, outcomes: {} };
    sum.n++;
    sum.outcomes[outcome] = (sum.outcomes[outcome] ?? 0) + 1;
    sums.set(key, sum);
  }
  return [...sums.values()];
}

/** One table for each method and state: a row for each kind of text, a column for each agent. */
function tableOf(rows: readonly Row[]): string {
  const sums = summed(rows);
  const groups = [...new Set(sums.map(({ method, state }) => `${method}, ${state}`))];
  return groups
    .map((group) =>
      tableOfGroup(
        group,
        sums.filter((sum) => `${sum.method}, ${sum.state}` === group),
      ),
    )
    .join('\n');
}

function tableOfGroup(title: string, sums: readonly Sum[]): string {
  const agents = [...new Set(sums.map(({ agent, version }) => `${agent} ${version}`))];
  const kinds = [...new Set(sums.map(({ kind }) => kind))];
  const cell = (kind: string | null, agent: string) => {
    const mine = sums.filter((sum) => `${sum.agent} ${sum.version}` === agent && (kind === null || sum.kind === kind));
    const n = mine.reduce((all, sum) => all + sum.n, 0);
    const count = (outcome: Outcome) => mine.reduce((all, sum) => all + (sum.outcomes[outcome] ?? 0), 0);
    const well = count('exact') + count('declared');
    const others = (['refused', 'held', 'left', 'doubt', 'lost', 'doubled', 'altered', 'ran'] as const)
      .filter((outcome) => count(outcome) > 0)
      .map((outcome) => `${outcome} ${count(outcome)}`);
    return n === 0 ? '' : [`${well}/${n}${kind !== null && count('declared') > 0 ? '*' : ''}`, ...others].join(', ');
  };
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return `### ${title}\n\n${[
    line(['kind of text', ...agents]),
    line(['---', ...agents.map(() => '---')]),
    ...kinds.map((kind) => line([kind, ...agents.map((agent) => cell(kind, agent))])),
    line(['all', ...agents.map((agent) => cell(null, agent))]),
  ].join('\n')}\n`;
}

function readFlags() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      each: { type: 'string', default: '20' },
      method: { type: 'string', default: 'bridge' },
      state: { type: 'string', default: 'turn' },
      only: { type: 'string', multiple: true, default: [''] },
      but: { type: 'string', multiple: true, default: [] },
      minutes: { type: 'string', default: '1000' },
      results: { type: 'string', default: 'deliveries.jsonl' },
      table: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const agents = positionals.includes('all') ? [...agentNames] : positionals;
  const isAgent = (name: string): name is AgentName => (agentNames as readonly string[]).includes(name);
  const isMethod = (name: string): name is Method => ['bridge', 'paste 400', 'keys 400'].includes(name);
  const { method, state } = values;
  if (values.help || agents.length === 0 || !agents.every(isAgent) || !isMethod(method) || !(state in states)) {
    process.stderr.write(helpOf('deliveries'));
    process.exit(values.help ? 0 : 64);
  }
  return {
    ...values,
    agents,
    method,
    state: state as StateName,
    each: Number(values.each),
    minutes: Number(values.minutes),
  };
}
