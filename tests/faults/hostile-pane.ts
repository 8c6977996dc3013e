import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { asPaneId, type PaneId } from '../../bridge/core/ids.ts';
import { addressKey, type PaneAddress } from '../../bridge/core/pane.ts';
import { ControlClient } from '../../bridge/tmux/client.ts';
import { serverAt, type TmuxServerId } from '../../bridge/tmux/server.ts';
import { wayHere } from '../../bridge/tmux/way.ts';
import { monotonic } from '../fixtures/monotonic.mjs';
import { type PrivateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { AgentLine, type Called } from './agent-line.ts';
import type { Case } from './hostile-factors.ts';
import type { Fact } from './hostile-verdict.ts';

const program = fileURLToPath(new URL('../fixtures/hostile-agent.mjs', import.meta.url));
const width = 120;
const height = 40;
/** The bridge counts a person's key to the second, and two seconds more. */
const personQuietMs = 3_300;

/** What hostile panes share: a server under test, and the terminal of the persons, which is a server of its own. */
export interface HostileServer {
  readonly tmux: PrivateTmux;
  readonly id: TmuxServerId;
  readonly server: ControlClient;
  readonly persons: ControlClient;
}

/** One for each of these servers with nobody in them yet, on which pane ids are the same; all persons sit at one terminal server. */
export async function openHostileServers(
  servers: readonly PrivateTmux[],
  personsTmux: PrivateTmux,
): Promise<HostileServer[]> {
  const persons = await clientOf(personsTmux);
  return Promise.all(
    servers.map(async (tmux) => {
      const server = await clientOf(tmux);
      writeFileSync(
        join(tmux.folder, 'shellrc'),
        `PS1='$ '\ntrap 'printf "%s\\n" "$BASH_COMMAND" >> "$SHELL_LOG"' DEBUG\n`,
      );
      return { tmux, id: await serverAt(server), server, persons };
    }),
  );
}

async function clientOf({ run, socketPath }: PrivateTmux): Promise<ControlClient> {
  await run('new-session', '-d', '-s', 'panes', '-x', String(width), '-y', String(height + 1), 'exec sleep 86400');
  return ControlClient.attach({ way: wayHere(socketPath), session: '=panes' });
}

/** One pane with a hostile agent in it, in a session of its own, in which a person may sit; used case after case. */
export class HostilePane {
  readonly name: string;
  readonly hasPerson: boolean;
  paneId: PaneId = '%0' as PaneId;
  /** holds the session while an agent gives way to the next; writes down every byte that it is made to read */
  restPane = '';
  onCall: (called: Called) => void = () => {};
  readonly #server: HostileServer;
  #line: AgentLine | null = null;
  #style = '';
  #starts = 0;
  #readFrom = 0;
  #besideFrom = 0;
  #personAt = Number.NEGATIVE_INFINITY;

  constructor(server: HostileServer, index: number, hasPerson: boolean) {
    this.#server = server;
    this.name = `pane-${index}`;
    this.hasPerson = hasPerson;
  }

  async open(): Promise<void> {
    const { server, persons, tmux } = this.#server;
    writeFileSync(this.#besidePath, '');
    const size = ['-x', String(width), '-y', String(height)];
    const rest = await server.run(
      ...[
        'new-session',
        '-d',
        '-s',
        this.name,
        ...size,
        '-P',
        '-F',
        '#{pane_id}',
        `stty raw -echo; exec cat >> ${this.#besidePath}`,
      ],
    );
    this.restPane = rest[0]!;
    if (!this.hasPerson) return;
    const attach = `TMUX= exec tmux -S ${tmux.socketPath} attach -t =${this.name}`;
    await persons.run('new-window', '-d', '-n', this.name, attach);
    await waitFor(`${this.name}: a person sits there`, async () => (await this.#ask('#{session_attached}')) !== '0');
    this.#personAt = monotonic();
  }

  /** Waits until the clients that so many bridges have in this session can be told things. */
  async attached(bridges: number): Promise<void> {
    const ask = () => this.tmux('list-clients', '-t', `=${this.name}`, '-F', '#{client_control_mode}');
    const areIn = async () => (await ask()).filter((mode) => mode === '1').length === bridges;
    await waitFor(`${this.name}: the client of each bridge is attached`, areIn);
  }

  /** An agent of this style, as new. */
  async ready(style: Case['style'], habits: Readonly<Record<string, unknown>>): Promise<void> {
    const stands = style === this.#style && this.#line?.isOpen === true && (await this.#isAlive());
    if (!stands) await this.#start(style);
    await this.parted();
    await this.#server.server.runAll([
      ['select-window', '-t', this.paneId],
      ['copy-mode', '-q', '-t', this.paneId],
      ['resize-window', '-t', this.paneId, '-x', String(width), '-y', String(height)],
    ]);
    const restMs = this.#personAt + personQuietMs - monotonic();
    if (restMs > 0) await pause(restMs);
    this.#readFrom = this.#log().length;
    this.#besideFrom = this.#besideLog().length;
    await this.tell({ arm: habits });
  }

  /** The pane's full address: another server may have a pane of that id. */
  get address(): PaneAddress {
    return { ...this.#server.id, paneId: this.paneId };
  }

  /** Of the pane beside: its session is the agent's, and it lives as long. */
  get rest(): PaneAddress {
    return { ...this.#server.id, paneId: asPaneId(this.restPane)! };
  }

  get key(): string {
    return addressKey(this.address);
  }

  /** A neighbour comes into the agent's window, and what is typed into one of the two goes to both. */
  async synchronized(): Promise<void> {
    const beside = `join-pane -d -v -l 3 -s ${this.restPane} -t ${this.paneId}`;
    await this.tmux('if-shell', '-F', '-t', this.paneId, '#{==:#{window_panes},1}', beside);
    await this.tmux('set-option', '-w', '-t', this.paneId, 'synchronize-panes', 'on');
  }

  /** The agent's pane goes to another window, and another program stands where it stood. */
  async swapped(): Promise<void> {
    await this.tmux('swap-pane', '-d', '-s', this.restPane, '-t', this.paneId);
  }

  /** Each pane in a window of its own again, and no key for both. */
  async parted(): Promise<void> {
    await this.tmux('set-option', '-w', '-u', '-t', this.paneId, 'synchronize-panes');
    const apart = `break-pane -d -s ${this.restPane} -t =${this.name}:`;
    await this.tmux('if-shell', '-F', '-t', this.paneId, '#{!=:#{window_panes},1}', apart);
  }

  /** Everything the pane beside was made to read since the agent was made ready, to the last byte. */
  async beside(): Promise<string> {
    const end = '\x04';
    const read = () => this.#besideLog().slice(this.#besideFrom);
    for (const window of [this.restPane, this.paneId]) {
      await this.tmux('set-option', '-w', '-u', '-t', window, 'synchronize-panes').catch(() => []);
    }
    await this.tmux('copy-mode', '-q', '-t', this.restPane);
    await this.tmux('send-keys', '-t', this.restPane, 'C-d');
    await waitFor(`${this.name}: the pane beside has read all`, async () => read().endsWith(end));
    return read().slice(0, -end.length);
  }

  async tell(order: Readonly<Record<string, unknown>>): Promise<boolean> {
    return (await this.#line?.tell(order)) ?? false;
  }

  tmux(...argv: string[]): Promise<string[]> {
    return this.#server.server.run(...argv);
  }

  /** What a person's hands do at the terminal that shows this pane. */
  async person(...argv: string[]): Promise<void> {
    this.#personAt = monotonic();
    await this.#server.persons.run('send-keys', '-t', `=panes:${this.name}`, ...argv);
    this.#personAt = monotonic();
  }

  /** Everything the agent journaled since it was made ready. */
  facts(): Fact[] {
    const lines = this.#log().slice(this.#readFrom).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Fact);
  }

  /** What the shell that the agent left behind was made to execute. */
  executed(): string {
    const path = this.#path('shell');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  async screen(): Promise<string> {
    const [result] = await this.#server.server.runAll([['capture-pane', '-p', '-t', this.paneId]]);
    return result?.ok ? result.lines.join('\n') : '';
  }

  close(): void {
    this.#line?.close();
  }

  async #start(style: Case['style']): Promise<void> {
    this.#line?.close();
    this.#style = style;
    this.#starts++;
    const { tmux, server } = this.#server;
    if (this.#starts > 1) await this.#leave();
    const as = style === 'codex' ? 'codex' : 'hostile';
    const link = join(tmux.folder, as);
    if (!existsSync(link)) symlinkSync(program, link);
    const agent = `${process.execPath} ${link} --style ${style} --control ${this.#path('control')} --log ${this.#path('log')}`;
    const shell = `SHELL_LOG=${this.#path('shell')} exec bash --noprofile --rcfile ${join(tmux.folder, 'shellrc')} -i`;
    const command = `exec bash --norc --noprofile -c 'set -m; (exec -a ${as} ${agent} --name ${this.name}); ${shell}'`;
    const lines = await server.run(
      ...['new-window', '-t', `=${this.name}:`, '-c', tmux.folder, '-P', '-F', '#{pane_id}', command],
    );
    this.paneId = asPaneId(lines[0] ?? '')!;
    await waitFor(`${this.name}: the agent listens`, async () => {
      this.#line = await AgentLine.open(this.#path('control'), (called) => this.onCall(called));
      return this.#line;
    });
  }

  async #leave(): Promise<void> {
    const [said] = await this.#server.server.runAll([['display-message', '-p', '-t', this.paneId, '#{pane_pid}']]);
    const pid = Number(said?.ok ? said.lines[0] : '');
    if (pid > 0) process.kill(pid, 'SIGKILL');
    await waitFor(`${this.name}: the old pane is gone`, async () => !(await this.#isAlive()));
  }

  async #isAlive(): Promise<boolean> {
    const [result] = await this.#server.server.runAll([['display-message', '-p', '-t', this.paneId, '#{pane_dead}']]);
    return result?.ok === true && result.lines[0] === '0';
  }

  async #ask(format: string): Promise<string> {
    return (await this.tmux('display-message', '-p', '-t', `=${this.name}:`, format))[0] ?? '';
  }

  #path(suffix: string): string {
    return join(this.#server.tmux.folder, `${this.name}-${this.#starts}.${suffix}`);
  }

  get #besidePath(): string {
    return join(this.#server.tmux.folder, `${this.name}.beside`);
  }

  #besideLog(): string {
    return readFileSync(this.#besidePath, 'utf8');
  }

  #log(): string {
    const path = this.#path('log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }
}
