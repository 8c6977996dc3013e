import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import type { AllServed } from '../../api/index.ts';
import type { Bridge } from '../../app/bridge.ts';
import type { AlertLink } from '../../core/alert.ts';
import { BridgeError, messageOf } from '../../core/failure.ts';
import { packageVersion } from '../../host/package-version.ts';
import { principalOf } from '../principal.ts';
import { mountAgentChat } from './agent-chat/endpoints.ts';
import { mountApi } from './api-v1.ts';
import { mountDashboard } from './dashboard.ts';
import { mountEvents } from './events.ts';
import { answerFaults } from './faults.ts';
import { Feed } from './feed.ts';
import { guard, type OpenRoute } from './gate.ts';
import { checkReach, type HubOptions, inUrl, linkBaseOf } from './hub-options.ts';
import { linkCodeOf, mountLinks } from './link.ts';
import { LoginCodes, mountLogin } from './login.ts';
import { mountMcp } from './mcp.ts';
import { mountMetrics } from './metrics.ts';
import { jsonSchemaTransform } from './openapi.ts';
import { mountPush, mountPushWorker } from './push.ts';
import { secureHeaders } from './security-headers.ts';
import { goingAway, pinging } from './socket-reader.ts';

/** What every part of the server works on. */
export interface HubParts {
  readonly bridge: Bridge;
  readonly served: AllServed;
  readonly feed: Feed;
  readonly options: HubOptions;
  readonly codes: LoginCodes;
  /** whether this is the token of agent-chat's clients */
  readonly isAgentChatKey: (secret: string) => boolean;
}

export interface Hub {
  /** where it listens, as a client writes it */
  readonly url: string;
  readonly port: number;
  readonly routes: readonly OpenRoute[];
  /** where alerts may send a person; or why nowhere */
  readonly linkBase: AlertLink;
  /** a link that lets one browser in as you, once */
  loginLink(): string;
  close(): Promise<void>;
}

/** A browser closes its side at once; whoever does not is cut off. */
const closeLimitMs = 2_000;

/**
 * Opens the server.
 * @param agentChatKey what opens agent-chat's endpoints; null: nothing does
 * @throws BridgeError where it cannot listen there, or must not
 */
export async function openHub(
  bridge: Bridge,
  served: AllServed,
  options: HubOptions,
  agentChatKey: string | null = null,
): Promise<Hub> {
  checkReach(options);
  const feed = new Feed({
    eventsAfter: (seq, limit) => bridge.journal.events({ since: seq, limit }),
    newest: () => bridge.journal.newestEvent(),
    listen: (hear) => bridge.listen(hear),
    warn: (text) => bridge.say('warning', text),
  });
  const codes = new LoginCodes();
  const parts = { bridge, served, feed, options, codes, isAgentChatKey: isKey(agentChatKey) };
  const { app, routes, settle } = await assembled(parts);
  const connections = new Set<Socket>();
  app.server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  const stopPinging = pinging(() => app.websocketServer.clients);
  try {
    await app.listen({ port: options.port, host: options.host });
  } catch (fault) {
    stopPinging();
    feed.close();
    await app.close();
    throw notListening(options, fault);
  }
  const { port } = app.server.address() as AddressInfo;
  const url = `${options.tls === null ? 'http' : 'https'}://${inUrl(options.host)}:${port}`;
  return {
    url,
    port,
    linkBase: linkBaseOf(options, port),
    loginLink: () => `${url}/login?code=${codes.mint()}`,
    routes,
    close: async () => {
      stopPinging();
      feed.close();
      await settle();
      const { clients } = app.websocketServer;
      for (const socket of clients) socket.close(goingAway, 'the server is closed');
      const cut = setTimeout(() => {
        for (const socket of connections) socket.destroy();
      }, closeLimitMs);
      await app.close();
      clearTimeout(cut);
    },
  };
}

async function assembled(
  parts: HubParts,
): Promise<{ app: FastifyInstance; routes: readonly OpenRoute[]; settle: () => Promise<void> }> {
  const { bridge, options } = parts;
  const app = fastify({
    bodyLimit: options.bodyBytes,
    // a header that never ends, and a body that stands still
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 256 },
    ...(options.tls !== null && {
      https: { cert: fileFor('--tls-cert', options.tls.cert), key: fileFor('--tls-key', options.tls.key) },
    }),
  }) as unknown as FastifyInstance;
  app.server.maxConnections = options.sockets;
  // one that was to become a WebSocket, and was refused, is nobody's
  app.addHook('onResponse', async ({ headers, raw }, { statusCode }) => {
    if (headers.upgrade !== undefined && statusCode >= 400) raw.socket.destroySoon();
  });
  // arguments are checked by the methods themselves; a result is written as it is
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.removeContentTypeParser('text/plain');
  answerFaults(app, (text) => bridge.say('warning', text));
  // before anybody is refused: a refusal has them, too
  secureHeaders(app);
  const routes = guard(app, options, {
    principalOf: (secret) => (parts.isAgentChatKey(secret) ? 'compat' : principalOf(bridge, secret)),
  });
  await app.register(rateLimit, {
    max: options.requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => request.headers.authorization ?? linkCodeOf(parts, request) ?? request.ip,
  });
  await app.register(websocket, { options: { maxPayload: options.bodyBytes, clientTracking: true } });
  await app.register(swagger, {
    openapi: {
      info: { title: 'bridge', version: packageVersion },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
  });
  let settle = async () => {};
  await app.register(async (chat) => {
    settle = mountAgentChat(chat, bridge, parts.feed);
  });
  app.get('/health', { config: { who: 'anyone' } }, async () => ({ status: 'ok' }));
  mountLogin(app, parts);
  mountLinks(app, parts);
  void app.register(async (mcp) => mountMcp(mcp, parts));
  mountDashboard(app, parts);
  mountPushWorker(app);
  await app.register(
    async (api) => {
      mountApi(api, parts.served);
      mountEvents(api, parts);
      mountPush(api, bridge);
      mountMetrics(api, bridge, () => [...app.websocketServer.clients].filter(isOpen).length);
      api.get('/openapi.json', { config: { who: 'any-token' } }, async () => app.swagger());
    },
    { prefix: '/api/v1' },
  );
  await app.ready();
  return { app, routes, settle };
}

function isOpen({ readyState, OPEN }: WebSocket): boolean {
  return readyState === OPEN;
}

/** Compared in the same time, whatever differs. */
function isKey(key: string | null): (secret: string) => boolean {
  if (key === null) return () => false;
  const hashOf = (text: string) => createHash('sha256').update(text).digest();
  const wanted = hashOf(key);
  return (secret) => timingSafeEqual(hashOf(secret), wanted);
}

function fileFor(flag: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (fault) {
    throw new BridgeError({
      what: flag,
      target: path,
      reason: messageOf(fault),
      nextStep: 'name a file that can be read',
    });
  }
}

function notListening({ host, port }: HubOptions, fault: unknown): BridgeError {
  const { code } = fault as NodeJS.ErrnoException;
  const isTaken = code === 'EADDRINUSE';
  return new BridgeError({
    what: 'server',
    target: `${inUrl(host)}:${port}`,
    reason: isTaken ? 'another program listens there' : messageOf(fault),
    nextStep: isTaken ? 'choose another --port, or 0 for one that is free' : 'look at --host and --port',
    cause: fault,
  });
}
