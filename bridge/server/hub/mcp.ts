import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AllServed } from '../../api/index.ts';
import type { Bridge } from '../../app/bridge.ts';
import { messageOf } from '../../core/failure.ts';
import type { JournalEvent } from '../../core/journal-event.ts';
import { humanName } from '../../core/member.ts';
import { safeJson } from '../../core/visible.ts';
import { mcpOverHttp } from '../mcp/http.ts';
import { own } from './events.ts';
import { faultOf, HubFault } from './faults.ts';
import type { Feed } from './feed.ts';
import type { Bound } from './socket-reader.ts';
import { boundedStream } from './stream-reader.ts';

/** MCP, as its Streamable HTTP has it. Each call needs its token; the answer says which methods there are. */
export function mountMcp(
  app: FastifyInstance,
  parts: { readonly bridge: Bridge; readonly served: AllServed; readonly feed: Feed; readonly options: Bound },
): void {
  const { bridge, served, feed, options } = parts;
  const isOf = own(bridge);
  const mcp = mcpOverHttp(served, (principal, take) => {
    const key = principal.is === 'person' ? humanName : principal.member;
    const hear = (event: JournalEvent) => isOf(event, principal) && take(event, key);
    return feed.subscribe({ take: hear, isFull: () => false, hasRoom: async () => true }, null);
  });
  app.addHook('onClose', () => mcp.close());
  answerFaults(app, (text) => bridge.say('warning', text));
  app.route({
    method: ['POST', 'GET', 'DELETE'],
    url: '/mcp',
    config: { who: 'any-token' },
    schema: { hide: true },
    handler: async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const { method, body, principal } = request;
      if (principal === null) throw new Error('a route of tokens was entered without one');
      const url = `${request.protocol}://${request.headers.host ?? 'localhost'}/mcp`;
      const response = await mcp.answer({
        method,
        url,
        headers: headersOf(request),
        body,
        principal,
        closed: gone.signal,
      });
      if (response.body === null || response.headers.get('content-type') !== 'text/event-stream')
        return reply.send(response);
      const { status, headers, body: events } = response;
      const stream = boundedStream(events, { of: reply.raw, bound: options, goodbye: () => tooSlow(body) });
      return reply.code(status).headers(Object.fromEntries(headers)).send(stream);
    },
  });
}

/** Of JSON-RPC: what came is no JSON; is no request; and what went wrong here. */
const [parseError, invalidRequest, internalError] = [-32_700, -32_600, -32_603];

/** What is refused at the door has the server's one shape; a body that is none has that of JSON-RPC, as all that MCP answers. */
function answerFaults(app: FastifyInstance, tell: (text: string) => void): void {
  app.setErrorHandler((fault, { method }, reply) => {
    const { status, body } = faultOf(fault);
    if (status === 500) tell(`server: ${method} /mcp: ${messageOf(fault)}`);
    const said = reply.code(status).type('application/json; charset=utf-8');
    if (fault instanceof HubFault || status === 429) return said.send(safeJson(body));
    const { code: name, message, next_step } = body.error;
    const code = status === 400 ? parseError : status === 500 ? internalError : invalidRequest;
    return said.send(safeJson({ jsonrpc: '2.0', id: null, error: { code, message, data: { code: name, next_step } } }));
  });
}

/** The end of a subscription, as MCP has the end of a call. */
function tooSlow(body: unknown): string {
  const { id = null } = (body ?? {}) as { readonly id?: unknown };
  const message = 'slow: too much was left unread; subscribe again, and read what you watch';
  return `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_000, message } })}\n\n`;
}

function headersOf({ headers }: FastifyRequest): Headers {
  const found = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const one of [value ?? []].flat()) found.append(name, one);
  }
  return found;
}
