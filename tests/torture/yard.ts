import { setTimeout as delay } from 'node:timers/promises';
import { isEnded } from '../../bridge/core/envelope.ts';
import { call, socketPath } from '../../bridge/host/socket.ts';
import type { RequestView } from '../../bridge/views.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type Fact, type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type Line, makeHome, makeWork, run } from '../live/bridge-process.ts';
import { ArmedBridge, type Order, type Struck } from './armed-bridge.ts';
import { type Audit, audit } from './books.ts';
import { clear, Human } from './human.ts';
import { isRunning, type LeftOver, leftOver, words } from './left-over.ts';
import { type AnswerWay, type HomeOptions, homeConfig, type Question, question } from './questions.ts';
import { Register } from './register.ts';

/** How long everything that is due may take, a program's pauses and the post office's retries included. */
const quietLimitMs = 40_000;
const lookEveryMs = 60;

export interface YardAgent extends ScriptedAgent {
  readonly name: string;
  /** the label of its pane, which its successor inherits */
  readonly label: string;
}

/**
 * One home, one private tmux server, some scripted agents and the real bridge, which may be killed at any time; and the
 * human, who answers what is theirs.
 */
export class Yard {
  readonly tmux: PrivateTmux = privateTmux();
  readonly home: string;
  readonly bridge: ArmedBridge;
  readonly register = new Register();
  readonly agents: YardAgent[] = [];
  readonly #gone: YardAgent[] = [];
  readonly #human: Human;
  /** names of the agents whose question was open at the last look */
  #waiting: ReadonlySet<string> = new Set();
  #started = 0;
  /** what kept the yard from coming to rest at the last look */
  moving = '';

  constructor(options: HomeOptions) {
    this.home = makeHome(this.tmux, homeConfig(this.tmux.folder, options));
    this.bridge = new ArmedBridge(this.tmux, this.home);
    this.#human = new Human(this.home, () => this.bridge.called);
  }

  // ── agents ──
  async addAgent(label: string): Promise<YardAgent> {
    this.#started += 1;
    const name = `${label}-${this.#started}`;
    const scripted = await startScriptedAgent({
      tmux: this.tmux,
      session: 'macs',
      name,
      workingFolder: makeWork(this.tmux, name),
      script: { inputs: [{ do: [{ busy: 40 }, { say: 'I go that way now.' }] }] },
    });
    await this.tmux.run('set-option', '-p', '-t', scripted.paneId, '@label', `worker-${label}`);
    const agent = { ...scripted, name, label };
    this.agents.push(agent);
    return agent;
  }

  /** @param number of the question: one that no other in this yard has */
  async ask(agent: YardAgent, way: AnswerWay, number = this.register.questions.length): Promise<Question> {
    const asked = question(number, agent.name, way);
    this.register.enter(asked);
    await agent.perform({
      play: [{ busy: 30 }, { request: asked.text }],
      input: `Begin part ${this.register.questions.length}.`,
    });
    return asked;
  }

  /** Its last question has not come to an end, as far as the last look and its own journal tell. */
  isWaiting(agent: YardAgent): boolean {
    const last = this.register.lastOf(agent.name);
    return this.#waiting.has(agent.name) || (last !== undefined && !this.register.isKnown(last, agent.inputs));
  }

  /** Asks unless the agent is at work; takes away first what a given-up answer has left in its composer. */
  async askIfIdle(agent: YardAgent, way: AnswerWay, number: number): Promise<boolean> {
    if ((await agent.state()).is !== 'idle') return false;
    await clear(agent);
    await this.ask(agent, way, number);
    return true;
  }

  /** Counts the agent among the dead, once its process has ended. */
  async bury(agent: YardAgent): Promise<void> {
    await waitFor(`${agent.name} has ended`, () => !isRunning(agent.pid), { limitMs: 15_000 });
    this.agents.splice(this.agents.indexOf(agent), 1);
    this.#gone.push(agent);
  }

  /** The agent dies, and another one takes its place in a window of its own. */
  async restartAgent(agent: YardAgent): Promise<void> {
    process.kill(agent.pid, 'SIGKILL');
    await this.bury(agent);
    await this.tmux.run('kill-pane', '-t', agent.paneId);
    await this.addAgent(agent.label);
  }

  /** Waits until the living bridge watches the agent: what it asked before may never have been seen. */
  async watched(agent: YardAgent, since: number): Promise<void> {
    const isFound = () =>
      this.log.slice(since).some((line) => line.type === 'worker-found' && line.paneId === agent.paneId);
    await waitFor(`${agent.name} is watched`, isFound, { limitMs: 20_000 });
  }

  async clearComposers(): Promise<void> {
    for (const agent of this.agents) await clear(agent);
  }

  get serverPid(): Promise<number> {
    return this.tmux.run('display-message', '-p', '#{pid}').then(Number);
  }

  // ── the bridge ──
  get isAlive(): boolean {
    return this.bridge.isAlive;
  }

  get struck(): Struck | null {
    return this.bridge.struck;
  }

  /** What the living bridge has said since its start. */
  get log(): readonly Line[] {
    return this.bridge.log;
  }

  start(order?: Order): Promise<void> {
    return this.bridge.start(order);
  }

  arm(order: Order): Promise<void> {
    return this.bridge.arm(order);
  }

  killDaemon(): Promise<void> {
    return this.bridge.kill();
  }

  // ── looking ──
  /**
   * Waits until nothing is under way: every question of a living agent is a request that has ended, every delivery has
   * ended, or waits for an agent that is gone. `stuck` after a long time, with `moving`.
   */
  async rest(limitMs = quietLimitMs): Promise<'rest' | 'dead' | 'stuck'> {
    const endAt = Date.now() + limitMs;
    for (;;) {
      if (!this.isAlive) return 'dead';
      const open = await this.#requests('open');
      if (open !== null) {
        await this.#actAsHuman(open);
        this.moving = this.#whatMoves(open) ?? (await this.#whatIsMissing()) ?? '';
        if (this.moving === '') return 'rest';
      }
      if (Date.now() >= endAt) return this.isAlive ? 'stuck' : 'dead';
      await delay(lookEveryMs);
    }
  }

  /** One look at what waits, with the human doing what is theirs; for a yard that is never at rest. */
  async look(): Promise<void> {
    const open = await this.#requests('open');
    if (open === null) return;
    this.#waiting = new Set(open.map((request) => this.register.questionOf(request)?.agent ?? ''));
    await this.#actAsHuman(open);
  }

  /** The delivery of the answer to the question with that mark, with the human doing what is theirs. */
  async deliveryOf(mark: string): Promise<RequestView['delivery']> {
    await this.look();
    const open = (await this.#requests('open')) ?? [];
    return open.find((request) => this.register.questionOf(request)?.mark === mark)?.delivery ?? null;
  }

  /** null while no bridge answers. */
  async #requests(which: 'open' | 'all'): Promise<RequestView[] | null> {
    try {
      const reply = await call(socketPath(this.home), 'requests', { all: which === 'all' });
      if (reply === null) return null;
      const requests = reply.ok as RequestView[];
      this.register.listed(requests);
      return requests;
    } catch {
      return null; // it died while it answered: whoever asks looks whether it lives
    }
  }

  async #actAsHuman(open: readonly RequestView[]): Promise<void> {
    for (const request of open) {
      const asked = this.register.questionOf(request);
      const agent = this.agents.find(({ name }) => name === asked?.agent);
      if (asked !== undefined && agent !== undefined) await this.#human.act(request, asked, agent);
    }
  }

  #whatMoves(open: readonly RequestView[]): string | null {
    for (const request of open) {
      const asked = this.register.questionOf(request);
      if (asked === undefined) return `a request of nobody: ${request.text.slice(0, 80)}`;
      const isLiving = this.agents.some(({ name }) => name === asked.agent);
      const delivery = request.delivery?.state;
      const isAtWork = delivery !== undefined && delivery.is !== 'held' && !isEnded(delivery);
      const isAsking = request.state === 'asked' && request.status === 'asking the controller';
      if (isLiving || isAsking || isAtWork) return `${asked.mark} of ${asked.agent}: ${request.status}`;
      if (request.state === 'answered' && delivery === undefined) return `${asked.mark} has no delivery yet`;
    }
    return null;
  }

  /** A question that no list of requests has had yet; where one has it now, the next look tells how it stands. */
  async #whatIsMissing(): Promise<string | null> {
    const agentOf = (asked: Question) => this.agents.find(({ name }) => name === asked.agent);
    const missing = this.register.questions.find((asked) => {
      const agent = agentOf(asked);
      return agent !== undefined && !this.register.isKnown(asked, agent.inputs);
    });
    if (missing === undefined) return null;
    await this.#requests('all');
    return `${missing.mark} of ${missing.agent} is no request yet`;
  }

  // ── the end ──
  /** The books as they stand; only of a yard at rest they must balance. */
  async audit(): Promise<Audit> {
    return this.#balance(await waitFor('the bridge tells its requests', () => this.#requests('all')));
  }

  /** The same from the journal of a bridge that was stopped, however long it is. */
  async auditStopped(): Promise<Audit> {
    const stopped = await this.stop();
    const { stdout } = await run(this.tmux, ['--home', this.home, 'requests', '--all', '--json']);
    const audit = this.#balance(JSON.parse(stdout) as RequestView[]);
    return { ...audit, failures: [...audit.failures, ...stopped] };
  }

  #balance(requests: readonly RequestView[]): Audit {
    for (const { id } of requests) this.#human.hearOf(id);
    const { told, acknowledged, doubts } = this.#human;
    const books = audit({
      questions: this.register.questions,
      requests,
      facts: this.#facts(),
      dead: new Set(this.#gone.map((agent) => agent.name)),
      called: this.bridge.called,
      told,
      acknowledged,
      doubts,
    });
    return { ...books, failures: [...books.failures, ...this.bridge.warnings] };
  }

  /** Milliseconds from each question to the moment in which its agent had the answer, by who gave it. */
  latencies(): Map<AnswerWay, number[]> {
    const facts = this.#facts();
    const byWay = new Map<AnswerWay, number[]>();
    for (const { agent, answer, mark, way } of this.register.questions) {
      const submitted = facts.get(agent)?.find(({ input }) => input === answer);
      if (submitted === undefined) continue;
      byWay.set(way, [...(byWay.get(way) ?? []), submitted.t - this.register.askedAt.get(mark)!]);
    }
    return byWay;
  }

  #facts(): Map<string, Fact[]> {
    return new Map([...this.agents, ...this.#gone].map((agent) => [agent.name, agent.facts()]));
  }

  /** Ends the bridge as a person would. */
  async stop(): Promise<string[]> {
    const code = await this.bridge.stop();
    return code === 0 ? [] : [`left over: the bridge ended with ${code}`];
  }

  /** Ends everything, and tells what went wrong and what is left over, in words. */
  async close(): Promise<string[]> {
    const { failures, left } = await this.closeAndCount();
    return [...failures, ...words(left)];
  }

  async closeAndCount(): Promise<{ readonly failures: readonly string[]; readonly left: LeftOver }> {
    const failures = [...(await this.stop()), ...(await this.#verify())];
    const left = await leftOver(this.tmux, this.home, this.bridge.temporaryFolder);
    await this.tmux.stop();
    return { failures, left };
  }

  /** The product's own audit of the home, once nobody holds it. */
  async #verify(): Promise<string[]> {
    const { code, stdout, stderr } = await run(this.tmux, ['--home', this.home, 'verify']);
    return code === 0 ? [] : [`verify: exit code ${code}: ${stdout}${stderr}`];
  }
}
