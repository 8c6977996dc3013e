import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { callerArgs } from '../api/arguments.ts';
import type { AllServed } from '../api/index.ts';
import { method, type Served, served } from '../api/method.ts';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import type { AlertLink } from '../core/alert.ts';
import { BridgeError, usageError } from '../core/failure.ts';
import { readPrivately, writePrivately } from '../host/private-file.ts';
import type { Hub } from './hub/hub.ts';
import { hubOptions, isLoopback } from './hub/hub-options.ts';

const view = z.object({
  /** null: it is closed */
  url: z.string().nullable(),
  port: z.number().nullable(),
  /** the file that has the token of the role admin */
  adminToken: z.string(),
  /** the file that has the token of agent-chat's clients */
  agentChatToken: z.string(),
});
export type PortView = z.output<typeof view>;

const caller = callerArgs.default({ is: 'nobody' });

/** What a client can send behind `Bearer`. */
const isKey = (key: string) => /^[!-~]{1,1024}$/.test(key);

/** The name of the token that the first start makes. */
const adminName = 'admin';

/** The daemon's server for other programs: opened and closed while the daemon goes on. */
export class Port {
  readonly #bridge: Bridge;
  readonly #served: AllServed;
  #hub: Hub | null = null;
  #isOpening = false;

  constructor(bridge: Bridge, served: AllServed) {
    this.#bridge = bridge;
    this.#served = served;
  }

  /** What the daemon's socket is asked for it. */
  get methods(): Readonly<Record<string, Served>> {
    return Object.fromEntries(
      [openPort, closePort, portStatus, loginLink].map((one) => [one.name, served<Port>(one, this)]),
    );
  }

  view(): PortView {
    const { url = null, port = null } = this.#hub ?? {};
    return { url, port, adminToken: this.#tokenFile, agentChatToken: this.#agentChatFile };
  }

  /** where alerts may send a person; or why nowhere */
  get linkBase(): AlertLink {
    return this.#hub?.linkBase ?? { why: 'the server is not open: `bridge serve` opens it' };
  }

  /** @throws BridgeError where it is closed */
  loginLink(): string {
    if (this.#hub !== null) return this.#hub.loginLink();
    throw new BridgeError({
      what: 'server',
      target: this.#bridge.config.home,
      reason: 'is not open',
      nextStep: '`bridge serve` opens it',
    });
  }

  async permit(by: z.output<typeof caller>): Promise<void> {
    await permit(this.#bridge, { act: 'serve', target: 'server', about: null, caller: by, by: 'human' });
  }

  /**
   * @param agentChatKey what agent-chat's clients send from now on; null: what its file has, or else a new one
   * @throws BridgeError where it is open already, or cannot be opened
   */
  async open(given: z.output<typeof hubOptions>, agentChatKey: string | null = null): Promise<PortView> {
    if (this.#hub !== null || this.#isOpening)
      throw new BridgeError({
        what: 'server',
        target: this.#hub?.url ?? 'the same',
        reason: 'is open already',
        nextStep: '`bridge stop --server` closes it; then open it as you want it',
      });
    this.#isOpening = true;
    try {
      const { openHub } = await import('./hub/hub.ts');
      this.#hub = await openHub(this.#bridge, this.#served, given, this.#keepAgentChatKey(agentChatKey));
      this.#keepAdminToken();
      writePrivately(this.#pidFile, `${process.pid}\n`);
    } finally {
      this.#isOpening = false;
    }
    this.#bridge.say('info', `the server listens at ${this.#hub.url}; its admin token is in ${this.#tokenFile}`);
    if (given.tls === null && !isLoopback(given.host))
      this.#bridge.say(
        'warning',
        `the server is open to the network without TLS (--insecure-network): others there can read tokens`,
      );
    return this.view();
  }

  /** @returns whether it was open */
  async close(): Promise<boolean> {
    const hub = this.#hub;
    this.#hub = null;
    if (hub !== null) rmSync(this.#pidFile, { force: true });
    await hub?.close();
    return hub !== null;
  }

  /** Of a server that is open: written when it listens. */
  get #pidFile(): string {
    return join(this.#bridge.config.home, 'server.pid');
  }

  get #agentChatFile(): string {
    return join(this.#bridge.config.home, 'agent-chat.token');
  }

  #keepAgentChatKey(given: string | null): string {
    const known = readPrivately(this.#agentChatFile);
    const key = given ?? known ?? `bridge_${randomBytes(24).toString('base64url')}`;
    if (!isKey(key))
      throw usageError('AGENT_CHAT_API_KEY', 'this one', 'has blanks, or letters that no header has', 'choose another');
    if (this.#bridge.tokens.find(key) !== null)
      throw usageError('AGENT_CHAT_API_KEY', 'this one', 'is a token of bridge, and opens more', 'choose another');
    if (key !== known) writePrivately(this.#agentChatFile, `${key}\n`);
    return key;
  }

  get #tokenFile(): string {
    return join(this.#bridge.config.home, 'admin.token');
  }

  /** Of the first start; and again where the file is lost, or has not what counts. */
  #keepAdminToken(): void {
    const { tokens } = this.#bridge;
    const known = readPrivately(this.#tokenFile);
    if (known !== null && tokens.find(known)?.role === 'admin') return;
    if (tokens.list().some(({ name }) => name === adminName)) tokens.revoke(adminName);
    writePrivately(this.#tokenFile, `${tokens.add(adminName, { role: 'admin' }, null)}\n`);
  }
}

const openPort = method({
  name: 'openPort',
  args: hubOptions.extend({ caller, agentChatKey: z.string().nullable().default(null) }),
  result: view,
  async run(port: Port, { caller, agentChatKey, ...options }) {
    await port.permit(caller);
    return port.open(options, agentChatKey);
  },
});

const closePort = method({
  name: 'closePort',
  args: z.object({ caller }),
  result: z.object({ wasOpen: z.boolean() }),
  async run(port: Port, { caller }) {
    await port.permit(caller);
    return { wasOpen: await port.close() };
  },
});

const portStatus = method({
  name: 'portStatus',
  args: z.object({}),
  result: view,
  run: async (port: Port) => port.view(),
});

/** A link that lets one browser in as the person who asks for it. */
const loginLink = method({
  name: 'loginLink',
  args: z.object({ caller }),
  result: z.object({ link: z.string() }),
  async run(port: Port, { caller }) {
    await port.permit(caller);
    return { link: port.loginLink() };
  },
});
