import { setTimeout as pause } from 'node:timers/promises';
import type { Bridge } from '../../bridge/app/bridge.ts';
import { monotonic, until } from '../fixtures/monotonic.mjs';
import type { Case } from './hostile-factors.ts';
import type { HostilePane } from './hostile-pane.ts';
import { agentMoments, type Plan, planOf, shortestWaitMs, type TimedFault } from './hostile-plan.ts';
import { type Played, personsMark, type Sent } from './hostile-verdict.ts';
import type { Step, Tapped } from './hostile-wire.ts';

/** No case takes longer: the longest there is shows for 5 s, presses three Enters for 10 s, and is slow besides. */
const caseLimitMs = 60_000;
/** After this a held delivery that may wait finds the dialog denied and copy mode left. */
const reliefMs = 700;
const drawnLimitMs = 600;
/** So much beforehand an agent is told of the instant at which it is to do something. */
const raceLeadMs = 10;

/** A bridge, and what listens on its wires to tmux, by pane. */
export interface TappedBridge {
  readonly bridge: Bridge;
  readonly taps: Map<string, Tapped>;
}

/**
 * Plays one case in a pane: sends the text with the real courier while everything that the plan says goes wrong.
 * @param other a second bridge, which sends a text of its own where the plan says so
 */
export async function play(tapped: TappedBridge, other: TappedBridge, pane: HostilePane, one: Case): Promise<Played> {
  const plan = planOf(one);
  const steps: Step[] = [];
  let dialogHeardAt: number | null = null;
  await pane.ready(one.style, plan.habits);
  const others = () => sendBeside(other, pane, one, plan);
  const injector = new FaultInjector({ pane, plan, settled: one.drawn === 'settled', others });
  pane.onCall = async ({ moment, number }) => {
    await injector.strike(moment);
    await pane.tell({ go: number });
  };
  tapped.taps.set(pane.key, {
    words: plan,
    rang: (bytes) => {
      if (dialogHeardAt === null && bytes.includes(plan.dialogWord)) dialogHeardAt = monotonic();
    },
    before: (kind) => injector.strikeOnce(kind === 'paste' ? 'before-paste' : 'before-enter'),
    after: async (step) => {
      steps.push(step);
      if (step.said !== 'done') return;
      if (step.kind === 'paste') injector.later('random', plan.randomMs);
      else await injector.strikeOnce('after-enter');
    },
  });
  await injector.strike('before-look');
  if (plan.waitMs > 0) injector.keep(pause(reliefMs).then(() => relieve(pane)));
  const state = await send(tapped.bridge, pane, one, plan);
  const endedAt = monotonic();
  await injector.over();
  const beside = await pane.beside();
  const alive = await pane.tell({ drain: true });
  tapped.taps.delete(pane.key);
  return {
    ...plan,
    other: (await injector.other) ?? null,
    state,
    endedAt,
    steps,
    dialogHeardAt,
    facts: pane.facts(),
    beside,
    agentCommand: one.style === 'codex' ? 'codex' : 'hostile',
    executed: alive ? '' : pane.executed(),
    shellScreen: alive ? '' : await pane.screen(),
  };
}

/** Another bridge sends, as a hand does; its own steps are told of, and nothing is struck at them. */
async function sendBeside({ bridge, taps }: TappedBridge, pane: HostilePane, one: Case, plan: Plan): Promise<Sent> {
  const { text, token } = plan.others;
  const steps: Step[] = [];
  taps.set(pane.key, {
    words: plan,
    rang: () => {},
    before: async () => {},
    after: async (step) => {
      steps.push(step);
    },
  });
  const state = await send(bridge, pane, one, { text, waitMs: shortestWaitMs(one.style) });
  taps.delete(pane.key);
  return { expected: text, token, state, endedAt: monotonic(), steps };
}

async function send(
  bridge: Bridge,
  pane: HostilePane,
  one: Case,
  { text, waitMs }: Pick<Plan, 'text' | 'waitMs'>,
): Promise<Sent['state']> {
  const closed = new AbortController();
  const limit = setTimeout(() => closed.abort(), caseLimitMs);
  try {
    const agent = one.style === 'codex' ? null : 'generic';
    const order = { pane: pane.address, text, from: 'faults', agent, force: false, allowShell: false };
    return (await bridge.texts.send({ ...order, waitMs }, closed.signal)).state;
  } catch (fault) {
    if (/there is no such pane/.test(String(fault))) return { is: 'refused', reason: 'there is no such pane' };
    throw fault;
  } finally {
    clearTimeout(limit);
  }
}

async function relieve(pane: HostilePane): Promise<void> {
  await pane.tell({ act: { deny: true } });
  await pane.parted().catch(paneGone);
  await pane
    .tmux('if-shell', '-F', '-t', pane.paneId, '#{pane_in_mode}', `copy-mode -q -t ${pane.paneId}`)
    .catch(paneGone);
}

/** What happens to the agent from outside, each fault once. */
class FaultInjector {
  readonly #pane: HostilePane;
  readonly #plan: Plan;
  readonly #settled: boolean;
  readonly #others: () => Promise<Sent>;
  readonly #struck = new Set<string>();
  readonly #pending = new Set<Promise<void>>();
  #isOver = false;
  /** what came of the other bridge's text, which is sent once */
  other: Promise<Sent> | undefined;

  /** @param parts.others sends the other bridge's text */
  constructor(parts: { pane: HostilePane; plan: Plan; settled: boolean; others: () => Promise<Sent> }) {
    this.#pane = parts.pane;
    this.#plan = parts.plan;
    this.#settled = parts.settled;
    this.#others = parts.others;
  }

  async strikeOnce(at: string): Promise<void> {
    if (this.#struck.has(at)) return;
    this.#struck.add(at);
    await this.strike(at);
  }

  /** Acts of the agent at its own moments it does by itself; all else is done here. */
  async strike(at: string): Promise<void> {
    for (const timed of this.#plan.faults.filter((one) => one.at === at)) {
      const agentsOwn = timed.acts.length > 0 && (agentMoments as readonly string[]).includes(at);
      if (!agentsOwn) await this.#do(timed);
    }
  }

  later(at: string, afterMs: number): void {
    if (this.#struck.has(at)) return;
    this.#struck.add(at);
    this.keep(pause(afterMs).then(() => (this.#isOver ? undefined : this.strike(at))));
  }

  async over(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#pending);
  }

  async #do(timed: TimedFault): Promise<void> {
    if (!this.#settled && timed.at !== 'before-look') return this.#race(timed);
    await this.#act(timed);
    return this.#drawn(timed);
  }

  /** What the agent does it does at an instant that is known on both sides; the paste or Enter is aimed at it. */
  async #race(timed: TimedFault): Promise<void> {
    const at = monotonic() + (timed.acts.length > 0 ? raceLeadMs : 0);
    this.keep(this.#act(timed, at));
    await until(at + this.#plan.raceMs);
  }

  async #act({ fault, acts }: TimedFault, at?: number): Promise<void> {
    for (const act of acts) await this.#pane.tell({ act, at });
    const { paneId } = this.#pane;
    const { personsWord } = this.#plan;
    if (fault === 'copy-mode') await this.#pane.tmux('copy-mode', '-t', paneId).catch(paneGone);
    else if (fault === 'killed') await this.#pane.tmux('kill-pane', '-t', paneId).catch(paneGone);
    else if (fault === 'synchronized') await this.#pane.synchronized().catch(paneGone);
    else if (fault === 'swapped') await this.#pane.swapped().catch(paneGone);
    else if (fault === 'other-bridge') this.#sendBeside();
    else if (fault === 'resize') {
      await this.#pane.tmux('resize-window', '-t', paneId, '-x', '90', '-y', '30').catch(paneGone);
    } else if (fault === 'person-types') await this.#pane.person('-l', personsWord);
    else if (fault === 'person-submits') await this.#pane.person(`${personsWord}${personsMark}`, 'Enter');
    else if (fault === 'person-clears') await this.#pane.person('C-u');
    else if (fault === 'person-scrolls') await this.#pane.person('C-b', '[');
  }

  /** Waits until tmux itself has drawn what the fault did, where that can be seen. */
  async #drawn({ fault }: TimedFault): Promise<void> {
    const { dialogWord, personsWord } = this.#plan;
    const until = async (format: string, fits: (said: string) => boolean) => {
      // a dialog does not open over another one, nor a word show in a program that has ended: then the case goes on
      for (const endAt = monotonic() + drawnLimitMs; monotonic() < endAt; await pause(4)) {
        const lines = await this.#pane.tmux('display-message', '-p', '-t', this.#pane.paneId, format).catch(paneGone);
        if (fits(lines[0] ?? '')) return;
      }
    };
    if (fault === 'dialog')
      await until(`#{C:$ ${dialogWord}}#{C:command? ${dialogWord}}`, (said) => /[1-9]/.test(said));
    else if (fault === 'exits') await until('#{pane_current_command}', (said) => said === 'bash');
    // one that may type now does so for as long as it takes: it is not waited for
    else if (fault === 'other-bridge') await Promise.race([this.other, pause(drawnLimitMs)]);
    else if (fault === 'person-scrolls') await until('#{pane_in_mode}', (said) => said !== '0');
    else if (fault.startsWith('person-')) await until(`#{C:${personsWord}}`, (said) => said !== '0');
  }

  #sendBeside(): void {
    this.other ??= this.#others();
    this.keep(this.other.then(() => {}));
  }

  keep(work: Promise<void>): void {
    this.#pending.add(work);
    void work.finally(() => this.#pending.delete(work));
  }
}

/** The pane may be killed at any moment. */
function paneGone(fault: unknown): string[] {
  if (/(can't find|no such) (pane|window)/.test(String(fault))) return [];
  throw fault;
}
