import { readFileSync } from 'node:fs';
import { call } from '../bridge/server/socket.ts';
import { socketPath } from '../bridge/server/socket-path.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../tests/fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../tests/fixtures/scripted-agent.ts';
import { runAsPerson } from '../tests/live/as-person.ts';
import { type BridgeProcess, makeHome, makeWork, program, startBridge } from '../tests/live/bridge-process.ts';
import { quantile } from './quantile.ts';

/**
 * Command lines of the other side, for `sh -c`. They find the private tmux server by `tmux` alone, and in their environment
 * the session of the recipient (TO), its pane (PANE), the sender (FROM) and the message (TEXT).
 */
export interface Beside {
  /** makes ready what it needs; once */
  readonly setup: string | undefined;
  readonly send: string | undefined;
  readonly post: string | undefined;
}

export interface MailBenchOrder {
  readonly isShort: boolean;
  readonly beside: Beside;
}

/** What agent-send's recipe does, as its standard says: a bracketed paste, a pause, Enter, and a second one. */
const recipe = [
  'printf %s "$TEXT" | tmux load-buffer -b recipe -',
  'tmux paste-buffer -d -p -b recipe -t "$PANE"',
  'sleep 0.4',
  'tmux send-keys -t "$PANE" Enter',
  'sleep 0.1',
  'tmux send-keys -t "$PANE" Enter',
].join(' && ');

const say = (line: string) => process.stderr.write(`${line}\n`);
const nobody = { caller: { is: 'nobody' } } as const;
/** Far more than any takes. */
const limitMs = 120_000;
/** So many may wait for one member. */
const mostEach = 150;

export async function benchMail({ isShort, beside }: MailBenchOrder) {
  const loads = [loadNow()];
  const calls = await benchCalls(isShort ? 5 : 30, beside);
  loads.push(loadNow());
  const posts = await benchPosts(isShort ? 2 : 10, beside);
  loads.push(loadNow());
  const endToEnd = [];
  for (const agents of isShort ? [2] : [2, 20, 100]) {
    endToEnd.push(await benchEndToEnd(agents, isShort ? 3 : Math.max(5, Math.round(200 / agents))));
    loads.push(loadNow());
  }
  return { calls, posts, endToEnd, load: loads };
}

const loadNow = () => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');

/** A private tmux server with recording programs in sessions of these names, and a bridge that watches them. */
class Scene {
  readonly tmux: PrivateTmux = privateTmux();
  readonly home = makeHome(this.tmux, 'mode: manual\nnotify: {bell: false, desktop: false}\n');
  readonly agents = new Map<string, ScriptedAgent>();
  #bridge: BridgeProcess | null = null;
  #env: NodeJS.ProcessEnv = {};

  static async with<T>(names: readonly string[], work: (scene: Scene) => Promise<T>): Promise<T> {
    const scene = new Scene();
    try {
      await scene.#start(names);
      return await work(scene);
    } finally {
      await scene.#bridge?.stop();
      await scene.tmux.stop();
    }
  }

  async #start(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const folder = makeWork(this.tmux, name);
      const agent = await startScriptedAgent({
        tmux: this.tmux,
        session: name,
        name,
        workingFolder: folder,
        script: { inputs: [{ do: [] }] },
        under: 'alone',
      });
      await this.tmux.run('set-option', '-p', '-t', agent.paneId, '@label', `worker-${name}`);
      this.agents.set(name, agent);
    }
    const server = (await this.tmux.run('display-message', '-p', '#{socket_path},#{pid},0')).trim();
    this.#env = { PATH: process.env.PATH, HOME: this.tmux.folder, TMUX: server, LANG: 'C.UTF-8' };
    this.#env.XDG_RUNTIME_DIR = this.tmux.folder;
    this.#bridge = await startBridge(this.tmux, this.home, []);
    await waitFor('all are members', async () => (await this.#idle()) === names.length, { limitMs });
  }

  async #idle(): Promise<number> {
    const idle = this.#bridge!.lines.filter(({ type, state }) => type === 'state-changed' && state === 'idle');
    return new Set(idle.map(({ worker }) => worker)).size;
  }

  /** A bridge's command as a person runs it. */
  bridge(...words: string[]) {
    return this.#run([program, ...words], { BRIDGE_HOME: this.home });
  }

  other(command: string, env: NodeJS.ProcessEnv = {}) {
    return this.#run(['sh', '-c', command], env);
  }

  /** The same by its socket, as a program that stays asks it. */
  async tell(args: object): Promise<void> {
    const reply = await call(socketPath(this.home), 'tell', { ...nobody, ...args });
    if (reply === null) throw new Error('no bridge answers');
  }

  #run(command: readonly string[], env: NodeJS.ProcessEnv = {}) {
    return runAsPerson(command, { cwd: this.tmux.folder, env: { ...this.#env, ...env } });
  }

  /** When the program in the pane had this text as an input of its own, by its own clock; null where it never came. */
  async had(name: string, mark: string): Promise<number | null> {
    const agent = this.agents.get(name)!;
    const fact = await agent.fact(mark, ({ input }) => input?.includes(mark) === true, 15_000).catch(() => null);
    return fact?.t ?? null;
  }
}

/** From the call of a command until the program in the pane has the text, and until the command is over; in turn. */
async function benchCalls(samples: number, { setup, send }: Beside): Promise<Record<string, unknown>[]> {
  const sides = [
    { by: 'bridge tell', to: 'bob' },
    { by: 'agent-send’s recipe', to: 'carl', command: recipe },
    ...(send === undefined ? [] : [{ by: send, to: 'dora', command: send }]),
  ];
  say(`calls: ${sides.map(({ by }) => by).join(' | ')}`);
  return Scene.with(['alice', ...sides.map(({ to }) => to)], async (scene) => {
    if (setup !== undefined) await scene.other(setup);
    const taken = new Map(sides.map(({ by }) => [by, { had: [] as number[], call: [] as number[], failed: 0 }]));
    for (let sample = -1; sample < samples; sample += 1) {
      for (const { by, to, command } of sides) {
        const mark = `hello ${sample + 1} to ${to}`;
        const PANE = scene.agents.get(to)!.paneId;
        const calledAt = Date.now();
        const ran =
          command === undefined
            ? await scene.bridge('tell', `worker-${to}`, mark)
            : await scene.other(command, { TO: to, PANE, FROM: 'alice', TEXT: mark });
        const callMs = Date.now() - calledAt;
        const hadAt = await scene.had(to, mark);
        // the first of each warms up
        if (sample < 0) continue;
        const side = taken.get(by)!;
        side.call.push(callMs);
        if (hadAt !== null) side.had.push(hadAt - calledAt);
        if (hadAt === null || ran.code !== 0) side.failed += 1;
      }
    }
    return [...taken].map(([by, { had, call: calls, failed }]) => ({
      by,
      samples,
      programHasItP50Ms: quantile(had, 0.5),
      programHasItP95Ms: quantile(had, 0.95),
      callP50Ms: quantile(calls, 0.5),
      callP95Ms: quantile(calls, 0.95),
      failedOrNotThere: failed,
    }));
  });
}

/** Posts into one thread, by commands and by the socket, from one writer and from twenty; nobody who gets them is up. */
async function benchPosts(each: number, { setup, post }: Beside): Promise<Record<string, unknown>[]> {
  const padding = 'z'.repeat(300);
  return Scene.with(['alice'], async (scene) => {
    if (setup !== undefined) await scene.other(setup);
    const socketEach = each * 20;
    const sinks = Array.from({ length: Math.ceil((25 * socketEach) / mostEach) }, (_, index) => `sink-${index}`);
    for (const sink of sinks) await call(socketPath(scene.home), 'add', { name: sink, description: '' });
    let count = 0;
    const sink = () => sinks[count++ % sinks.length]!;
    const ways = [
      {
        by: 'bridge post',
        each,
        write: (text: string) => scene.bridge('post', 'race/t', text, '--to', sink(), '--wait', '0'),
      },
      {
        by: 'bridge, by its socket',
        each: socketEach,
        write: (text: string) => scene.tell({ to: [sink()], thread: 'race/s', body: text, waitMs: 0 }),
      },
      ...(post === undefined
        ? []
        : [{ by: post, each, write: (text: string, FROM: string) => scene.other(post, { TEXT: text, FROM }) }]),
    ];
    const rows = [];
    for (const writers of [1, 20]) {
      for (const way of ways) {
        say(`posts: ${writers} × ${way.each} by ${way.by}`);
        const startedAt = process.hrtime.bigint();
        const writer = async (index: number) => {
          for (let at = 0; at < way.each; at += 1) await way.write(`entry w${index} k${at} ${padding}`, `w${index}`);
        };
        await Promise.all(Array.from({ length: writers }, (_, index) => writer(index)));
        const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
        rows.push({ by: way.by, writers, posts: writers * way.each, perSecond: round((writers * way.each) / seconds) });
      }
    }
    const threads = JSON.parse((await scene.bridge('threads', '--json')).stdout) as Array<{
      name: string;
      messages: number;
    }>;
    for (const { name, messages } of threads) say(`thread ${name}: ${messages} messages`);
    return rows;
  });
}

/** Lines to each of many agents at once, until the last of them is an input of the program in its pane. */
async function benchEndToEnd(count: number, each: number): Promise<Record<string, unknown>> {
  say(`end to end: ${count} agents, ${each} messages to each`);
  const names = Array.from({ length: count }, (_, index) => `w${index}`);
  return Scene.with(names, async (scene) => {
    for (const name of names)
      await scene.tell({ to: [`worker-${name}`], body: 'warm', waitMs: limitMs, isPatient: true });
    const startedAt = Date.now();
    const sent = names.flatMap((name) =>
      Array.from({ length: each }, (_, index) => ({ name, mark: `message ${index} to ${name}.` })),
    );
    for (let index = 0; index < each; index += 1) {
      const round = sent.filter(({ mark }) => mark.startsWith(`message ${index} `));
      await Promise.all(round.map(({ name, mark }) => scene.tell({ to: [`worker-${name}`], body: mark, waitMs: 0 })));
    }
    await waitFor(
      'all have come',
      () => names.every((name) => scene.agents.get(name)!.inputs().length > each) || null,
      {
        limitMs: 600_000,
      },
    );
    const inputs = names.flatMap((name) =>
      scene.agents
        .get(name)!
        .facts()
        .filter(({ input }) => input !== undefined),
    );
    const lastAt = Math.max(...inputs.map(({ t }) => t));
    const came = inputs.map(({ input }) => input!);
    const once = sent.filter(({ mark }) => came.filter((input) => input.endsWith(mark)).length === 1).length;
    return {
      agents: count,
      messages: sent.length,
      exact: `${once}/${sent.length}`,
      perSecond: round(sent.length / ((lastAt - startedAt) / 1000)),
      perAgentMs: round((lastAt - startedAt) / each),
    };
  });
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
