import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';

export const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** Any server that speaks as agent-chat's does. */
export class ChatServer {
  readonly name: string;
  readonly url: string;
  readonly #token: string | null;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(name: string, url: string, token: string | null) {
    this.name = name;
    this.url = url.replace(/\/$/, '');
    this.#token = token;
  }

  get headers(): Record<string, string> {
    return this.#token === null ? {} : { authorization: `Bearer ${this.#token}` };
  }

  /** @returns what it answers @throws where that is not 200 */
  ask(path: string, body?: object): Promise<string> {
    const text = body === undefined ? null : Buffer.from(JSON.stringify(body));
    const more = text === null ? {} : { 'content-type': 'application/json', 'content-length': text.length };
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.url}${path}`,
        { method: text === null ? 'GET' : 'POST', agent: this.#agent, headers: { ...this.headers, ...more } },
        (reply) => {
          let answer = '';
          reply.setEncoding('utf8').on('data', (chunk: string) => {
            answer += chunk;
          });
          reply.on('end', () =>
            reply.statusCode === 200 ? resolve(answer) : reject(new Error(`${path}: ${reply.statusCode} ${answer}`)),
          );
        },
      );
      sent.on('error', reject);
      sent.end(text);
    });
  }

  register(name: string, groups: readonly string[]): Promise<string> {
    return this.ask('/api/register', { name, groups });
  }

  send(from: string, to: { readonly to: string } | { readonly group: string }, content: string): Promise<string> {
    return this.ask('/api/send', { from, ...to, content });
  }

  /** @param heard the texts that are pushed, as they come */
  async listen(agent: string, heard: (content: string) => void): Promise<WebSocket> {
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/ws?agent=${agent}`, { headers: this.headers });
    socket.on('message', (data) => {
      const { type, data: message } = JSON.parse(String(data)) as { type: string; data: { content: string } };
      if (type === 'new_message') heard(message.content);
    });
    await once(socket, 'open');
    return socket;
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** A `bridge serve` of our own. */
export interface OwnServer {
  readonly chat: ChatServer;
  readonly pid: number;
  /** the token of the role admin */
  readonly admin: string;
  /** from its start until it answered */
  readonly startedMs: number;
  stop(): Promise<void>;
}

const startLimitMs = 120_000;

/** @param tmux socket of the tmux server that it watches */
export async function startOwn(folder: string, tmux: string, port = 0): Promise<OwnServer> {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [program, 'serve', '--port', String(port), '--json', '--home', home, '--socket', tmux],
    {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, XDG_RUNTIME_DIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-4_096);
      const found = /the server listens at (http:\S+?);/.exec(said);
      if (found !== null) resolve(found[1]!);
    });
    child.once('exit', (code) => reject(new Error(`bridge serve has ended: ${code}`)));
    setTimeout(() => reject(new Error('bridge serve does not listen')), startLimitMs).unref();
  });
  const secret = (name: string) => readFileSync(join(home, name), 'utf8').trim();
  const chat = new ChatServer('bridge', url, secret('agent-chat.token'));
  await chat.ask('/api/agents');
  const startedMs = Math.round(performance.now() - began);
  return {
    chat,
    pid: child.pid!,
    admin: secret('admin.token'),
    startedMs,
    async stop() {
      chat.close();
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** Milliseconds of processor time that a process has used, with those that it has waited for. */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
