import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import WebSocket from 'ws';
import { allServed } from '../../bridge/api/index.ts';
import { Bridge } from '../../bridge/app/bridge.ts';
import { readerOf } from '../../bridge/app/reader.ts';
import { loadConfig } from '../../bridge/config/config.ts';
import { type Hub, openHub } from '../../bridge/server/hub/hub.ts';
import { hubOptions } from '../../bridge/server/hub/hub-options.ts';

/** A bridge with an open port and no tmux server, for each test anew. */
export let bridge: Bridge;
export let home: string;
export let url: string;
export let hub: Hub;
export let routes: Hub['routes'];
/** Tokens: of a person, of an admin, and of the members lead and coder. */
export let tokens: Readonly<Record<'human' | 'admin' | 'lead' | 'coder', string>>;

/** The token of agent-chat's clients. */
export const agentChatKey = 'key-of-agent-chat';

type Given = Partial<Parameters<(typeof hubOptions)['parse']>[0] & object>;

/** @param yaml its bridge.yaml */
export function eachHubTestStarts(options: Given = {}, yaml = ''): void {
  let close: () => Promise<void>;
  beforeEach(async () => {
    close = await startHub(options, undefined, yaml);
  });
  afterEach(() => close());
}

/** One for all tests of a file, as a browser's are that only look. @param socketPath of a tmux server; left out: there is none */
export function allHubTestsStart(options: Given = {}, socketPath?: () => string): void {
  let close: () => Promise<void>;
  beforeAll(async () => {
    close = await startHub(options, socketPath?.());
  });
  afterAll(() => close());
}

/** @returns what ends it */
async function startHub(options: Given, socketPath?: string, yaml = ''): Promise<() => Promise<void>> {
  home = mkdtempSync(join(tmpdir(), 'bridge-hub-'));
  if (yaml !== '') writeFileSync(join(home, 'bridge.yaml'), yaml);
  const config = loadConfig({ home, flags: { socket: socketPath ?? join(home, 'no-tmux'), mode: 'manual' }, env: {} });
  bridge = await Bridge.open(config, { on: () => {} });
  const reader = readerOf(bridge);
  hub = await openHub(bridge, allServed(bridge, reader), hubOptions.parse({ port: 0, ...options }), agentChatKey);
  ({ url, routes } = hub);
  for (const name of ['lead', 'coder']) bridge.membership.add(name, {}, null, 'refuse');
  tokens = {
    human: bridge.tokens.add('phone', { role: 'human' }, null),
    admin: bridge.tokens.add('desk', { role: 'admin' }, null),
    lead: bridge.tokens.add('lead', { role: 'agent', member: 'lead' }, null),
    coder: bridge.tokens.add('coder', { role: 'agent', member: 'coder' }, null),
  };
  return async () => {
    await hub.close();
    reader.close();
    await bridge.close();
    rmSync(home, { recursive: true, force: true });
  };
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
  readonly body: any;
}

/** @param token left out: none is sent */
export async function ask(
  verb: string,
  path: string,
  { token, body, headers = {} }: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answered> {
  const reply = await fetch(`${url}${path}`, {
    method: verb,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await reply.text();
  const isJson = reply.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: reply.status, headers: reply.headers, body: isJson ? JSON.parse(text) : text };
}

export interface Listening {
  readonly socket: WebSocket;
  // biome-ignore lint/suspicious/noExplicitAny: whatever is pushed
  readonly got: any[];
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** Opens a WebSocket. @throws with the status where it is refused */
export async function listen(path: string, token?: string, headers: Record<string, string> = {}): Promise<Listening> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, {
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
  });
  const got: unknown[] = [];
  socket.on('message', (data) => got.push(JSON.parse(String(data))));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })),
  );
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return { socket, got, closed };
}
