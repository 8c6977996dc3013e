import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { auditJournal } from '../../bridge/journal/audit.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import type { FaultOptions, Report } from './report.ts';
import { Seeded } from './seeded.ts';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Kills in one run, where nobody says how many. */
const usualKills = 50;
const writers = 8;
const listeners = 3;
/** Nobody reads: each takes 200. */
const recipients = Array.from({ length: 150 }, (_, index) => `agent-${index}`);
const startLimitMs = 60_000;
const settings = `mode: manual
limits: { message-hops: 0, message-rounds: 0, thread-messages: 0, member-messages: 0 }
`;

/**
 * kill -9 of the server under load, again and again: who writes sends what was not acknowledged once more with the same key, who listens
 * goes on after its last cursor. In the end every acknowledged message is in the journal once, and each listener has heard of each once.
 */
export async function hub({ seed, cases, say }: FaultOptions): Promise<Report> {
  const kills = cases ?? usualKills;
  const random = new Seeded(seed);
  const server = await Server.begin();
  const failures: string[] = [];
  const begunAt = Date.now();
  try {
    const ears = Array.from({ length: listeners }, () => new Ear(server));
    const hands = Array.from({ length: writers }, (_, index) => new Hand(server, `w${index}`, random));
    const work = hands.map((hand) => hand.write());
    for (let kill = 1; kill <= kills; kill++) {
      const wanted = acknowledged(hands) + random.between(1, 100);
      await until(() => acknowledged(hands) >= wanted, 'so many more messages are acknowledged');
      await delay(random.between(0, 15));
      await server.kill();
      if (kill % 10 === 0) say(`hub: ${kill} of ${kills} kills, ${acknowledged(hands)} messages`);
      await server.start();
    }
    for (const hand of hands) hand.end();
    await Promise.all(work);
    const newest = server.newest();
    await until(() => ears.every((ear) => ear.cursor >= newest), 'every listener has come to the end');
    for (const ear of ears) ear.end();
    await server.stop();
    failures.push(...server.judge(hands, ears));
    const figures = {
      kills,
      'messages acknowledged': acknowledged(hands),
      'sent again under their key': hands.reduce((sum, { again }) => sum + again, 0),
      'listeners that came back': ears.reduce((sum, { opened }) => sum + opened - 1, 0),
      seconds: Math.round((Date.now() - begunAt) / 1_000),
    };
    const rows = Object.entries(figures).map(([name, count]) => `| ${name} | ${count} |`);
    const text = ['### The server', '', '| what | count |', '|---|---|', ...rows, ''].join('\n');
    return { name: 'hub', ok: failures.length === 0, seed, figures, failures, text };
  } finally {
    await server.close();
  }
}

function acknowledged(hands: readonly Hand[]): number {
  return hands.reduce((sum, hand) => sum + hand.acknowledged.size, 0);
}

/** `bridge serve` in a folder of its own, always at the same port. */
class Server {
  readonly home = mkdtempSync(join(tmpdir(), 'bridge-hub-faults-'));
  readonly url: string;
  readonly #port: number;
  #child: ChildProcess | null = null;

  private constructor(port: number) {
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async begin(): Promise<Server> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const server = new Server(port);
    writeFileSync(join(server.home, 'bridge.yaml'), settings);
    await server.start();
    for (const name of recipients) await server.ask('POST', '/members', { name });
    return server;
  }

  get token(): string {
    return readFileSync(join(this.home, 'admin.token'), 'utf8').trim();
  }

  async start(): Promise<void> {
    const place = ['--home', this.home, '--socket', join(this.home, 'no-tmux')];
    const env = { PATH: process.env.PATH, HOME: this.home, LANG: 'C.UTF-8' };
    const child = spawn(process.execPath, [program, 'serve', '--port', String(this.#port), ...place], {
      env,
      stdio: 'ignore',
    });
    this.#child = child;
    const isUp = () =>
      fetch(`${this.url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`the server left with ${child.exitCode}`);
      return existsSync(join(this.home, 'admin.token')) && (await isUp());
    }, 'the server is up');
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** @returns the answer @throws where there is none, or it is a refusal */
  async ask(verb: string, path: string, body: unknown, key?: string): Promise<unknown> {
    const reply = await fetch(`${this.url}/api/v1${path}`, {
      method: verb,
      body: JSON.stringify(body),
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
    });
    const text = await reply.text();
    if (reply.ok) return JSON.parse(text);
    throw new Refused(`${reply.status} ${text}`);
  }

  newest(): number {
    return this.#read((journal) => journal.events({ limit: 1 }).at(-1)?.seq ?? 0);
  }

  judge(hands: readonly Hand[], ears: readonly Ear[]): string[] {
    const events = this.#read((journal) => journal.events({ since: 0 }));
    const bodies = this.#read((journal) => journal.mail.history.messages({ limit: 10_000_000 })).map(
      ({ id, body }) => ({ id, body }),
    );
    const counts = new Map<string, number>();
    for (const { body } of bodies) counts.set(body, (counts.get(body) ?? 0) + 1);
    const idOf = new Map(bodies.map(({ id, body }) => [body, id]));
    const wanted = hands.flatMap((hand) => [...hand.acknowledged]);
    const all = events.map(({ seq }) => seq);
    return [
      ...wanted.flatMap(([body, id]) =>
        idOf.get(body) === id ? [] : [`losses: ${body} was acknowledged as ${id}, and is ${idOf.get(body)}`],
      ),
      ...[...counts].flatMap(([body, count]) => (count === 1 ? [] : [`doubles: ${body} is there ${count} times`])),
      ...ears.flatMap(({ heard, from }, index) => {
        const missing = all.filter((seq) => seq > from && !heard.includes(seq));
        const isOrdered = heard.every((seq, at) => at === 0 || seq > heard[at - 1]!);
        return [
          ...(missing.length === 0
            ? []
            : [`losses: listener ${index} has not heard of ${missing.length} events: ${missing.slice(0, 5)}`]),
          ...(isOrdered ? [] : [`doubles: listener ${index} has heard an event twice, or too late`]),
        ];
      }),
      ...hands.flatMap(({ refusals }) => refusals.map((text) => `refusals: ${text}`)),
      ...auditJournal(join(this.home, 'bridge.db'), join(this.home, 'archive')).findings.map(
        (found) => `audit: ${JSON.stringify(found)}`,
      ),
    ];
  }

  #read<Result>(what: (journal: Journal) => Result): Result {
    const { journal } = Journal.open(join(this.home, 'bridge.db'), { now: Date.now() });
    try {
      return what(journal);
    } finally {
      journal.close();
    }
  }
}

/** Nobody took the call: nothing of it can have been done. */
function isRefusedCall(fault: unknown): boolean {
  return (fault as { cause?: { code?: string } }).cause?.code === 'ECONNREFUSED';
}

/** What is refused stays so: to send it again would change nothing. */
class Refused extends Error {}

/** Writes one message after the other; what was not acknowledged is sent again under its key. */
class Hand {
  readonly acknowledged = new Map<string, string>();
  readonly refusals: string[] = [];
  again = 0;
  readonly #server: Server;
  readonly #name: string;
  readonly #random: Seeded;
  #isOver = false;

  constructor(server: Server, name: string, random: Seeded) {
    this.#server = server;
    this.#name = name;
    this.#random = random;
  }

  end(): void {
    this.#isOver = true;
  }

  async write(): Promise<void> {
    for (let count = 1; !this.#isOver; count++) {
      const body = `${this.#name} number ${count}`;
      const to = [this.#random.oneOf(recipients)];
      for (let isSent = false; !isSent; ) {
        try {
          const { id } = (await this.#server.ask('POST', '/messages', { to, body }, body)) as { id: string };
          this.acknowledged.set(body, id);
          isSent = true;
        } catch (fault) {
          if (fault instanceof Refused) {
            this.refusals.push(`${body}: ${fault.message}`);
            return;
          }
          if (!isRefusedCall(fault)) this.again++;
          await delay(20);
        }
      }
    }
  }
}

/** Listens, and goes on after its last cursor wherever it was cut off. */
class Ear {
  readonly heard: number[] = [];
  from = 0;
  opened = 0;
  readonly #server: Server;
  #socket: WebSocket | null = null;
  #isOver = false;

  constructor(server: Server) {
    this.#server = server;
    void this.#listen();
  }

  get cursor(): number {
    return this.heard.at(-1) ?? this.from;
  }

  end(): void {
    this.#isOver = true;
    this.#socket?.terminate();
  }

  async #listen(): Promise<void> {
    while (!this.#isOver) {
      const after = this.opened === 0 ? '' : `?after=${this.cursor}`;
      const socket = new WebSocket(`${this.#server.url.replace('http', 'ws')}/api/v1/events${after}`, {
        headers: { authorization: `Bearer ${this.#server.token}` },
      });
      this.#socket = socket;
      socket.on('error', () => {});
      socket.on('message', (data) => this.#take(JSON.parse(String(data))));
      await new Promise((resolve) => socket.once('close', resolve));
      await delay(20);
    }
  }

  #take({ hello, cursor }: { hello?: { cursor: number }; cursor?: number }): void {
    if (hello !== undefined) {
      if (this.opened === 0) this.from = hello.cursor;
      this.opened++;
    } else this.heard.push(cursor!);
  }
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const giveUpAt = Date.now() + startLimitMs; !(await condition()); await delay(10))
    if (Date.now() > giveUpAt) throw new Error(`not within ${startLimitMs / 1_000} s: ${what}`);
}
