import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isEnded } from '../../bridge/core/envelope.ts';
import { call, socketPath } from '../../bridge/host/socket.ts';
import type { AnswerView, RequestView } from '../../bridge/views.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type BridgeProcess, type Line, makeHome, makeWork, run, startBridge } from '../live/bridge-process.ts';
import { type Audit, audit, type Doubtful } from './books.ts';
import type { Measure } from './measures.ts';
import { type AnswerWay, type HomeOptions, homeConfig, markPattern, type Question, question } from './questions.ts';

const preload = fileURLToPath(new URL('./preload.mjs', import.meta.url));
/** How long everything that is due may take, a program's pauses and the post office's retries included. */
const quietLimitMs = 40_000;
const lookEveryMs = 60;

/** What striking-sqlite.mjs is told. */
export interface Order {
  /** of blows.ts */
  readonly step: number | string;
  readonly when: 'before' | 'after';
  readonly acts: ReadonlyArray<{ readonly kill: number } | { readonly run: readonly string[] }>;
  readonly self: boolean;
}

/** What it did: at which step of the journal. */
export interface Struck {
  readonly step: string;
  readonly nth: number;
  readonly when: 'before' | 'after';
}

export interface YardAgent extends ScriptedAgent {
  readonly name: string;
  /** the label of its pane, which its successor inherits */
  readonly label: string;
}

/**
 * One home, one private tmux server, some scripted agents and the real bridge, which may be killed at any time; and the
 * human, who answers what is theirs and notes what they were told.
 */
export class Yard {
  readonly tmux: PrivateTmux = privateTmux();
  readonly home: string;
  readonly questions: Question[] = [];
  readonly agents: YardAgent[] = [];
  readonly #gone: YardAgent[] = [];
  readonly #called = new Set<string>();
  readonly #told = new Set<string>();
  readonly #acknowledged = new Set<string>();
  /** answers that the human has given or is giving, by the request's id */
  readonly #given = new Set<string>();
  readonly #warnings: string[] = [];
  /** marks of the questions that some list of requests has had */
  readonly #known = new Set<string>();
  /** by the delivery's id, whether or not the human has said since what became of it */
  readonly #doubts = new Map<string, Doubtful>();
  /** names of the agents whose question was open at the last look */
  #waiting: ReadonlySet<string> = new Set();
  #daemon: BridgeProcess | null = null;
  #heardLines = 0;
  #started = 0;
  #strikes = 0;
  #record = '';
  /** what kept the yard from coming to rest at the last look */
  moving = '';

  constructor(options: HomeOptions) {
    this.home = makeHome(this.tmux, homeConfig(this.tmux.folder, options));
  }

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

  async ask(agent: YardAgent, way: AnswerWay): Promise<Question> {
    const asked = question(this.questions.length, agent.name, way);
    this.questions.push(asked);
    await agent.perform({
      play: [{ busy: 30 }, { request: asked.text }],
      input: `Begin part ${this.questions.length}.`,
    });
    return asked;
  }

  get serverPid(): Promise<number> {
    return this.tmux.run('display-message', '-p', '#{pid}').then(Number);
  }

  get isAlive(): boolean {
    const child = this.#daemon?.child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  get daemonPid(): number {
    return this.#daemon!.child.pid!;
  }

  /** Starts the bridge, and waits until it watches or has died of its order. */
  async start(order?: Order): Promise<void> {
    this.#hear();
    const env = order === undefined ? {} : { TORTURE_ORDER: JSON.stringify(this.#written(order)) };
    const daemon = await startBridge(this.tmux, this.home, ['--session', 'macs'], {
      env,
      preload,
      waitForReady: false,
    });
    this.#daemon = daemon;
    this.#heardLines = 0;
    const isReady = () => this.log.some((line) => line.type === 'said' && String(line.text).startsWith('watching'));
    await waitFor('the bridge watches, or is dead', () => isReady() || !this.isAlive, {
      limitMs: 60_000,
      describe: async () => daemon.stderr(),
    });
    if (!this.isAlive && daemon.child.signalCode === null) {
      throw new Error(`the bridge did not start (${daemon.child.exitCode}): ${daemon.stderr()}`);
    }
  }

  /** From now on, the bridge strikes when it comes to that commit. */
  async arm(order: Order): Promise<void> {
    const { child } = this.#daemon!;
    const armed = new Promise((resolve) => child.once('message', resolve));
    child.send(this.#written(order));
    await armed;
  }

  /** What the living bridge holds after a collection, and has used. */
  async measure(part: number): Promise<Measure> {
    const { child } = this.#daemon!;
    const told = new Promise((resolve) => child.once('message', resolve));
    child.send({ measure: true });
    return { ...((await told) as Pick<Measure, 'heap' | 'rss' | 'cpuMs'>), part, at: Date.now() };
  }

  /** What was struck since the last order; null when its commit never came. */
  get struck(): Struck | null {
    return existsSync(this.#record) ? (JSON.parse(readFileSync(this.#record, 'utf8')) as Struck) : null;
  }

  async killDaemon(): Promise<void> {
    if (this.isAlive) await this.#daemon!.stop('SIGKILL');
  }

  /** Counts the agent among the dead, once its process has ended. */
  async bury(agent: YardAgent): Promise<void> {
    await waitFor(`${agent.name} has ended`, () => !isRunning(agent.pid), { limitMs: 15_000 });
    this.agents.splice(this.agents.indexOf(agent), 1);
    this.#gone.push(agent);
  }

  /** Waits until the living bridge watches the agent: what it asked before may never have been seen. */
  async watched(agent: YardAgent, since: number): Promise<void> {
    const isFound = () =>
      this.log.slice(since).some((line) => line.type === 'worker-found' && line.paneId === agent.paneId);
    await waitFor(`${agent.name} is watched`, isFound, { limitMs: 20_000 });
  }

  /** What the living bridge has said since its start. */
  get log(): readonly Line[] {
    return this.#daemon?.lines ?? [];
  }

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
    this.#waiting = new Set(open.map((request) => this.#questionOf(request)?.agent ?? ''));
    await this.#actAsHuman(open);
  }

  /** Its last question has not come to an end, as far as the last look and its own journal tell. */
  isWaiting(agent: YardAgent): boolean {
    const last = this.questions.findLast((asked) => asked.agent === agent.name);
    return this.#waiting.has(agent.name) || (last !== undefined && !this.#isKnown(last));
  }

  /** Asks unless the agent is at work; takes away first what a given-up answer has left in its composer. */
  async askIfIdle(agent: YardAgent, way: AnswerWay): Promise<void> {
    const { is } = await agent.state();
    if (is !== 'idle') return;
    await this.#clear(agent);
    await this.ask(agent, way);
  }

  /** The agent dies, and another one takes its place in a window of its own. */
  async restartAgent(agent: YardAgent): Promise<void> {
    process.kill(agent.pid, 'SIGKILL');
    await this.bury(agent);
    await this.tmux.run('kill-pane', '-t', agent.paneId);
    await this.addAgent(agent.label);
  }

  /** The same from the journal of a bridge that was stopped, however long it is. */
  async auditStopped(): Promise<Audit> {
    const left = await this.stop();
    const { stdout } = await run(this.tmux, ['--home', this.home, 'requests', '--all', '--json']);
    const audit = this.#balance(JSON.parse(stdout) as RequestView[]);
    return { ...audit, failures: [...audit.failures, ...left] };
  }

  /** The books as they stand; only of a yard at rest they must balance. */
  async audit(): Promise<Audit> {
    return this.#balance(await waitFor('the bridge tells its requests', () => this.#requests('all')));
  }

  #balance(requests: readonly RequestView[]): Audit {
    for (const { id } of requests) this.#wasTold(id);
    const everyone = [...this.agents, ...this.#gone];
    const books = audit({
      questions: this.questions,
      requests,
      facts: new Map(everyone.map((agent) => [agent.name, agent.facts()])),
      dead: new Set(this.#gone.map((agent) => agent.name)),
      called: this.#called,
      told: this.#told,
      acknowledged: this.#acknowledged,
      doubts: [...this.#doubts.values()],
    });
    return { ...books, failures: [...books.failures, ...this.#warnings] };
  }

  /** What a careful human does with a text that stands in a composer and was given up: they take it away. */
  async clearComposers(): Promise<void> {
    for (const agent of this.agents) await this.#clear(agent);
  }

  async #clear(agent: YardAgent): Promise<void> {
    if ((await agent.state()).draft !== '') await agent.perform({ draft: '' });
  }

  /** Ends the bridge as a person would. */
  async stop(): Promise<string[]> {
    const code = this.isAlive ? await this.#daemon!.stop() : 0;
    this.#hear();
    return code === 0 ? [] : [`left over: the bridge ended with ${code}`];
  }

  /** Ends everything, and tells what is left over. */
  async close(): Promise<string[]> {
    const left = [...(await this.stop()), ...(await this.#verify())];
    const clients = await this.tmux.run('list-clients', '-F', '#{client_pid} #{client_control_mode}').catch(() => '');
    if (clients.trim() !== '') left.push(`left over: tmux clients ${clients.trim()}`);
    const buffers = await this.tmux.run('list-buffers', '-F', '#{buffer_name}').catch(() => '');
    if (/^bridge-/m.test(buffers)) left.push(`left over: paste buffers ${buffers.trim()}`);
    const locks = join(this.tmux.folder, 'bridge');
    const held = existsSync(locks) ? readdirSync(locks) : [];
    if (held.length > 0) left.push(`left over: pane locks ${held.join(' ')}`);
    const files = readdirSync(this.home).filter(
      (name) => /\.(new|tmp|json|sock)$/.test(name) && name !== 'bridge.yaml',
    );
    const records = join(this.home, 'tmux-clients.json');
    const odd = files.filter(
      (name) => join(this.home, name) !== records || readFileSync(records, 'utf8').trim() !== '',
    );
    if (odd.length > 0) left.push(`left over: ${odd.join(' ')}`);
    left.push(...(await this.#processesLeft()));
    await this.tmux.stop();
    return left;
  }

  /** The product's own audit of the home, once nobody holds it. */
  async #verify(): Promise<string[]> {
    const { code, stdout, stderr } = await run(this.tmux, ['--home', this.home, 'verify']);
    return code === 0 ? [] : [`verify: exit code ${code}: ${stdout}${stderr}`];
  }

  /** What still runs once the server and all its panes are gone. */
  async #processesLeft(): Promise<string[]> {
    await this.tmux.run('kill-server').catch(() => '');
    let left: string[] = [];
    const areGone = () => {
      left = processesOf(this.tmux.folder);
      return left.length === 0;
    };
    await waitFor('every process is gone', areGone, { limitMs: 10_000 }).catch(() => {});
    return left.map((line) => `left over: process ${line}`);
  }

  #written(order: Order): Order & { record: string } {
    this.#strikes += 1;
    this.#record = join(this.tmux.folder, `strike-${this.#strikes}.json`);
    return { ...order, record: this.#record };
  }

  /** What the bridge says in its log: whom it called, and what it complains of that must never happen. */
  #hear(): void {
    const lines = this.log;
    for (const line of lines.slice(this.#heardLines)) {
      if (line.type === 'human-needed') this.#called.add(String(line.id));
      if (line.type === 'said' && /set aside|journal has lost/.test(String(line.text)))
        this.#warnings.push(String(line.text));
    }
    this.#heardLines = lines.length;
  }

  /** null while no bridge answers. */
  async #requests(which: 'open' | 'all'): Promise<RequestView[] | null> {
    try {
      const reply = await call(socketPath(this.home), 'requests', { all: which === 'all' });
      if (reply === null) return null;
      const requests = reply.ok as RequestView[];
      for (const request of requests) this.#known.add(markPattern.exec(request.text)?.[0] ?? '');
      return requests;
    } catch {
      return null; // it died while it answered: whoever asks looks whether it lives
    }
  }

  async #actAsHuman(open: readonly RequestView[]): Promise<void> {
    for (const request of open) {
      const asked = this.#questionOf(request);
      const agent = this.agents.find(({ name }) => name === asked?.agent);
      if (request.state !== 'asked' || asked === undefined || agent === undefined) continue;
      if (request.doubt) await this.#resolve(request, asked, agent);
      else if (request.status.startsWith('waits for you') && !this.#given.has(request.id)) {
        this.#given.add(request.id);
        if (asked.way === 'file') this.#answerByFile(request.id, asked);
        else void this.#answerByCommand(request.id, asked);
      }
    }
  }

  /** Who is asked whether an answer arrived looks at the agent: it has arrived, or is cleared away and typed once more. */
  async #resolve({ id, doubt, delivery }: RequestView, { mark, answer }: Question, agent: YardAgent): Promise<void> {
    const deliveryId = delivery?.id ?? id;
    const arrived = agent.inputs().includes(answer);
    if (!this.#doubts.has(deliveryId)) {
      this.#doubts.set(deliveryId, { mark, id, delivery: deliveryId, is: doubt!.delivery, arrived });
      this.#wasTold(id);
    }
    // one that dies just now has nothing to be cleared, and is not asked about any more
    if (!arrived && (await this.#clear(agent).catch(() => 'gone')) === 'gone') return;
    const [verb, args] = arrived ? (['settle', {}] as const) : (['answer', { again: true }] as const);
    // where the bridge dies of it, the next look finds the same question or its end
    await call(socketPath(this.home), verb, { id, by: 'human:cli', ...args }).catch(() => null);
  }

  /** Called, or at least asked in writing. */
  #wasTold(id: string): void {
    this.#hear();
    const isAsked = existsSync(join(this.home, 'inbox', `${id}.request.md`));
    if (isAsked || this.#called.has(id)) this.#told.add(id);
  }

  #answerByFile(id: string, { answer, mark }: Question): void {
    const draft = join(this.home, 'outbox', `.${id}.tmp`);
    writeFileSync(draft, answer);
    renameSync(draft, join(this.home, 'outbox', `${id}.response.md`));
    this.#acknowledged.add(mark);
  }

  /** A human whose command was cut off does not know, and gives the same answer again if the bridge asks again. */
  async #answerByCommand(id: string, { answer, mark }: Question): Promise<void> {
    try {
      const reply = await call(socketPath(this.home), 'answer', { id, text: answer, by: 'human:cli' });
      const said = reply?.ok as AnswerView | undefined;
      if (said?.accepted === 'first' || said?.accepted === 'replaced') this.#acknowledged.add(mark);
      else this.#given.delete(id);
    } catch {
      this.#given.delete(id); // the bridge died: that is what this is about
    }
  }

  #whatMoves(open: readonly RequestView[]): string | null {
    for (const request of open) {
      const asked = this.#questionOf(request);
      if (asked === undefined) return `a request of nobody: ${request.text.slice(0, 80)}`;
      const isLiving = this.#isLiving(asked.agent);
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
    const missing = this.questions.find((asked) => this.#isLiving(asked.agent) && !this.#isKnown(asked));
    if (missing === undefined) return null;
    await this.#requests('all');
    return `${missing.mark} of ${missing.agent} is no request yet`;
  }

  /** Some list of requests has had it, or its agent has its answer. */
  #isKnown({ mark, agent, answer }: Question): boolean {
    if (this.#known.has(mark)) return true;
    const isAnswered =
      this.agents
        .find(({ name }) => name === agent)
        ?.inputs()
        .includes(answer) ?? false;
    if (isAnswered) this.#known.add(mark);
    return isAnswered;
  }

  #questionOf(request: RequestView): Question | undefined {
    const mark = markPattern.exec(request.text)?.[0];
    return this.questions.find((asked) => asked.mark === mark);
  }

  #isLiving(name: string): boolean {
    return this.agents.some((agent) => agent.name === name);
  }
}

/** Pid and command line of each living process that was started with this folder in its environment. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && isRunning(Number(entry)))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`=${folder}/`)) return [];
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`];
      } catch {
        return []; // it ended meanwhile, or is another user's
      }
    });
}

function isRunning(pid: number): boolean {
  try {
    // what is left of a process that nobody has waited for yet does not run
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
