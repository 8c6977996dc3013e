import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { programOf } from '../../bridge/agent-programs/index.ts';
import { outcomeOf } from '../../bridge/api/views.ts';
import { Bridge } from '../../bridge/app/bridge.ts';
import { loadConfig } from '../../bridge/config/config.ts';
import type { ComposerFacts } from '../../bridge/core/composer.ts';
import type { Delivery } from '../../bridge/core/envelope.ts';
import { prepare } from '../../bridge/delivery/text.ts';
import { addressOn } from '../fixtures/address.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { makeHome } from '../live/bridge-process.ts';
import { type LoggedCall, type ModelServer, modelServer } from './model-server.ts';
import type { AgentName } from './programs/index.ts';
import { type RealAgent, startAgent } from './real-agents.ts';
import { asTaken, unwrapped } from './taken.ts';
import type { KindOfText } from './texts.ts';

/**
 * What became of one text, by the model's log:
 * `exact` the model has it byte for byte, once; `declared` once, with what the agent program says that is put before it or that
 * the agent itself changes; `refused` and `held` not typed, with the reason; `left` typed, said to be unsent, and the
 * model has nothing; `doubt` said to be uncertain; `lost`, `doubled`, `altered` said to be submitted, and it is not so;
 * `ran` the agent took it for a command.
 */
export type Outcome =
  | 'exact'
  | 'declared'
  | 'refused'
  | 'held'
  | 'left'
  | 'doubt'
  | 'lost'
  | 'doubled'
  | 'altered'
  | 'ran';

export interface Delivered {
  readonly outcome: Outcome;
  readonly ms: number;
  /** the evidence of a receipt; what was said and seen, where the model has something else */
  readonly detail: string;
}

/** How a text is put into the pane: by the bridge, or as the predecessors do, with a fixed delay before Enter. */
export type Method = 'bridge' | 'paste 400' | 'keys 400';

/** How long after Enter the model may be asked: opencode's first turn took 66 s where the machine was loaded. */
const askedLimitMs = 150_000;
/** With a fixed delay nobody knows whether Enter was taken: a text that was not has no other sign than this silence. */
const silenceMs = 8_000;
/** How long the answer to the last text may take to end, and the screen to look idle again. */
const idleLimitMs = 30_000;
const fixedDelayMs = 400;

/** A real agent in a pane of its own server, a bridge that has looked at it all along, and the model behind it. */
export class AgentHarness {
  readonly program: AgentName;
  readonly tmux: PrivateTmux;
  readonly #server: ModelServer;
  readonly #size: { width: number; height: number };
  #bridge: Bridge | null = null;
  #agent: RealAgent | null = null;
  #starts = 0;
  /** calls that were looked at, and the messages of the conversation in the last of them */
  #seen = { calls: 0, messages: 0 };
  /** what the model was told last before the text that counts */
  #passed = '';
  /** that, where it failed */
  #failed: string | null = null;

  private constructor(program: AgentName, server: ModelServer, size: { width: number; height: number }) {
    this.program = program;
    this.tmux = privateTmux();
    this.#server = server;
    this.#size = size;
  }

  static async open(program: AgentName, size = { width: 120, height: 40 }): Promise<AgentHarness> {
    return new AgentHarness(program, await modelServer(), size);
  }

  get agent(): RealAgent {
    if (this.#agent === null) throw new Error('no agent is running');
    return this.#agent;
  }

  get #isFirst(): boolean {
    return this.#seen.messages === 0;
  }

  get isRunning(): boolean {
    return this.#agent !== null;
  }

  /** A fresh agent, in the place of the one before it. */
  async restart(): Promise<void> {
    await this.end();
    const folder = join(this.tmux.folder, `${++this.#starts}`);
    this.#agent = await startAgent(this.program, {
      tmux: { ...this.tmux, folder },
      server: this.#server,
      name: 'worker',
      ...this.#size,
    });
    writeFileSync(join(this.agent.workingFolder, 'picture.png'), picture);
    this.#seen = { calls: this.agent.calls().length, messages: 0 };
    this.#bridge ??= await this.#openBridge();
  }

  /** Ends the agent; the folder stays until `close`. */
  async end(): Promise<void> {
    if (this.#agent === null) return;
    // a server whose last session ends would end too
    await this.tmux.run('new-session', '-d', '-s', `keeper-${this.#starts}`);
    await this.tmux.run('kill-session', '-t', '=worker').catch(() => '');
    this.#agent = null;
  }

  /** What the model was told so far was somebody else's, and is no news. */
  disregard(): void {
    this.#newMessages();
  }

  async close(): Promise<void> {
    await this.#bridge?.close();
    await this.tmux.stop();
    await this.#server.close();
  }

  /** What the model has been told until now was not delivered. */
  passOver(how?: 'failed'): void {
    this.#passed = this.#newMessages().at(-1) ?? this.#passed;
    this.#failed = how === 'failed' ? this.#passed : null;
  }

  /** @param waitMs how long what is held may wait, in milliseconds */
  async deliver(kind: KindOfText, method: Method = 'bridge', waitMs = idleLimitMs): Promise<Delivered> {
    const text = kind.text(this.agent);
    const failed = this.#failed;
    const delivered = await (method === 'bridge' ? this.#byBridge(text, waitMs, failed) : this.#byDelay(text, method));
    if (delivered.outcome !== 'held') this.#failed = null;
    const proof = join(this.agent.workingFolder, 'proof');
    if (!existsSync(proof)) return delivered;
    rmSync(proof);
    return { ...delivered, outcome: 'ran', detail: `the command was run. ${delivered.detail}` };
  }

  async #byBridge(text: string, waitMs: number, failed: string | null): Promise<Delivered> {
    const { composer } = programOf(null, { agent: this.program });
    const prepared = prepare(text, composer);
    const pane = await addressOn(this.#bridge!.main, this.agent.paneId);
    const via = 'keyboard' as const;
    const order = {
      pane,
      text,
      from: 'human',
      agent: null,
      force: false,
      allowShell: false,
      waitMs,
      via,
    };
    const delivery = await this.#bridge!.texts.send(order, new AbortController().signal);
    const { state } = delivery;
    const at = 'receipt' in state ? state.receipt.at - state.receipt.typedAt : 0;
    const said = `${state.is}: ${outcomeOf(state).message}`;
    if (state.is === 'acknowledged') {
      const told = await this.#told(askedLimitMs);
      const judgement = judged(
        text,
        prepared.is === 'text' ? asTaken(prepared.text, composer, failed) : [],
        told,
        composer,
      );
      if (judgement.detail === '') return { ms: at, ...judgement, detail: state.receipt.evidence };
      return { ms: at, ...judgement, detail: `${judgement.detail}\n${this.#stepsOf(delivery)}` };
    }
    // some try what failed again and again, and tell it each time
    const told = this.#newMessages().filter((one) => one !== this.#passed);
    const has = told.length > 0 ? `; the model has ${JSON.stringify(told).slice(0, 300)}` : '';
    const detail = `${said}${has}\n${this.#stepsOf(delivery)}\n${await this.agent.screen()}`;
    if (state.is === 'failed') return { outcome: told.length === 0 ? 'refused' : 'doubled', ms: 0, detail: said };
    if (state.is === 'typed-not-submitted') return { outcome: told.length === 0 ? 'left' : 'doubt', ms: 0, detail };
    if (state.is === 'uncertain') return { outcome: 'doubt', ms: 0, detail };
    return { outcome: told.length === 0 ? 'held' : 'doubled', ms: 0, detail };
  }

  /** What the journal has of it, each step with its milliseconds since the first. */
  #stepsOf({ id }: Delivery): string {
    const steps = this.#bridge!.journal.events({ subject: id });
    return steps.map(({ kind, at }) => `${kind} +${at - steps[0]!.at}`).join(', ');
  }

  /** As the predecessors do: the text, a fixed delay, Enter. */
  async #byDelay(text: string, method: Exclude<Method, 'bridge'>): Promise<Delivered> {
    await this.agent.waitUntilIdle();
    const from = Date.now();
    if (method === 'keys 400') await this.tmux.run('send-keys', '-l', '-t', this.agent.paneId, text);
    else await this.agent.paste(text);
    await delay(fixedDelayMs);
    await this.agent.press('Enter');
    const told = await this.#told(this.#isFirst ? askedLimitMs : silenceMs);
    const { composer } = programOf(null, { agent: this.program });
    return { ms: Date.now() - from, ...judged(text, asTaken(text, composer), told, composer) };
  }

  /** What the model was newly told, once it was told anything and its answer is out. */
  async #told(limitMs: number): Promise<readonly string[]> {
    const { calls } = this.#seen;
    const isOver = () => this.agent.calls().length > calls && this.agent.calls().every(({ ended }) => ended !== 'open');
    await waitFor('the model is asked', isOver, { limitMs }).catch(() => false);
    return this.#newMessages();
  }

  #newMessages(): readonly string[] {
    const calls = this.agent.calls();
    let { messages } = this.#seen;
    const told = calls.slice(this.#seen.calls).flatMap((call) => {
      const fresh = freshIn(call, messages);
      messages = call.messages.length;
      return fresh;
    });
    this.#seen = { calls: calls.length, messages };
    return told;
  }

  async #openBridge(): Promise<Bridge> {
    process.env.XDG_RUNTIME_DIR = this.tmux.folder;
    const config = loadConfig({ home: makeHome(this.tmux), flags: { socket: this.tmux.socketPath }, env: {} });
    return Bridge.open(config, { on: () => {} });
  }
}

/** A conversation that was begun anew, or shortened, still ends with what is new. */
function freshIn({ messages, toolResult }: LoggedCall, known: number): readonly string[] {
  if (toolResult !== null && messages.length <= known) return [];
  return messages.length > known ? messages.slice(known) : messages.slice(-1);
}

function judged(
  text: string,
  declared: readonly string[],
  told: readonly string[],
  composer: ComposerFacts,
): Omit<Delivered, 'ms'> {
  const [one] = told;
  if (one === undefined) return { outcome: 'lost', detail: 'the model has nothing' };
  if (told.length > 1) return { outcome: 'doubled', detail: JSON.stringify(told.map((each) => each.slice(0, 200))) };
  if (one === text) return { outcome: 'exact', detail: '' };
  if (declared.includes(unwrapped(one, composer))) return { outcome: 'declared', detail: '' };
  return { outcome: 'altered', detail: difference(text, one) };
}

function difference(sent: string, told: string): string {
  let at = 0;
  while (at < sent.length && sent[at] === told[at]) at++;
  const part = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 120));
  return `${sent.length} characters sent, ${told.length} told; from ${at}: ${part(sent)} became ${part(told)}`;
}

/** One grey pixel. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);
