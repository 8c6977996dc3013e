import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Bridge } from '../../bridge/app/bridge.ts';
import { loadConfig } from '../../bridge/config/config.ts';
import { addressKey } from '../../bridge/core/pane.ts';
import { monotonic } from '../fixtures/monotonic.mjs';
import { privateTmux } from '../fixtures/private-tmux.ts';
import { casesOf, pairsOf } from './hostile-cases.ts';
import { type Case, caseNamed, faultsNamed, nameOf, needsPerson } from './hostile-factors.ts';
import { HostilePane, openHostileServers } from './hostile-pane.ts';
import { play, type TappedBridge } from './hostile-play.ts';
import { type Outcome, storyOf, summary } from './hostile-summary.ts';
import { findings, never, type Played } from './hostile-verdict.ts';
import { type Tapped, tap } from './hostile-wire.ts';
import type { FaultOptions, Report } from './report.ts';

const defaultCases = 3_000;
const defaultMinutes = 20;

/** How many panes at once; in some of them a person sits, whose keys the bridge waits for. */
export interface Width {
  readonly panes: number;
  readonly persons: number;
}

/** Hostile agents in many panes at once, against the real courier in this process. */
export async function hostile(options: FaultOptions, width: Width = { panes: 28, persons: 12 }): Promise<Report> {
  const cases = casesFor(options);
  const endAt = monotonic() + (options.minutes ?? defaultMinutes) * 60_000;
  const needed = options.only === null ? width : { panes: 1, persons: 1 };
  const startedAt = monotonic();
  const played = await playAll(cases, needed, endAt, options.say);
  if (options.only !== null) for (const line of storyOf(played[0]!)) options.say(line);
  return summary(played, options, (monotonic() - startedAt) / 1000);
}

function casesFor({ only, pairs, seed, cases }: FaultOptions): Case[] {
  if (only !== null) return [caseNamed(only)];
  const count = cases ?? defaultCases;
  return pairs === null ? casesOf(seed, count) : pairsOf(seed, count, faultsNamed(pairs));
}

/** @param sabotage changes the wire, so that a run can be seen to find what it looks for */
export async function playAll(
  cases: readonly Case[],
  width: Width,
  endAt: number,
  say: (line: string) => void,
  sabotage: (bridge: Bridge) => void = () => {},
): Promise<Outcome[]> {
  const [tmux, other, personsTmux] = [privateTmux(), privateTmux(), privateTmux()];
  const runtimeBefore = process.env.XDG_RUNTIME_DIR;
  process.env.XDG_RUNTIME_DIR = tmux.folder;
  const panes: HostilePane[] = [];
  const warnings: string[] = [];
  const open: Bridge[] = [];
  try {
    const servers = await openHostileServers([tmux, other], personsTmux);
    for (let index = 0; index < width.panes; index++) {
      panes.push(new HostilePane(servers[index % servers.length]!, index, index < width.persons));
    }
    await Promise.all(panes.map((pane) => pane.open()));
    for (const name of ['home', 'other-home']) {
      const home = join(tmux.folder, name);
      mkdirSync(home, { mode: 0o700 });
      const config = loadConfig({ home, flags: { socket: tmux.socketPath, mode: 'manual' }, env: {} });
      const opened = await Bridge.open(config, { on: (event) => event.type === 'said' && warnings.push(event.text) });
      open.push(opened);
      // One client a session for the whole run, as a daemon has.
      await opened.servers.add(other.socketPath);
      opened.servers.watch(panes.map(({ rest }) => rest));
      // A tmux 3.3a server crashes where it has something to tell (another current window, a client that left) while a
      // control client has said what it is and not yet who it is (tmux's pull request 4980). So nothing moves before all are in.
      await Promise.all(panes.map((pane) => pane.attached(open.length)));
      sabotage(opened);
    }
    const [bridge, second] = open.map(tappedBridge);
    const outcomes = await workThrough((pane, one) => play(bridge!, second!, pane, one), panes, cases, endAt, say);
    for (const warning of new Set(warnings)) say(`the bridge: ${warning}`);
    return outcomes;
  } finally {
    for (const pane of panes) pane.close();
    for (const opened of open) await opened.close();
    await personsTmux.stop();
    await other.stop();
    await tmux.stop();
    if (runtimeBefore === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = runtimeBefore;
  }
}

function tappedBridge(bridge: Bridge): TappedBridge {
  const taps = new Map<string, Tapped>();
  tap(bridge, (pane) => taps.get(addressKey(pane)));
  return { bridge, taps };
}

async function workThrough(
  playOne: (pane: HostilePane, one: Case) => Promise<Played>,
  panes: readonly HostilePane[],
  cases: readonly Case[],
  endAt: number,
  say: (line: string) => void,
): Promise<Outcome[]> {
  const waiting = { person: cases.filter(needsPerson), plain: cases.filter((one) => !needsPerson(one)) };
  const outcomes: Outcome[] = [];
  const next = (pane: HostilePane) => (pane.hasPerson ? waiting.person.shift() : undefined) ?? waiting.plain.shift();
  const tellAt = progress(say, cases.length);
  await Promise.all(
    panes.map(async (pane) => {
      for (let one = next(pane); one !== undefined && monotonic() < endAt; one = next(pane)) {
        const startedAt = monotonic();
        const played = await playOne(pane, one).catch((fault: Error) => {
          say(`--case '${nameOf(one!)}' could not be played: ${fault.stack}`);
          throw fault;
        });
        const found = findings(played);
        for (const { is, what } of found.filter((each) => never.includes(each.is))) {
          say(`${is}: ${what}: --case '${nameOf(one)}'`);
        }
        outcomes.push({ case: one, played, found, tookMs: monotonic() - startedAt });
        tellAt(outcomes);
      }
    }),
  );
  return outcomes;
}

function progress(say: (line: string) => void, of: number): (outcomes: readonly Outcome[]) => void {
  let toldAt = monotonic();
  return (outcomes) => {
    if (monotonic() - toldAt < 10_000) return;
    toldAt = monotonic();
    const broken = outcomes.filter(({ found }) => found.some(({ is }) => never.includes(is)));
    say(`${outcomes.length} of ${of} cases, ${broken.length} of them wrong`);
  };
}
