import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Bridge } from '../../bridge/app/bridge.ts';
import { loadConfig } from '../../bridge/config/config.ts';
import type { Delivery } from '../../bridge/core/envelope.ts';
import type { Via } from '../../bridge/core/native-input.ts';
import { isReady } from '../../bridge/core/reading.ts';
import { prepare } from '../../bridge/delivery/text.ts';
import { addressOn } from '../fixtures/address.ts';
import { privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { makeHome } from '../live/bridge-process.ts';
import { modelServer } from './model-server.ts';
import { type RealAgent, startAgent } from './real-agents.ts';
import { asTaken } from './taken.ts';
import { kindsOfText } from './texts.ts';
import { argsWithNativeInput, type WithNativeInput, withNativeInput } from './with-native-input.ts';

/**
 * The native inputs beside the keyboard: every kind of text through both, one after the other, into one real agent. The model's log is
 * the witness of what arrived, and its clock of when the turn began.
 *
 *   node tests/agents/native-inputs.mjs codex opencode qwen [--rounds 1] [--results FILE] [--table]
 */
interface Row {
  readonly agent: WithNativeInput;
  readonly via: Via;
  readonly kind: string;
  /**
   * what the delivery ended as; or, where the model was told once: `exact` byte for byte, `declared` with what the agent program
   * says that is put before it or that the agent itself changes
   */
  readonly outcome: string;
  /** from the answer to the model's first call of the turn; null where there was none */
  readonly turnMs: number | null;
  /** from the answer to the receipt */
  readonly receiptMs: number;
  readonly detail: string;
}

const lateLimitMs = 30_000;
const readyLimitMs = 60_000;
/** What comes late, or twice, comes within this time: codex looks at its queue every ten seconds. */
const afterwardsMs = 1_500;

async function measure(agent: WithNativeInput, rounds: number, write: (row: Row) => void): Promise<void> {
  // the two ways in turn, but not the same text twice in a row: an echo that has scrolled out of sight could not be told
  // from the one before
  const apart = Math.floor(kindsOfText.length / 2);
  const round = kindsOfText.flatMap((kind, index) => [
    { via: 'keyboard' as const, ...kind },
    { via: 'native' as const, ...kindsOfText[(index + apart) % kindsOfText.length]! },
  ]);
  let harness: NativeHarness | null = null;
  for (const { via, name, text } of Array.from({ length: rounds }, () => round).flat()) {
    harness ??= await openHarness(agent);
    const row = await deliver(harness, agent, via, name, text({ workingFolder: harness.real.workingFolder }));
    write(row);
    // what was left in a composer must not fail the next
    if (isWell(row) || row.outcome === 'altered') continue;
    await harness.close();
    harness = null;
  }
  await harness?.close();
}

interface NativeHarness {
  readonly bridge: Bridge;
  readonly real: RealAgent;
  close(): Promise<void>;
}

async function openHarness(agent: WithNativeInput): Promise<NativeHarness> {
  const server = await modelServer();
  const tmux = privateTmux();
  const home = makeHome(tmux);
  const bridge = await Bridge.open(loadConfig({ home, flags: { socket: tmux.socketPath }, env: {} }), { on: () => {} });
  const close = async () => {
    await bridge.close();
    await tmux.stop();
    await server.close();
  };
  try {
    const real = await startAgent(agent, { tmux, server, name: agent, args: argsWithNativeInput(agent, tmux.folder) });
    bridge.servers.notifyFor(await addressOn(bridge.main, real.paneId));
    await real.type('Say hello.');
    await real.waitUntilIdle();
    return { bridge, real, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

async function deliver(
  { bridge, real }: NativeHarness,
  agent: WithNativeInput,
  via: Via,
  kind: string,
  body: string,
): Promise<Row> {
  const address = await addressOn(bridge.main, real.paneId);
  const isPaneReady = async () => {
    const snapshot = await bridge.panes.capture(address);
    return snapshot !== null && isReady(bridge.panes.readAs(snapshot, agent));
  };
  await waitFor('the pane is ready', isPaneReady, {
    limitMs: readyLimitMs,
    everyMs: 100,
    describe: () => real.screen(),
  });
  // an answer comes at any time: codex must not look at its queue in step with this loop
  await delay(Math.random() * 3_000);
  await waitFor('the pane is still ready', isPaneReady, { limitMs: readyLimitMs });
  const seen = { calls: real.calls().length, messages: real.messages().length };
  const startedAt = Date.now();
  const order = { pane: address, text: body, from: 'test', agent, force: false, allowShell: false, waitMs: 10_000 };
  const delivery = await bridge.texts.send({ ...order, via }, new AbortController().signal);
  const receiptMs = Date.now() - startedAt;
  if (delivery.state.is === 'acknowledged') {
    const isAsked = () => real.calls().length > seen.calls;
    await waitFor('the model is asked', isAsked, { limitMs: lateLimitMs }).catch(() => {});
  }
  await delay(afterwardsMs);
  const began = real.calls()[seen.calls];
  const told = real.messages().slice(seen.messages);
  const composer = bridge.panes.composerFacts(agent, delivery.recipient);
  const prepared = prepare(body, via === 'native' ? { ...composer, ...composer.nativeInput } : composer);
  const declared = prepared.is === 'text' ? asTaken(prepared.text, composer) : [];
  const outcome = outcomeOf(delivery, { body, declared }, told);
  const detail = JSON.stringify({ state: delivery.state, told: told.map((one) => one.slice(-80)) });
  const turnMs = began === undefined ? null : began.at - startedAt;
  return { agent, via, kind, outcome, turnMs, receiptMs, detail: outcome === 'exact' ? '' : detail };
}

function outcomeOf(
  { state }: Delivery,
  { body, declared }: { readonly body: string; readonly declared: readonly string[] },
  told: readonly string[],
): string {
  if (state.is !== 'acknowledged') return told.length === 0 ? state.is : `${state.is}, and told`;
  if (told.length === 0) return 'lost';
  if (told.length > 1) return 'doubled';
  if (told[0] === body) return 'exact';
  return declared.includes(told[0]!) ? 'declared' : 'altered';
}

function isWell({ outcome }: Row): boolean {
  return outcome === 'exact' || outcome === 'declared';
}

function tableOf(rows: readonly Row[]): string {
  const head =
    '| agent | way | n | exact | otherwise | turn began, ms: median (least to most) | receipt, ms: median |\n|---|---|---|---|---|---|---|';
  const lines = withNativeInput.flatMap((agent) =>
    (['keyboard', 'native'] as const).map((via) => {
      const mine = rows.filter((row) => row.agent === agent && row.via === via);
      const others = new Map<string, number>();
      for (const { outcome } of mine) if (outcome !== 'exact') others.set(outcome, (others.get(outcome) ?? 0) + 1);
      const exact = mine.filter((row) => row.outcome === 'exact');
      const turns = mine.filter(isWell).flatMap(({ turnMs }) => turnMs ?? []);
      turns.sort((a, b) => a - b);
      const receipts = mine.filter(isWell).map(({ receiptMs }) => receiptMs);
      receipts.sort((a, b) => a - b);
      const middle = (values: readonly number[]) => values[Math.floor(values.length / 2)] ?? '–';
      const otherwise = [...others].map(([outcome, count]) => `${count} ${outcome}`).join(', ') || '–';
      const range = turns.length === 0 ? '–' : `${middle(turns)} (${turns[0]} to ${turns.at(-1)})`;
      return `| ${agent} | ${via} | ${mine.length} | ${exact.length} | ${otherwise} | ${range} | ${middle(receipts)} |`;
    }),
  );
  return [head, ...lines, ''].join('\n');
}

function rowsIn(path: string): Row[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Row);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '1' },
    results: { type: 'string', default: 'native-inputs.jsonl' },
    table: { type: 'boolean', default: false },
  },
});
if (!values.table) {
  for (const agent of withNativeInput.filter((name) => positionals.includes(name))) {
    await measure(agent, Number(values.rounds), (row) => {
      appendFileSync(values.results, `${JSON.stringify(row)}\n`);
      process.stderr.write(`${row.agent} ${row.via} ${row.kind}: ${row.outcome} ${row.turnMs} ${row.receiptMs}\n`);
    });
  }
}
process.stdout.write(tableOf(rowsIn(values.results)));
