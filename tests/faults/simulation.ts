import { setTimeout as delay } from 'node:timers/promises';
import type { RequestView } from '../../bridge/api/views.ts';
import { isEnded } from '../../bridge/core/delivery-machine.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type Fact, type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { makeWork } from '../live/bridge-process.ts';
import type { ArmedBridge, Order, Struck } from './armed-bridge.ts';
import { BridgeHarness } from './bridge-harness.ts';
import { clear } from './human.ts';
import { type Audit, audit } from './ledger.ts';
import { isRunning, type LeftOver, leftOver, words } from './left-over.ts';
import { QuestionLog } from './question-log.ts';
import { type AnswerWay, type HomeOptions, homeConfig, type Question, question } from './questions.ts';

/** How long everything that is due may take, a program's pauses and the delivery queue's retries included. */
const quietLimitMs = 40_000;
const lookEveryMs = 60;

export interface SimulatedAgent extends ScriptedAgent {
  readonly name: string;
  readonly tmux: PrivateTmux;
  /** of its tmux server, as a bridge names it */
  readonly server: string;
  /** the label of its pane, which its successor inherits */
  readonly label: string;
}

/**
 * Two private tmux servers, on which pane ids are the same, some scripted agents, and the real bridge, which may be killed
 * at any time; the human, who answers what is theirs; and sometimes a second bridge with a human of its own.
 */
export class Simulation {
  readonly servers: readonly PrivateTmux[] = [privateTmux(), privateTmux()];
  readonly main: BridgeHarness;
  readonly second: BridgeHarness;
  readonly questionLog = new QuestionLog();
  readonly agents: SimulatedAgent[] = [];
  readonly #gone: SimulatedAgent[] = [];
  /** names of the agents whose question was open at the last look */
  #waiting: ReadonlySet<string> = new Set();
  #started = 0;
  /** what kept it from coming to rest at the last look */
  moving = '';

  constructor(options: HomeOptions) {
    const yaml = homeConfig(this.servers[0]!.folder, options);
    this.main = new BridgeHarness(this.servers, 'home', yaml);
    this.second = new BridgeHarness(this.servers, 'second-home', yaml);
  }

  // ── agents ──
  /** @param label the number in it says on which of the servers */
  async addAgent(label: string): Promise<SimulatedAgent> {
    this.#started += 1;
    const name = `${label}-${this.#started}`;
    const tmux = this.servers[Number(/\d+$/.exec(label)?.[0] ?? 0) % this.servers.length]!;
    const scripted = await startScriptedAgent({
      tmux,
      session: 'macs',
      name,
      workingFolder: makeWork(tmux, name),
      script: { inputs: [{ do: [{ busy: 40 }, { say: 'I go that way now.' }] }] },
    });
    await tmux.run('set-option', '-p', '-t', scripted.paneId, '@label', `worker-${label}`);
    const server = (await tmux.run('display-message', '-p', '#{pid}@#{start_time}')).trim();
    const agent = { ...scripted, name, tmux, server, label };
    this.agents.push(agent);
    return agent;
  }

  /** @param number of the question: one that no other in this simulation has */
  async ask(agent: SimulatedAgent, way: AnswerWay, number = this.questionLog.questions.length): Promise<Question> {
    const asked = question(number, agent.name, way);
    this.questionLog.enter(asked);
    await agent.perform({
      play: [{ busy: 30 }, { request: asked.text }],
      input: `Begin part ${this.questionLog.questions.length}.`,
    });
    return asked;
  }

  /** Its last question has not come to an end, as far as the last look and its own journal tell. */
  isWaiting(agent: SimulatedAgent): boolean {
    const last = this.questionLog.lastOf(agent.name);
    return this.#waiting.has(agent.name) || (last !== undefined && !this.#isKnown(last, agent));
  }

  /** What a bridge that does not live has of it moves nothing. */
  #isKnown(asked: Question, agent: SimulatedAgent): boolean {
    return this.questionLog.isKnown(
      asked,
      this.#living.map(({ name }) => name),
      agent.inputs,
    );
  }

  /** Asks unless the agent is at work; takes away first what a given-up answer has left in its composer. */
  async askIfIdle(agent: SimulatedAgent, way: AnswerWay, number: number): Promise<boolean> {
    if ((await agent.state()).is !== 'idle') return false;
    await clear(agent);
    await this.ask(agent, way, number);
    return true;
  }

  /** Counts the agent among the dead, once its process has ended. */
  async bury(agent: SimulatedAgent): Promise<void> {
    await waitFor(`${agent.name} has ended`, () => !isRunning(agent.pid), { limitMs: 15_000 });
    this.agents.splice(this.agents.indexOf(agent), 1);
    this.#gone.push(agent);
  }

  /** The agent dies, and another one takes its place in a window of its own. */
  async restartAgent(agent: SimulatedAgent): Promise<void> {
    process.kill(agent.pid, 'SIGKILL');
    await this.bury(agent);
    await agent.tmux.run('kill-pane', '-t', agent.paneId);
    await this.addAgent(agent.label);
  }

  /** Waits until a living bridge watches the agent: what it asked before may never have been seen. */
  async watched({ name, server, paneId }: SimulatedAgent): Promise<void> {
    const isFound = ({ bridge }: BridgeHarness) =>
      bridge.log.some((line) => line.type === 'worker-found' && line.server === server && line.paneId === paneId);
    await waitFor(`${name} is watched`, () => this.#living.some(isFound), { limitMs: 20_000 });
  }

  async clearComposers(): Promise<void> {
    for (const agent of this.agents) await clear(agent);
  }

  // ── the bridge ──
  get bridge(): ArmedBridge {
    return this.main.bridge;
  }

  get isAlive(): boolean {
    return this.bridge.isAlive;
  }

  get #living(): BridgeHarness[] {
    return [this.main, this.second].filter(({ isAlive }) => isAlive);
  }

  get struck(): Struck | null {
    return this.bridge.struck;
  }

  start(order?: Order): Promise<void> {
    return this.main.start(order);
  }

  arm(order: Order): Promise<void> {
    return this.bridge.arm(order);
  }

  killDaemon(): Promise<void> {
    return this.main.kill();
  }

  // ── looking ──
  /**
   * Waits until nothing is under way: every question of a living agent is a request that has ended, every delivery has
   * ended, or waits for an agent that is gone. `stuck` after a long time, with `moving`; `dead` where no bridge lives.
   */
  async rest(limitMs = quietLimitMs): Promise<'rest' | 'dead' | 'stuck'> {
    const endAt = Date.now() + limitMs;
    for (;;) {
      if (this.#living.length === 0) return 'dead';
      const open = await this.#look();
      if (open !== null) {
        this.moving = this.#whatMoves(open) ?? (await this.#whatIsMissing()) ?? '';
        if (this.moving === '') return 'rest';
      }
      if (Date.now() >= endAt) return this.#living.length > 0 ? 'stuck' : 'dead';
      await delay(lookEveryMs);
    }
  }

  /** One look at what waits, with the human doing what is theirs; for a simulation that is never at rest. */
  async look(): Promise<void> {
    await this.#look();
  }

  /** The delivery of the answer to the question with that mark, with the human doing what is theirs. */
  async deliveryOf(mark: string): Promise<RequestView['delivery']> {
    const open = (await this.#look()) ?? [];
    return open.find((request) => this.questionLog.questionOf(request)?.mark === mark)?.delivery ?? null;
  }

  /**
   * What is open at all living bridges, with the humans doing what is theirs; null while one of them does not answer.
   * Where two live, what one of them has had answered is not open: the other may not own that pane.
   */
  async #look(): Promise<RequestView[] | null> {
    const harnesses = this.#living;
    const lists = await Promise.all(harnesses.map((harness) => harness.requests('open')));
    if (lists.includes(null)) return null;
    const all = lists.flatMap((list) => list ?? []);
    const open = harnesses.length < 2 ? all : all.filter((request) => !this.#isAnswered(request));
    // in one step: what is known to be a request waits, until a look shows that it does not
    this.#waiting = new Set(open.map((request) => this.questionLog.questionOf(request)?.agent ?? ''));
    for (const [at, harness] of harnesses.entries()) this.questionLog.listed(lists[at]!, harness.name);
    for (const [at, harness] of harnesses.entries()) await this.#actAsHuman(harness, lists[at]!);
    return open;
  }

  #isAnswered(request: RequestView): boolean {
    const asked = this.questionLog.questionOf(request);
    const agent = this.agents.find(({ name }) => name === asked?.agent);
    return asked !== undefined && agent?.inputs().includes(asked.answer) === true;
  }

  async #requests(harness: BridgeHarness, which: 'open' | 'all'): Promise<RequestView[] | null> {
    const requests = await harness.requests(which);
    if (requests !== null) this.questionLog.listed(requests, harness.name);
    return requests;
  }

  async #actAsHuman({ human }: BridgeHarness, open: readonly RequestView[]): Promise<void> {
    for (const request of open) {
      const asked = this.questionLog.questionOf(request);
      const agent = this.agents.find(({ name }) => name === asked?.agent);
      if (asked !== undefined && agent !== undefined) await human.act(request, asked, agent);
    }
  }

  #whatMoves(open: readonly RequestView[]): string | null {
    for (const request of open) {
      const asked = this.questionLog.questionOf(request);
      if (asked === undefined) return `a request of nobody: ${request.text.slice(0, 80)}`;
      const isLiving = this.agents.some(({ name }) => name === asked.agent);
      const delivery = request.delivery?.state;
      const isAtWork = delivery !== undefined && delivery.is !== 'held' && !isEnded(delivery);
      // the human of a dead agent, too, has answered once the bridge has read it
      const isUnread = this.#living.some(({ human }) => human.hasUnread(request));
      const isAsking = request.state === 'asked' && request.status === 'asking the controller';
      if (isLiving || isAsking || isAtWork || isUnread) return `${asked.mark} of ${asked.agent}: ${request.status}`;
      if (request.state === 'answered' && delivery === undefined) return `${asked.mark} has no delivery yet`;
    }
    return null;
  }

  /** A question that no list of requests has had yet; where one has it now, the next look tells how it stands. */
  async #whatIsMissing(): Promise<string | null> {
    const agentOf = (asked: Question) => this.agents.find(({ name }) => name === asked.agent);
    const missing = this.questionLog.questions.find((asked) => {
      const agent = agentOf(asked);
      return agent !== undefined && !this.#isKnown(asked, agent);
    });
    if (missing === undefined) return null;
    for (const harness of this.#living) await this.#requests(harness, 'all');
    return `${missing.mark} of ${missing.agent} is no request yet`;
  }

  // ── the end ──
  /** The ledger as it stands, audited; only at rest it must balance. */
  async audit(): Promise<Audit> {
    const all = await waitFor('the bridge tells its requests', () => this.#requests(this.main, 'all'));
    const others = this.second.isAlive ? await this.#requests(this.second, 'all') : await this.second.requestsLeft();
    return this.#balance(all, others ?? []);
  }

  /** The same from the journals of bridges that were stopped, however long they are. */
  async auditStopped(): Promise<Audit> {
    const stopped = await this.stop();
    const audit = this.#balance(await this.main.requestsLeft(), await this.second.requestsLeft());
    return { ...audit, failures: [...audit.failures, ...stopped] };
  }

  #balance(requests: readonly RequestView[], others: readonly RequestView[]): Audit {
    for (const { id } of requests) this.main.human.hearOf(id);
    for (const { id } of others) this.second.human.hearOf(id);
    const [mine, their] = [this.main.human, this.second.human];
    const audited = audit({
      questions: this.questionLog.questions,
      requests,
      others,
      facts: this.#facts(),
      dead: new Set(this.#gone.map((agent) => agent.name)),
      called: new Set([...this.main.bridge.called, ...this.second.bridge.called]),
      told: new Set([...mine.told, ...their.told]),
      acknowledged: new Set([...mine.acknowledged, ...their.acknowledged]),
      doubts: [...mine.doubts, ...their.doubts],
      cleared: new Set([...mine.cleared, ...their.cleared]),
    });
    return {
      ...audited,
      failures: [...audited.failures, ...this.main.bridge.warnings, ...this.second.bridge.warnings],
    };
  }

  /** Milliseconds from each question to the moment in which its agent had the answer, by who gave it. */
  latencies(): Map<AnswerWay, number[]> {
    const facts = this.#facts();
    const byWay = new Map<AnswerWay, number[]>();
    for (const { agent, answer, mark, way } of this.questionLog.questions) {
      const submitted = facts.get(agent)?.find(({ input }) => input === answer);
      if (submitted === undefined) continue;
      byWay.set(way, [...(byWay.get(way) ?? []), submitted.t - this.questionLog.askedAt.get(mark)!]);
    }
    return byWay;
  }

  #facts(): Map<string, Fact[]> {
    return new Map([...this.agents, ...this.#gone].map((agent) => [agent.name, agent.facts()]));
  }

  /** Ends the bridges as a person would, the second one before the first. */
  async stop(): Promise<string[]> {
    return [...(await this.second.stop()), ...(await this.main.stop())];
  }

  /** Ends everything, and tells what went wrong and what is left over, in words. */
  async close(): Promise<string[]> {
    const { failures, left } = await this.closeAndCount();
    return [...failures, ...words(left)];
  }

  async closeAndCount(): Promise<{ readonly failures: readonly string[]; readonly left: LeftOver }> {
    const failures = [...(await this.stop()), ...(await this.main.verify()), ...(await this.second.verify())];
    const left = await leftOver(this.servers, [this.main, this.second]);
    for (const tmux of this.servers) await tmux.stop();
    return { failures, left };
  }
}
