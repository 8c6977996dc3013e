import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import type { MessageView } from '../../bridge/api/inbox.ts';
import { isEnded } from '../../bridge/core/delivery-machine.ts';
import type { Delivery } from '../../bridge/core/envelope.ts';
import { shortId } from '../../bridge/core/mail-lines.ts';
import { isUnread, type MailState, type Message } from '../../bridge/core/message.ts';
import { call } from '../../bridge/server/socket.ts';
import { socketPath } from '../../bridge/server/socket-path.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type Fact, type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { runAsPerson } from '../live/as-person.ts';
import { makeWork, program } from '../live/bridge-process.ts';
import type { Order } from './armed-bridge.ts';
import { BridgeHarness } from './bridge-harness.ts';
import { clear } from './human.ts';
import { isRunning, leftOver, words } from './left-over.ts';
import { auditMail, type KeptMessage, type Letter, labelOf, type MailFigures } from './mail-ledger.ts';
import type { Seeded } from './seeded.ts';

const preload = fileURLToPath(new URL('./preload.mjs', import.meta.url));
/** How long everything that is due may take, the delivery queue's retries and doubts included. */
const quietLimitMs = 90_000;
const lookEveryMs = 80;

export const members = ['worker-lead', 'worker-coder', 'worker-critic', 'worker-tester'] as const;
export type MemberName = (typeof members)[number];

export interface Member extends ScriptedAgent {
  readonly label: MemberName;
  readonly tmux: PrivateTmux;
  readonly server: string;
}

/** What a command said, of which nothing is known where it was killed. */
export interface Sent {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Two private tmux servers, on which pane ids are the same, four scripted agents that are members, the real bridge, which may
 * be killed at any time, and the commands of a person and of the agents. An agent reads its mail when its doorbell rings.
 */
export class MailScene {
  readonly servers: readonly PrivateTmux[] = [privateTmux(), privateTmux()];
  readonly harness: BridgeHarness;
  readonly living = new Map<MemberName, Member>();
  readonly letters: Letter[] = [];
  readonly #facts = new Map<string, Array<() => Fact[]>>();
  #threadsBefore: ReadonlyMap<string, readonly string[]> = new Map();
  #lives = 0;
  /** what kept it from coming to rest at the last look */
  moving = '';

  constructor() {
    this.harness = new BridgeHarness(this.servers, 'home', 'mode: manual\nheuristic: false\n');
  }

  get bridge() {
    return this.harness.bridge;
  }

  get home(): string {
    return this.harness.home;
  }

  get folder(): string {
    return this.servers[0]!.folder;
  }

  // ── agents ──
  async addMember(label: MemberName): Promise<Member> {
    this.#lives += 1;
    const tmux = this.servers[members.indexOf(label) % this.servers.length]!;
    // its title is its folder's name, as codex's is; each life has files of its own
    const folder = makeWork(tmux, `life-${this.#lives}`);
    const scripted = await startScriptedAgent({
      tmux: { ...tmux, folder },
      session: 'macs',
      name: label,
      workingFolder: makeWork(tmux, label),
      script: {
        inputs: [
          { when: 'read with: bridge inbox', do: [this.reading(label)] },
          { do: [{ busy: 40 }, { say: 'I have read it.' }] },
        ],
      },
    });
    await tmux.run('set-option', '-p', '-t', scripted.paneId, '@label', label);
    const server = (await tmux.run('display-message', '-p', '#{pid}@#{start_time}')).trim();
    const member = { ...scripted, label, tmux, server };
    this.living.set(label, member);
    this.#facts.set(label, [...(this.#facts.get(label) ?? []), scripted.facts]);
    return member;
  }

  /** Counts it among the dead, once its process has ended. */
  async bury({ label, pid }: Member): Promise<void> {
    await waitFor(`${label} has ended`, () => !isRunning(pid), { limitMs: 15_000 });
    this.living.delete(label);
  }

  /** Waits until a living bridge watches it. */
  async watched({ label, server, paneId }: Member): Promise<void> {
    const isFound = () =>
      this.bridge.log.some((line) => line.type === 'worker-found' && line.server === server && line.paneId === paneId);
    await waitFor(`${label} is watched`, () => isFound() || !this.harness.isAlive, {
      limitMs: 30_000,
      describe: async () => JSON.stringify([server, paneId, this.bridge.log]),
    });
  }

  /** `bridge inbox` as an agent's tool runs it: what it prints is kept, also where it is killed. */
  reading(label: string) {
    const out = join(this.folder, `reading-${label}`);
    const script = `echo $$ > ${this.pidFile('reader')}; exec "$0" "$@" > ${out}-$$-$(date +%s%N).txt`;
    return { run: ['sh', '-c', script, process.execPath, program, 'inbox', '--home', this.home] };
  }

  /** A file with the pid of the last command of that kind. */
  pidFile(of: 'reader' | 'sender'): string {
    return join(this.folder, `${of}.pid`);
  }

  /** A command line that kills the last command of that kind; never another process that got its pid since. */
  killing(of: 'reader' | 'sender'): string[] {
    const script = 'pid=$(cat "$0") && grep -qsz "=$1/" "/proc/$pid/environ" && kill -9 "$pid"';
    return ['sh', '-c', script, this.pidFile(of), this.folder];
  }

  // ── writing ──
  letter(to: readonly MemberName[], isLong: boolean): Letter {
    const mark = `m${String(this.letters.length).padStart(5, '0')}x`;
    const body = isLong ? `The letter ${mark} has\ntwo lines.` : `The line ${mark} is short.`;
    const letter: Letter = { mark, to, body, isAccepted: false };
    this.letters.push(letter);
    return letter;
  }

  /**
   * A person's command, to its end.
   * @param more.order the command itself dies at that commit of its own
   */
  async person(args: readonly string[], letter: Letter | null, more: { order?: Order } = {}) {
    const own = more.order === undefined ? [] : ['--import', preload];
    const record = join(this.folder, `alone-${this.letters.length}.json`);
    const script = `echo $$ > ${this.pidFile('sender')}; exec "$0" "$@"`;
    const command = ['sh', '-c', script, process.execPath, ...own, program, ...args, '--home', this.home];
    const sent = await runAsPerson(command, {
      cwd: this.folder,
      env: {
        PATH: process.env.PATH,
        HOME: this.folder,
        XDG_RUNTIME_DIR: this.folder,
        TMUX_SOCKET: this.servers[0]!.socketPath,
        TMPDIR: this.bridge.temporaryFolder,
        LANG: 'C.UTF-8',
        ...(more.order === undefined ? {} : { FAULT_ORDER: JSON.stringify({ ...more.order, record }) }),
      },
    });
    this.heard(letter, sent);
    return sent;
  }

  /** An agent's own command; null where the agent is killed meanwhile. */
  async agent(member: Member, args: readonly string[], letter: Letter): Promise<Sent | null> {
    const before = ranOf(member).length;
    const script = `echo $$ > ${this.pidFile('sender')}; exec "$0" "$@"`;
    const run = ['sh', '-c', script, process.execPath, program, ...args, '--home', this.home];
    await member.perform({ play: [{ run }], input: `Write ${this.letters.length}.` }).catch(() => {});
    const isOver = () => ranOf(member).length > before || !isRunning(member.pid);
    await waitFor(`${member.label} has run it`, isOver, { limitMs: 60_000 });
    const sent = ranOf(member)[before] ?? null;
    if (sent !== null) this.heard(letter, sent);
    return sent;
  }

  heard(letter: Letter | null, { stdout }: Sent): void {
    // each outcome has the id of what is kept
    if (letter !== null && /#\w{4}$/m.test(stdout)) letter.isAccepted = true;
  }

  // ── looking ──
  /** What the journal has, in its order; whether a bridge lives or not. */
  kept(): { readonly messages: KeptMessage[]; readonly deliveries: Delivery[] } {
    const path = join(this.home, 'bridge.db');
    if (!existsSync(path)) return { messages: [], deliveries: [] };
    const db = new DatabaseSync(path, { readOnly: true });
    try {
      const all = (sql: string) => db.prepare(sql).all() as Array<Record<string, string>>;
      const mails = all('SELECT message, member, document FROM mail ORDER BY member').map((row) => ({
        message: row.message!,
        member: labelOf(row.member!),
        state: JSON.parse(row.document!) as MailState,
      }));
      const messages = all('SELECT document FROM messages ORDER BY seq').map((row) => {
        const { id, thread, body } = JSON.parse(row.document!) as Message;
        return { id, thread, body, mails: mails.filter(({ message }) => message === id) };
      });
      const deliveries = all('SELECT document FROM deliveries').map((row) => JSON.parse(row.document!) as Delivery);
      return { messages, deliveries: deliveries.filter(({ envelope }) => envelope.thread.startsWith('mail:')) };
    } finally {
      db.close();
    }
  }

  /** Whether nobody will be told of it any more, or it was never kept. */
  isOver({ mark }: Letter): boolean {
    const found = this.kept().messages.find(({ body }) => body.includes(mark));
    return found === undefined || found.mails.every(({ state }) => state.is === 'expired');
  }

  /** Somebody deletes the file of a thread, or writes into it. */
  tamper(thread: string, random: Seeded): void {
    const file = join(this.home, 'threads', `${thread}.md`);
    if (!existsSync(file)) return;
    const how = random.between(0, 2);
    if (how === 0) rmSync(file, { force: true });
    else if (how === 1) appendFileSync(file, '## [nobody→worker-lead 2026-01-01 00:00:00Z] #zzzz\n\nforged\n\n');
    else truncateSync(file, 10);
  }

  /**
   * Waits until nothing is under way: what is for a living member has ended, and who has unread mail of which it was told has
   * read it. A text that a dead bridge left in a composer is taken away, as a person would.
   */
  async rest(limitMs = quietLimitMs): Promise<'rest' | 'dead' | 'stuck'> {
    const endAt = Date.now() + limitMs;
    // a bridge that has struck may not have made its commit yet: it answers once it has
    await this.#ask('threads', {}).catch(() => null);
    for (;;) {
      if (!this.harness.isAlive) return 'dead';
      this.moving = await this.#whatMoves();
      if (this.moving === '') return 'rest';
      if (Date.now() >= endAt) return this.harness.isAlive ? 'stuck' : 'dead';
      await delay(lookEveryMs);
    }
  }

  async #whatMoves(): Promise<string> {
    const { messages, deliveries } = this.kept();
    for (const { id, mails } of messages) {
      for (const { member, state } of mails) {
        const agent = this.living.get(member as MemberName);
        if (agent === undefined) continue;
        if (state.is === 'waiting' || state.is === 'offered') {
          if (state.is === 'waiting') await this.#clearLeftDraft(agent, messages);
          return `${id} for ${member} is ${state.is}`;
        }
        if (isUnread(state)) {
          await this.#readBy(agent);
          return `${id} for ${member} is unread`;
        }
      }
    }
    // who reads at once has read before the receipt of its bell is there
    const open = deliveries.find(
      ({ envelope, state }) => !isEnded(state) && this.living.has(labelOf(envelope.to) as MemberName),
    );
    if (open !== undefined) return `a line to ${open.envelope.to} is ${open.state.is}`;
    for (const agent of this.living.values()) {
      if ((await stateOf(agent)) === 'busy') return `${agent.label} is at work`;
    }
    return '';
  }

  async #readBy(agent: Member): Promise<void> {
    if ((await stateOf(agent)) !== 'idle') return;
    await clear(agent).catch(() => {});
    const before = ranOf(agent).length;
    await agent.perform({ play: [this.reading(agent.label)], input: 'Read your mail.' }).catch(() => {});
    await waitFor('it has read', () => ranOf(agent).length > before || !isRunning(agent.pid), { limitMs: 60_000 });
  }

  /** What is in doubt stands in a composer, and keeps the next one from it: a person looks, and takes it away. */
  async #clearLeftDraft(agent: Member, messages: readonly KeptMessage[]): Promise<void> {
    const isInDoubt = messages.some(({ mails }) =>
      mails.some(({ member, state }) => member === agent.label && state.is === 'uncertain'),
    );
    if (isInDoubt && (await stateOf(agent)) === 'idle') await clear(agent).catch(() => {});
  }

  // ── the end ──
  /** The ledger as it stands, audited; only at rest it must balance. */
  async audit(): Promise<{ readonly figures: MailFigures; readonly failures: readonly string[] }> {
    const { messages, deliveries } = this.kept();
    const threads = new Map<string, readonly string[]>();
    for (const name of new Set(messages.map(({ thread }) => thread)))
      threads.set(name, idsOf(await this.#ask<MessageView[]>('thread', { name, last: 100_000 })));
    const files = await this.#files(threads);
    const unread = new Map<string, readonly string[]>();
    for (const label of new Set(messages.flatMap(({ mails }) => mails.map(({ member }) => member))))
      unread.set(label, idsOf((await this.#ask<{ messages: MessageView[] }>('inbox', { as: label })).messages));
    const audited = auditMail({
      letters: this.letters,
      messages,
      deliveries,
      facts: new Map([...this.#facts].map(([label, lives]) => [label, lives.flatMap((facts) => facts())])),
      threads,
      before: this.#threadsBefore,
      files,
      unread,
      readings: this.#readings(),
    });
    this.#threadsBefore = threads;
    return { ...audited, failures: [...audited.failures, ...this.bridge.warnings] };
  }

  /** The files follow what was written, and what somebody did to them, within seconds. */
  async #files(threads: ReadonlyMap<string, readonly string[]>): Promise<Map<string, readonly string[]>> {
    const found = new Map<string, readonly string[]>();
    for (const [name, ids] of threads) {
      const file = join(this.home, 'threads', `${name}.md`);
      const headings = () => (existsSync(file) ? readFileSync(file, 'utf8') : '').match(/^## \[.*\] #\w{4}$/gm) ?? [];
      const filed = () => headings().map((heading) => heading.slice(-4));
      await waitFor('its file', () => filed().join() === ids.map(shortId).join() || null, { limitMs: 15_000 }).catch(
        () => {},
      );
      found.set(name, filed());
    }
    return found;
  }

  async #ask<T>(method: string, args: object): Promise<T> {
    const reply = await call(socketPath(this.home), method, { ...args });
    if (reply === null) throw new Error('no bridge answers');
    return reply.ok as T;
  }

  #readings(): Map<string, string[]> {
    const found = new Map<string, string[]>();
    for (const file of readdirSync(this.folder)) {
      const label = /^reading-(.+)-\d+-\d+\.txt$/.exec(file)?.[1];
      if (label === undefined) continue;
      found.set(label, [...(found.get(label) ?? []), readFileSync(join(this.folder, file), 'utf8')]);
    }
    return found;
  }

  /** Ends everything, and tells what went wrong and what is left over, in words. */
  async close(): Promise<string[]> {
    const failures = [...(await this.harness.stop()), ...(await this.harness.verify())];
    const left = await leftOver(this.servers, [this.harness]);
    for (const tmux of this.servers) await tmux.stop();
    return [...failures, ...words(left)];
  }
}

function ranOf(member: Member) {
  return member.facts().flatMap(({ ran }) => (ran === undefined ? [] : [ran]));
}

async function stateOf(member: Member): Promise<'idle' | 'busy' | 'dialog' | 'gone'> {
  return member.state().then(
    ({ is }) => is,
    () => 'gone' as const,
  );
}

function idsOf(messages: readonly MessageView[]): string[] {
  return messages.map(({ id }) => id);
}
